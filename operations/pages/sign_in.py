"""People come and go: by name and password, by a one-time link; and set a password."""

import math
import time
from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from operations import access
from operations.models import Membership
from operations.throttle import Throttle, address_of

BACKEND = "django.contrib.auth.backends.ModelBackend"
HOME = "/operations/stations/"
LONGEST_NAME = 150
# A session's note of the moment it came in by a link.
BY_LINK = "by_link_at"

throttle = Throttle(free=5, first_seconds=2, longest_seconds=60, forget_seconds=900)


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password, and let in who knows them."""
    if request.method != "POST":
        return _form(request, after=request.GET.get("next", ""))
    name = request.POST.get("username", "").replace("\0", "")[:LONGEST_NAME]
    after = request.POST.get("next", "")
    keys = f"name:{name.casefold()}", f"address:{address_of(request)}"
    wait = throttle.take(*keys)
    if wait:
        return _slow_down(_form(request, name, after, error=_wait_words(wait), status=429), wait)
    # One time and one answer for all that is wrong: no such name, wrong password, switched off.
    user = authenticate(request, username=name, password=request.POST.get("password", ""))
    if user is None:
        return _form(request, name, after, error="Name or password is wrong.", status=422)
    throttle.forgive(keys[0])
    throttle.give_back(keys[1])
    login(request, user)
    return redirect(_safe(request, after) or _home(user))


@never_cache
@require_http_methods(["GET", "HEAD"])
def sign_in_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in whom the link was made for. It works once, so nothing but a person may use it up."""
    response = HttpResponse(status=204) if _looks_ahead(request) else _redeem(request, token)
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, here and for its open sockets."""
    logout(request)
    access.forget()
    return redirect("/sign-in/")


@sensitive_post_parameters()
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Let a person set a password; who has one and did not come by a link has to know it."""
    user = request.user
    knows = user.has_usable_password() and not _came_by_link(request)
    kind = PasswordChangeForm if knows else SetPasswordForm
    if request.method != "POST":
        return _password_form(request, kind(user))
    wait = throttle.take(f"name:{user.get_username().casefold()}") if knows else 0.0
    if wait:
        form = kind(user)
        return _slow_down(_password_form(request, form, error=_wait_words(wait), status=429), wait)
    form = kind(user, request.POST)
    if not form.is_valid():
        return _password_form(request, form, status=422)
    form.save()
    throttle.forgive(f"name:{user.get_username().casefold()}")
    update_session_auth_hash(request, form.user)
    request.session.pop(BY_LINK, None)
    access.forget()
    messages.success(request, "Your password is set. Other devices have to sign in again.")
    return redirect("/password/")


def _redeem(request: HttpRequest, token: str) -> HttpResponse:
    link = access.redeem_link(token)
    if link is None or not link.user.is_active:
        return _form(
            request,
            error="This link was used already or is too old."
            " `python manage.py sign_in_link` prints another.",
            status=410,
        )
    login(request, link.user, backend=BACKEND)
    request.session[BY_LINK] = int(time.time())
    return redirect(_home(link.user))


def _looks_ahead(request: HttpRequest) -> bool:
    """True for what is no person opening a link: a preview, a prefetch."""
    purpose = request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", "")
    return request.method == "HEAD" or purpose.startswith(("prefetch", "preview"))


def _came_by_link(request: HttpRequest) -> bool:
    at = request.session.get(BY_LINK, 0)
    return time.time() - at < access.LINK_MINUTES * 60


def _home(user: AbstractBaseUser) -> str:
    works_here = Membership.objects.filter(user_id=user.pk).exists()
    return "/admin/" if user.is_staff and not works_here else HOME


def _safe(request: HttpRequest, after: str) -> str:
    """Return where to go next, "" if that is not within this house."""
    ours = url_has_allowed_host_and_scheme(
        after, {request.get_host()}, require_https=request.is_secure()
    )
    return after if ours and after.startswith("/") else ""


def _form(
    request: HttpRequest, name: str = "", after: str = "", *, error: str = "", status: int = 200
) -> HttpResponse:
    context = {"error": error, "username": name, "next": _safe(request, after)}
    return render(request, "sign_in.html", context, status=status)


def _password_form(
    request: HttpRequest, form: SetPasswordForm, *, error: str = "", status: int = 200
) -> HttpResponse:
    errors = [text for texts in form.errors.values() for text in texts] if form.is_bound else []
    context: dict[str, Any] = {
        "errors": [error] if error else errors,
        "asks_old": isinstance(form, PasswordChangeForm),
        "username": request.user.get_username(),
    }
    return render(request, "password.html", context, status=status)


def _wait_words(seconds: float) -> str:
    return f"Too many tries: wait {math.ceil(seconds)} s and try again."


def _slow_down(response: HttpResponse, seconds: float) -> HttpResponse:
    response["Retry-After"] = str(math.ceil(seconds))
    return response
