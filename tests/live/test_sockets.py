"""The sockets' manners: who may open one, what it says, and when it is closed."""

import asyncio
import contextlib
import json

import pytest
import websockets
from django.utils import timezone

from operations import access
from operations.models import PosToken, Screen

from .test_faults import in_thread
from .world import PATIENCE, ProgramScreen

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def web(webs):  # type: ignore[no-untyped-def]
    process = webs()
    await process.listens()
    return process


def connect(web, path, **headers):  # type: ignore[no-untyped-def]
    given = {key.replace("_", "-"): value for key, value in headers.items()}
    return websockets.connect(
        f"ws://127.0.0.1:{web.port}{path}", additional_headers=given, compression=None
    )


def bearer(house):  # type: ignore[no-untyped-def]
    return {"Authorization": f"Bearer {house.token}"}


async def frame_of(ws, kind):  # type: ignore[no-untyped-def]
    async with asyncio.timeout(PATIENCE):
        while True:
            frame = json.loads(await ws.recv())
            if frame["type"] == kind:
                return frame


async def close_code(ws):  # type: ignore[no-untyped-def]
    with contextlib.suppress(websockets.ConnectionClosed):
        async with asyncio.timeout(PATIENCE):
            async for _ in ws:
                pass
    return ws.close_code


async def refusal(web, path, **headers):  # type: ignore[no-untyped-def]
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with connect(web, path, **headers):
            pass
    return refused.value.response.status_code


async def test_the_snapshot_comes_first(web, house):
    placed = await in_thread(house.place)("grill")
    async with connect(web, "/ws/stations/grill/", **bearer(house)) as ws:
        frame = json.loads(await ws.recv())

    assert frame["type"] == "orders_update"
    assert frame["feed"] == "station:hq:grill"
    assert frame["station"] == {"code": "grill", "name": "Grill"}
    assert [order["id"] for order in frame["orders"]] == [placed["id"]]


async def test_a_status_change_precedes_its_order_update_with_the_same_rev(web, house):
    placed = await in_thread(house.place)("grill")
    ticket = placed["tickets"][0]["id"]
    async with connect(web, "/ws/stations/grill/", **bearer(house)) as ws:
        first = json.loads(await ws.recv())
        await in_thread(house.move)(ticket, "start")
        change = await frame_of(ws, "status_change")
        update = await frame_of(ws, "order_update")

    assert (change["old_status"], change["new_status"]) == ("pending", "preparing")
    assert (change["ticket_id"], change["order_id"]) == (ticket, placed["id"])
    assert change["rev"] == update["rev"] == first["rev"] + 1
    assert update["action"] == "status_changed"
    assert update["order"]["tickets"][0]["status"] == "preparing"


async def test_beats_carry_the_revision_and_the_servers_time(web, house):
    async with connect(web, "/ws/expo/", **bearer(house)) as ws:
        beat = await frame_of(ws, "beat")

    assert beat["rev"] == 0
    assert timezone.datetime.fromisoformat(beat["now"]).tzinfo is not None


async def test_screens_of_the_product_get_cards_instead_of_orders(web, house):
    screen = ProgramScreen(web, "/ws/stations/grill/", house.token)
    frames = []

    async def take(frame):  # type: ignore[no-untyped-def]
        frames.append(frame)
        screen._tell()

    screen._take = take
    async with screen.open(subprotocol="olgfeast.html"):
        await screen.until(lambda: len(frames) > 0)
        placed = await in_thread(house.place)("grill")
        await screen.until(lambda: frames[-1]["type"] == "order_update")

    ticket = placed["tickets"][0]["id"]
    assert 'id="board"' in frames[0]["html"]
    assert frames[-1]["id"] == f"t{ticket}"
    assert f'id="t{ticket}"' in frames[-1]["html"]
    assert "order" not in frames[-1]


@pytest.mark.parametrize("path", ["/ws/stations/grill/", "/ws/kitchen/pending/", "/ws/expo/"])
async def test_without_access_the_handshake_is_refused(web, house, path):
    assert await refusal(web, path) == 403
    assert await refusal(web, path, Authorization="Bearer wrong") == 403


async def test_an_unknown_station_is_refused(web, house):
    assert await refusal(web, "/ws/stations/roof/", **bearer(house)) == 403
    assert await refusal(web, "/ws/nothing/", **bearer(house)) == 403


async def test_a_foreign_page_is_refused(web, house):
    foreign = {**bearer(house), "Origin": "https://elsewhere.example"}
    assert await refusal(web, "/ws/expo/", **foreign) == 403


async def test_a_page_of_ours_is_let_in(web, house):
    ours = {**bearer(house), "Origin": f"http://127.0.0.1:{web.port}"}
    async with connect(web, "/ws/expo/", **ours) as ws:
        await frame_of(ws, "orders_update")


async def test_a_screen_opens_only_the_board_it_was_paired_for(web, house):
    def pair() -> str:
        screen = Screen.objects.create(
            location=house.location, name="Grill left", kind="station", code="grill"
        )
        return access.pair(access.create_pairing(screen))[1]

    cookie = {"Cookie": f"olgfeast_screen={await in_thread(pair)()}"}
    async with connect(web, "/ws/stations/grill/", **cookie) as ws:
        await frame_of(ws, "orders_update")
    assert await refusal(web, "/ws/stations/cold/", **cookie) == 403
    assert await refusal(web, "/ws/expo/", **cookie) == 403


async def test_access_withdrawn_closes_open_sockets(web, house):
    async with connect(web, "/ws/expo/", **bearer(house)) as ws:
        await frame_of(ws, "orders_update")
        await in_thread(lambda: PosToken.objects.update(revoked_at=timezone.now()))()
        assert await close_code(ws) == 4403


@pytest.mark.parametrize(
    "text", ["hello", "[]", '{"type": "bump"}', '{"type": "seen"}', "[" * 2000, "x" * 5000]
)
async def test_a_strange_frame_is_answered_with_one_error(web, house, text):
    async with connect(web, "/ws/expo/", **bearer(house)) as ws:
        await ws.send(text)
        error = await frame_of(ws, "error")

    assert error["detail"].endswith(".")


async def test_ten_strange_frames_in_a_minute_are_the_end(web, house):
    async with connect(web, "/ws/expo/", **bearer(house)) as ws:
        for _ in range(10):
            await ws.send("?")

        assert await close_code(ws) == 4400


async def test_an_update_can_be_asked_for(web, house):
    async with connect(web, "/ws/expo/", **bearer(house)) as ws:
        await frame_of(ws, "orders_update")
        await ws.send('{"type": "request_update"}')
        again = await frame_of(ws, "orders_update")

    assert again["feed"] == "expo:hq"
