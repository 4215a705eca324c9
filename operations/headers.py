"""What a browser may do with our pages, said in the headers of each answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
    "connect-src {sources}; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
    "object-src 'none'"
)
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class HeadersMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY.format(sources=_sources(request)))
        headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response


def _sources(request: HttpRequest) -> str:
    # 'self' covers ws: only in newer browsers; tablets on kitchen walls are old.
    host = request.META.get("HTTP_HOST", "")
    if not host.replace(".", "").replace("-", "").replace(":", "").strip("[]").isalnum():
        return "'self'"
    return f"'self' {'wss' if request.is_secure() else 'ws'}://{host}"
