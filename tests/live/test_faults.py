"""Whatever fails, every screen ends up equal to the database, and nobody restarts anything."""

import asyncio
import os
import signal
from contextlib import AsyncExitStack

import pytest
from django.db import connections

from kitchen.models import Outbox

from .world import ProgramScreen

pytestmark = pytest.mark.django_db(transaction=True)


def in_thread(function):  # type: ignore[no-untyped-def]
    """Run database work beside the loop, and give its connection back."""

    def work(*args):  # type: ignore[no-untyped-def]
        try:
            return function(*args)
        finally:
            connections.close_all()

    async def run(*args):  # type: ignore[no-untyped-def]
        return await asyncio.to_thread(work, *args)

    return run


async def open_screens(stack, webs, house):  # type: ignore[no-untyped-def]
    """Open the grill's, the pending and the expo's board in each web process."""
    screens = []
    for web in webs:
        for path, feed in (
            ("/ws/stations/grill/", ("station", "grill")),
            ("/ws/kitchen/pending/", ("status", "pending")),
            ("/ws/expo/", ("expo",)),
        ):
            screen = ProgramScreen(web, path, house.token)
            await stack.enter_async_context(screen.open())
            screens.append((screen, await in_thread(house.feed)(*feed)))
    for screen, _ in screens:
        await screen.until(lambda screen=screen: screen.count("orders_update") > 0)
    return screens


async def rush(house, orders: int) -> None:  # type: ignore[no-untyped-def]
    """Place orders and move their tickets, as on a Friday night."""
    for number in range(orders):
        placed = await in_thread(house.place)("grill", "cold")
        ticket = placed["tickets"][0]["id"]
        await in_thread(house.move)(ticket, "start")
        if number % 2:
            await in_thread(house.move)(ticket, "bump")


async def all_equal(screens) -> None:  # type: ignore[no-untyped-def]
    for screen, feed in screens:
        await screen.equals(feed)


async def test_screens_of_two_web_processes_show_the_same(webs, house):
    first, second = webs(), webs()
    await first.listens()
    await second.listens()
    async with AsyncExitStack() as stack:
        screens = await open_screens(stack, [first, second], house)

        await rush(house, 5)

        await all_equal(screens)
        assert all(screen.count("order_update") for screen, _ in screens)


async def test_redis_killed_and_restarted_while_orders_flow(webs, house, redis):
    first, second = webs(), webs()
    await first.listens()
    await second.listens()
    async with AsyncExitStack() as stack:
        screens = await open_screens(stack, [first, second], house)
        await rush(house, 2)

        redis.kill()
        await rush(house, 4)
        redis.restart()
        await rush(house, 2)

        await all_equal(screens)
        assert all(screen.closed is None for screen, _ in screens)


async def test_screens_are_right_while_redis_stays_away(webs, house, redis):
    first, second = webs(), webs()
    await first.listens()
    await second.listens()
    async with AsyncExitStack() as stack:
        screens = await open_screens(stack, [first, second], house)

        redis.kill()
        await rush(house, 3)

        await all_equal(screens)


async def test_a_frozen_redis_holds_nothing_up(webs, house, redis):
    first, second = webs(), webs()
    await first.listens()
    await second.listens()
    async with AsyncExitStack() as stack:
        screens = await open_screens(stack, [first, second], house)

        redis.freeze()
        await rush(house, 3)
        await all_equal(screens)
        redis.thaw()
        await rush(house, 1)

        await all_equal(screens)


async def test_web_process_killed_and_restarted(webs, house):
    web = webs()
    await web.listens()
    async with AsyncExitStack() as stack:
        screens = await open_screens(stack, [web], house)

        web.kill()
        await rush(house, 3)
        web.start()

        await all_equal(screens)


async def test_another_process_relays_when_the_relaying_one_is_killed(webs, house):
    first, second = webs(), webs()
    await first.listens()
    await second.listens()
    async with AsyncExitStack() as stack:
        screens = await open_screens(stack, [second], house)

        first.kill()
        await rush(house, 3)

        await all_equal(screens)
        for screen, _ in screens:
            await screen.until(lambda screen=screen: screen.count("order_update") > 0)


async def test_a_frozen_web_process_catches_up(webs, house):
    first, second = webs(), webs()
    await first.listens()
    await second.listens()
    async with AsyncExitStack() as stack:
        screens = await open_screens(stack, [first, second], house)

        os.kill(first.process.pid, signal.SIGSTOP)
        await rush(house, 3)
        os.kill(first.process.pid, signal.SIGCONT)

        await all_equal(screens)


async def test_an_event_lost_before_the_relay_is_noticed_by_the_beat(webs, house):
    web = webs()
    await web.listens()
    async with AsyncExitStack() as stack:
        [(screen, feed), *_] = await open_screens(stack, [web], house)
        screen.asks = False
        os.kill(web.process.pid, signal.SIGSTOP)
        await rush(house, 1)
        await in_thread(lambda: Outbox.objects.all().delete())()
        os.kill(web.process.pid, signal.SIGCONT)

        await screen.equals(feed)

        assert screen.count("order_update") == 0


async def test_a_screen_that_loses_every_event_is_right_by_its_beats(webs, house):
    web = webs()
    await web.listens()
    async with AsyncExitStack() as stack:
        [(screen, feed), *_] = await open_screens(stack, [web], house)
        screen.deaf = True

        await rush(house, 2)

        await screen.equals(feed)


async def test_many_screens_opening_at_once_all_get_their_board(webs, house):
    web = webs()
    await web.listens()
    await rush(house, 3)
    async with AsyncExitStack() as stack:
        crowd = [ProgramScreen(web, "/ws/stations/grill/", house.token) for _ in range(60)]
        for screen in crowd:
            await stack.enter_async_context(screen.open())
        feed = await in_thread(house.feed)("station", "grill")

        await asyncio.gather(*(screen.equals(feed) for screen in crowd))
