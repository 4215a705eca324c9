"""Who may see and do what: staff by session, screens by device cookie, programs by token.

Every way in ends in one `Who`. Secrets are compared by their digests, never kept or logged.
"""

import hashlib
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import CookieError, SimpleCookie

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.utils import timezone

from kitchen.models import Location
from operations.models import Membership, PosToken, Screen, SignInLink

SCREEN_COOKIE = "olgfeast_screen"
SCREEN_COOKIE_DAYS = 400  # the longest that browsers keep a cookie
PAIR_MINUTES = 10
LINK_MINUTES = 15
# How long an identity is believed without asking the database again; revoked ones are out
# within 5 s in every process.
BELIEVE_SECONDS = 2.0
BELIEVED_AT_MOST = 10_000

RIGHTS: dict[str, frozenset[str]] = {
    "pos": frozenset({"see", "move", "order", "print", "log"}),
    "cook": frozenset({"see", "move", "print", "log"}),
    "expo": frozenset({"see", "move", "order", "print", "log"}),
    "manager": frozenset({"see", "move", "order", "print", "log", "manage"}),
    "screen:station": frozenset({"see", "move"}),
    "screen:status": frozenset({"see", "move"}),
    "screen:expo": frozenset({"see", "move", "print"}),
    "screen:guests": frozenset({"see"}),
}


@dataclass(frozen=True)
class Who:
    """Somebody or something that was let in, at one location."""

    kind: str  # pos, screen, staff
    id: int
    name: str
    role: str
    location_id: int
    location: str
    station: str = ""  # a station's screen: its station's code
    shows: str = ""  # a screen: its kind of feed
    status: str = ""  # a by-status screen: its status
    session: str = ""  # staff: the session's key, to see that it still lives

    @property
    def actor(self) -> str:
        """The name that the ticket log gets."""
        return f"{self.kind}:{self.name}"

    @property
    def owner(self) -> str:
        """Whose idempotency keys these are."""
        return f"{self.kind}:{self.id}"

    def may(self, right: str) -> bool:
        """True if the role has the right: see, move, order, print, log, manage."""
        return right in RIGHTS[self.role]

    def may_see_feed(self, kind: str, code: str) -> bool:
        """True if this feed is theirs to watch; a screen watches the one it was paired for."""
        if self.kind != "screen" or self.shows == "expo":
            return self.may("see")
        return kind == self.shows and code in ("", self.station or self.status)


_believed: dict[str, tuple[float, Who]] = {}


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def forget() -> None:
    """Believe nobody without asking again; after every withdrawal of access."""
    _believed.clear()


def of_request(request: HttpRequest, location: str = "") -> Who | None:
    """Return who sent an HTTP request, at `location` (a code; "" for their own), or None."""
    return of_headers(
        request.headers.get("Authorization", ""),
        request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""),
        request.COOKIES.get(SCREEN_COOKIE, ""),
        location,
    )


def of_scope(headers: Iterable[tuple[bytes, bytes]], location: str = "") -> Who | None:
    """Return who opens a WebSocket with these handshake headers, or None."""
    found = {name.lower(): value.decode("latin-1") for name, value in headers}
    cookies = parse_cookies(found.get(b"cookie", ""))
    return of_headers(
        found.get(b"authorization", ""),
        cookies.get(settings.SESSION_COOKIE_NAME, ""),
        cookies.get(SCREEN_COOKIE, ""),
        location,
    )


def parse_cookies(header: str) -> Mapping[str, str]:
    """Return the cookies of a Cookie header; none if it is malformed."""
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}


def of_headers(authorization: str, session: str, screen: str, location: str) -> Who | None:
    """Return who these credentials are; a token counts before a session, before a screen."""
    if authorization:
        scheme, _, token = authorization.partition(" ")
        return _believe("t", token, location) if scheme.lower() == "bearer" else None
    return (session and _believe("u", session, location)) or (
        _believe("s", screen, location) if screen else None
    )


def still_in(people: Iterable[Who]) -> set[tuple[str, int, str]]:
    """Return which of these still have access, as (kind, id, session); three queries at most."""
    people = list(people)
    ids = {kind: [who.id for who in people if who.kind == kind] for kind in ("pos", "screen")}
    inside: set[tuple[str, int, str]] = set()
    if ids["pos"]:
        tokens = PosToken.objects.filter(id__in=ids["pos"], revoked_at=None)
        inside |= {("pos", number, "") for number in tokens.values_list("id", flat=True)}
    if ids["screen"]:
        screens = Screen.objects.filter(id__in=ids["screen"], revoked_at=None)
        inside |= {("screen", number, "") for number in screens.values_list("id", flat=True)}
    for who in {(who.id, who.session, who.location) for who in people if who.kind == "staff"}:
        if _staff(who[1], who[2]):
            inside.add(("staff", who[0], who[1]))
    return inside


def create_token(location: Location, name: str) -> str:
    """Create a POS token and return its secret, which is shown only now."""
    secret = "kds_" + secrets.token_urlsafe(32)
    PosToken.objects.create(location=location, name=name, digest=digest(secret))
    return secret


def create_pairing(screen: Screen) -> str:
    """Return a new short code that pairs this screen once, within PAIR_MINUTES."""
    code = f"{secrets.randbelow(10**8):08d}"
    screen.pair_digest = digest(code)
    screen.pair_until = timezone.now() + timedelta(minutes=PAIR_MINUTES)
    screen.save(update_fields=["pair_digest", "pair_until"])
    return code


def pair(code: str) -> tuple[Screen, str] | None:
    """Redeem a pairing code: the screen and its device secret, or None. It works once."""
    secret = secrets.token_urlsafe(32)
    now = timezone.now()
    wanted = Screen.objects.filter(
        pair_digest=digest(code), pair_until__gt=now, revoked_at=None
    ).exclude(pair_digest="")
    screen = wanted.first()
    if screen is None:
        return None
    changed = wanted.filter(id=screen.id).update(
        digest=digest(secret), pair_digest="", pair_until=None, paired_at=now, last_seen_at=now
    )
    forget()
    return (screen, secret) if changed else None


def create_link(user_id: int) -> str:
    """Return the secret of a link that signs this person in once, within LINK_MINUTES."""
    secret = secrets.token_urlsafe(24)
    until = timezone.now() + timedelta(minutes=LINK_MINUTES)
    SignInLink.objects.create(user_id=user_id, digest=digest(secret), until=until)
    return secret


def redeem_link(secret: str) -> SignInLink | None:
    """Use up a sign-in link; None if there is none, or it is used or too old."""
    now = timezone.now()
    wanted = SignInLink.objects.filter(digest=digest(secret), used_at=None, until__gt=now)
    if not wanted.update(used_at=now):
        return None
    return SignInLink.objects.select_related("user").get(digest=digest(secret))


def _believe(kind: str, secret: str, location: str) -> Who | None:
    key = f"{kind}{location}\n{digest(secret)}"
    until, who = _believed.get(key, (0.0, None))
    if who and until > time.monotonic():
        return who
    look_up = {"t": _token, "u": _staff, "s": _screen}[kind]
    found = look_up(secret, location)
    if found is None:
        _believed.pop(key, None)
        return None
    if len(_believed) >= BELIEVED_AT_MOST:
        _believed.clear()
    _believed[key] = (time.monotonic() + BELIEVE_SECONDS, found)
    return found


def _token(secret: str, location: str) -> Who | None:
    found = (
        PosToken.objects.select_related("location")
        .filter(digest=digest(secret), revoked_at=None)
        .first()
    )
    if found is None or location not in ("", found.location.code):
        return None
    return Who("pos", found.id, found.name, "pos", found.location_id, found.location.code)


def _screen(secret: str, location: str) -> Who | None:
    found = (
        Screen.objects.select_related("location")
        .filter(digest=digest(secret), revoked_at=None)
        .first()
    )
    if found is None or location not in ("", found.location.code):
        return None
    return Who(
        "screen",
        found.id,
        found.name,
        f"screen:{found.kind}",
        found.location_id,
        found.location.code,
        station=found.code if found.kind == "station" else "",
        shows=found.kind,
        status=found.code if found.kind == "status" else "",
    )


def _staff(session: str, location: str) -> Who | None:
    if not session.isalnum():
        return None  # a cookie may hold what no database takes
    request = HttpRequest()
    request.session = SessionStore(session)
    user = get_user(request)
    if not user.is_authenticated or not user.is_active:
        return None
    of_user = Membership.objects.select_related("location").filter(user_id=user.pk)
    found = (
        of_user.filter(location__code=location) if location else of_user.order_by("id")
    ).first()
    if found is None:
        return None
    return Who(
        "staff",
        user.pk,
        user.get_username(),
        found.role,
        found.location_id,
        found.location.code,
        session=session,
    )
