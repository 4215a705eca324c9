"""A small house with its people, screens and tills, who all talk to it over HTTP."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from kitchen.models import (
    Brand,
    Location,
    MenuItem,
    PrinterRoute,
    Station,
    StationPrinter,
)
from operations import access
from operations.models import Membership, Screen

JSON = "application/json"
Body = dict[str, Any]


@dataclass
class Caller:
    """Somebody who calls the API; without `content_type` a body is JSON."""

    client: Client
    headers: dict[str, str]

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers=self.headers | headers)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(
            method, path, data, content_type=JSON, headers=self.headers | names
        )

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.call("DELETE", path, **headers)


@dataclass
class House:
    """One location: grill and fry with screens, a bar with only a printer, a small menu."""

    location: Location
    menu: dict[str, MenuItem]

    @property
    def id(self) -> int:
        return self.location.id


def build_house(code: str = "hq") -> House:
    location = Location.objects.create(code=code, name=code.upper())
    brand = Brand.objects.create(location=location, code="main", name="Main")
    stations = {}
    for station, has_screen in [("grill", True), ("fry", True), ("bar", False)]:
        stations[station] = Station.objects.create(
            location=location, code=station, name=station.title(), has_screen=has_screen
        )
    printer = StationPrinter.objects.create(
        location=location, code="bar", name="Bar", host="127.0.0.1", port=9101
    )
    PrinterRoute.objects.create(station=stations["bar"], printer=printer)
    menu = {
        name: MenuItem.objects.create(
            location=location, brand=brand, station=stations[station], name=name, price=price
        )
        for name, station, price in [("Ribeye", "grill", "32.00"), ("Spritz", "bar", "9.50")]
    }
    return House(location, menu)


@pytest.fixture(autouse=True)
def nobody_is_believed() -> Iterator[None]:
    """Identities of one test mean nothing to the next, whose ids may be the same."""
    access.forget()
    yield
    access.forget()


@pytest.fixture
def house(db: None) -> House:
    return build_house()


@pytest.fixture
def till(house: House) -> Caller:
    """A POS with its token."""
    return till_of(house)


def till_of(house: House, name: str = "till") -> Caller:
    token = access.create_token(house.location, name)
    return Caller(Client(enforce_csrf_checks=True), {"Authorization": f"Bearer {token}"})


@pytest.fixture
def staff(house: House) -> Callable[..., Caller]:
    """Sign somebody in with a role at the house, and at others."""

    def staff(role: str, *also: House, csrf: bool = True) -> Caller:
        user = User.objects.create_user(f"{role}-{User.objects.count()}")
        for place in (house, *also):
            Membership.objects.create(user=user, location=place.location, role=role)
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        return with_csrf(client) if csrf else Caller(client, {})

    return staff


@pytest.fixture
def screen(house: House) -> Callable[..., Caller]:
    """Pair a screen that shows a kind of feed."""

    def screen(kind: str, code: str = "", *, csrf: bool = True) -> Caller:
        waiting = Screen.objects.create(
            location=house.location, name=f"{kind} {code}".strip(), kind=kind, code=code
        )
        paired = access.pair(access.create_pairing(waiting))
        assert paired
        client = Client(enforce_csrf_checks=True)
        client.cookies[access.SCREEN_COOKIE] = paired[1]
        return with_csrf(client) if csrf else Caller(client, {})

    return screen


def with_csrf(client: Client) -> Caller:
    token = "t" * 32
    client.cookies[settings.CSRF_COOKIE_NAME] = token
    return Caller(client, {"X-CSRFToken": token})


@pytest.fixture
def place(till: Caller) -> Callable[..., Body]:
    """Place an order with one item for each named station; return the whole order."""

    def place(*stations: str, **values: Any) -> Body:
        answer = till.post("/api/orders/", order(*stations, **values))
        assert answer.status_code == 201, answer.content
        return till.get(f"/api/orders/{answer.json()['id']}/").json()

    return place


def order(*stations: str, **values: Any) -> Body:
    """Return an order as a POS sends it."""
    items = [{"name": f"Dish of {code}", "quantity": 1, "station_code": code} for code in stations]
    return {"items": items or order("grill")["items"]} | values


def faults(answer: Any) -> dict[str, str]:
    """Return what an answer says is wrong, by path."""
    assert answer.status_code == 422, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    return {error["path"]: error["message"] for error in answer.json()["errors"]}


def problem(answer: Any, status: int) -> Body:
    """Return a refusal's body after making sure that it has the form it must have."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"].endswith((".", "/api/docs")), body["detail"]
    return body
