"""The demo kitchen with people in it, and browsers for them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.test import Client
from django.utils import timezone

from kitchen import boards, orders
from kitchen.demo import house as demo
from kitchen.intake import NewItem, NewOrder
from kitchen.models import Brand, Location, Station
from operations import access, throttle
from operations.models import Membership, Screen
from operations.pages import pairing, sign_in

PASSWORD = "correct horse battery"
Browser = Callable[..., Client]


@pytest.fixture(autouse=True)
def fresh(settings: Any, tmp_path: Path) -> Iterator[None]:
    """No collected static files, quick hashes, nobody remembered from another test."""
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = {**django_settings.STORAGES, "staticfiles": {"BACKEND": plain}}
    settings.STATIC_ROOT = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for memory in (sign_in.throttle, pairing.throttle, pairing.flood):
        memory.clear()
    access.forget()
    yield
    access.forget()


@pytest.fixture
def hq(db: None) -> Location:
    """The demo kitchen."""
    return demo.build().location


@pytest.fixture
def annex(hq: Location) -> Location:
    """A second location, whose things are nobody's business at the first."""
    location = Location.objects.create(code="annex", name="Annex")
    Brand.objects.create(location=location, code="main", name="Annex")
    Station.objects.create(location=location, code="grill", name="Annex grill")
    return location


@pytest.fixture
def person(hq: Location) -> Callable[..., AbstractBaseUser]:
    """Take somebody on: a name, a role (None: none), a location."""

    def person(
        name: str, role: str | None = "manager", location: Location = hq, **values: Any
    ) -> AbstractBaseUser:
        user = get_user_model().objects.create_user(name, password=PASSWORD, **values)
        if role:
            Membership.objects.create(user=user, location=location, role=role)
        return user

    return person


@pytest.fixture
def browser(hq: Location, person: Callable[..., AbstractBaseUser]) -> Browser:
    """Return the browser of somebody in this role; `screen:grill` is the grill's tablet."""

    def browser(role: str = "manager", location: Location = hq) -> Client:
        client = Client()
        if role == "nobody":
            return client
        kind, _, code = role.partition(":")
        if kind == "screen":
            client.cookies[access.SCREEN_COOKIE] = paired(location, code)
        elif kind == "pos":
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {access.create_token(location, role)}"
        else:
            client.force_login(person(f"{role} of {location.code}", role, location))
        return client

    return browser


def paired(location: Location, code: str) -> str:
    """Pair a screen of a station, or of the expo or guests, and return its secret."""
    kind = code if code in ("expo", "guests") else "station"
    station = code if kind == "station" else ""
    screen = Screen.objects.create(location=location, name=code, kind=kind, code=station)
    _, secret = access.pair(access.create_pairing(screen))
    return secret


@pytest.fixture
def place(hq: Location) -> Callable[..., dict[str, Any]]:
    """Place an order with one item for each named station; return it whole."""

    def place(*stations: str, at: Location = hq, **values: Any) -> dict[str, Any]:
        items = [NewItem(f"Dish of {code}", 1, code) for code in stations or ("grill",)]
        placed = orders.place(at, NewOrder(items, **values), actor="pos:till")
        return boards.order(placed.answer["id"])

    return place


class Seconds:
    """A clock that stands still until it is moved on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def tick(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Seconds:
    """The clock of the throttles."""
    clock = Seconds()
    monkeypatch.setattr(throttle, "_now", clock)
    return clock


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set the house's clock."""

    def at(moment: Any) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return at
