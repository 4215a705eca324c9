"""The running house of the live tests."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from kitchen import boards, intake, orders, tickets
from kitchen.models import Brand, Location, Station
from operations import access

from .world import RedisServer, Web


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    folder = Path(tempfile.mkdtemp(prefix="kds-"))
    server = RedisServer(folder)
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def house(transactional_db: None) -> SimpleNamespace:
    """A location with two stations, a token, and short ways to act on them."""
    location = Location.objects.create(code="hq", name="Headquarters")
    Brand.objects.create(location=location, code="main", name="Main")
    for code in ("grill", "cold"):
        Station.objects.create(location=location, code=code, name=code.capitalize())

    def place(*stations: str) -> dict:
        items = [intake.NewItem(f"Dish of {code}", 1, code) for code in stations or ("grill",)]
        return orders.place(location, intake.NewOrder(items), actor="pos:test").answer

    def move(ticket_id: int, action: str) -> dict:
        return tickets.move(ticket_id, action, location_id=location.id, actor="screen:test")

    def feed(kind: str, code: str = "") -> boards.FeedRef:
        return boards.find(kind, location, code)

    return SimpleNamespace(
        location=location,
        place=place,
        move=move,
        feed=feed,
        token=access.create_token(location, "test"),
    )


@pytest.fixture
def webs(house: SimpleNamespace, redis: RedisServer) -> Iterator[Callable[[], Web]]:
    """Start web processes; all are gone before the tables are emptied."""
    started: list[Web] = []

    def start() -> Web:
        web = Web(redis)
        web.start()
        started.append(web)
        return web

    yield start
    for web in started:
        web.kill()
