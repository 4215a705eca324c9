"""What every answer tells the browser."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from operations.headers import HeadersMiddleware


def answer(host: str = "127.0.0.1:8000", *, secure: bool = False, **headers: str) -> HttpResponse:
    request = RequestFactory().get("/", headers={"host": host}, secure=secure)
    return HeadersMiddleware(lambda _: HttpResponse(headers=headers))(request)


def policy(response: HttpResponse) -> dict[str, str]:
    parts = response.headers["Content-Security-Policy"].split("; ")
    return dict(part.split(" ", 1) for part in parts)


def test_pages_take_nothing_from_elsewhere():
    said = policy(answer())

    assert said["default-src"] == said["script-src"] == said["style-src"] == "'self'"
    assert said["frame-ancestors"] == said["base-uri"] == said["object-src"] == "'none'"
    assert "unsafe" not in str(said)


@pytest.mark.parametrize(("secure", "scheme"), [(False, "ws"), (True, "wss")])
def test_the_pages_own_sockets_are_allowed_by_name(secure, scheme):
    said = policy(answer("kds.example:8443", secure=secure))

    assert said["connect-src"] == f"'self' {scheme}://kds.example:8443"


@pytest.mark.parametrize("host", ["a; script-src *", "a *", "[::1]:8000", "", "a'b"])
def test_a_host_never_writes_the_policy(host):
    sources = policy(answer(host))["connect-src"]

    assert sources in ("'self'", f"'self' ws://{host}")
    assert not set(host) & set("; *'") or sources == "'self'"


def test_a_view_may_set_its_own_policy():
    response = answer(**{"Content-Security-Policy": "default-src 'none'"})

    assert response.headers["Content-Security-Policy"] == "default-src 'none'"
    assert "camera=()" in response.headers["Permissions-Policy"]
