"""Access for pages: who asks, may they, and what every page's frame shows of them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from kitchen.errors import NotFound
from operations import access
from operations.access import Who

View = Callable[..., HttpResponse]


def needs(right: str) -> Callable[[View], View]:
    """Give the view `who` as its second argument; without the right nobody gets there.

    Nobody at all is sent to sign in; somebody without the right, or without a role at this
    location, gets the 403 page. Under `/l/<location>/` it is the access there that counts.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            who = access.of_request(request, kwargs.pop("location", ""))
            if who is None and not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if who is None or not who.may(right):
                raise PermissionDenied
            try:
                return view(request, who, *args, **kwargs)
            except NotFound as error:
                raise Http404(str(error)) from error

        return guarded

    return decorate


def page_context(request: HttpRequest, who: Who) -> dict[str, Any]:
    """Return what base.html shows: the location's prefix and name, and who is signed in."""
    prefix = f"/l/{who.location}"
    here = prefix if request.path.startswith(prefix + "/") else ""
    role = "screen" if who.kind == "screen" else who.role
    return {"here": here, "place": who.location, "viewer": {"name": who.name, "role": role}}
