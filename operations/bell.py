"""The hub's ear on the channel layer. Nothing depends on a ring having arrived; see live.py."""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Collection, Iterable
from typing import Protocol

from channels.layers import get_channel_layer

from operations import wire

logger = logging.getLogger("olgfeast.live")

PROBE_EVERY_BEATS = 3
PROBE_PATIENCE_SECONDS = 2.0
LAYER_PATIENCE_SECONDS = 3.0


class Hearer(Protocol):
    """Whom a bell rings for: the hub."""

    @property
    def rooms(self) -> Collection[str]:
        """The feeds to hear of."""

    def deliver(self, event: wire.Event) -> None:
        """Take an event."""

    def resync(self, feeds: Iterable[str]) -> None:
        """Read these feeds anew."""


def group_of(feed: str) -> str:
    """Return the channel layer's group of a feed; group names know no colon."""
    return "feed." + feed.replace(":", ".")


class Bell:
    """The hub's ear on the channel layer: one channel, a group per feed, and a probe of itself.

    A half-open connection to Redis is deaf for ever and says nothing; so the bell rings itself,
    and when it does not hear that, it makes its connections anew.
    """

    def __init__(self, hub: Hearer) -> None:
        self.hub = hub
        self.name = f"hub.{uuid.uuid4().hex}"
        self.channel: str | None = None
        self.groups: set[str] = set()
        self.ear: asyncio.Task[None] | None = None
        self.heard = asyncio.Event()
        self.lock = asyncio.Lock()

    async def join(self, feed: str) -> None:
        """Hear of a feed; if Redis is away, the beats do until it is back."""
        if feed in self.groups:
            return
        try:
            async with asyncio.timeout(LAYER_PATIENCE_SECONDS), self.lock:
                await self._open()
                await get_channel_layer().group_add(group_of(feed), self.channel)
                self.groups.add(feed)
        except Exception as error:
            logger.warning("deaf for %s until Redis answers: %r", feed, error)

    async def leave(self, feed: str) -> None:
        """Hear no more of a feed that nobody here watches."""
        if feed in self.hub.rooms or feed not in self.groups:
            return
        self.groups.discard(feed)
        with contextlib.suppress(Exception):
            async with asyncio.timeout(LAYER_PATIENCE_SECONDS), self.lock:
                await get_channel_layer().group_discard(group_of(feed), self.channel)

    async def check(self, beats: int) -> None:
        """Join what could not be joined; every few beats see that the bell is heard."""
        for feed in set(self.hub.rooms) - self.groups:
            await self.join(feed)
        if self.channel is None or beats % PROBE_EVERY_BEATS:
            return
        self.heard.clear()
        try:
            async with asyncio.timeout(PROBE_PATIENCE_SECONDS):
                await get_channel_layer().group_send(self.name, {"type": "probe"})
                await self.heard.wait()
        except Exception:
            await self._renew()

    async def _open(self) -> None:
        if self.channel is not None:
            return
        layer = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add(self.name, channel)
        self.channel = channel
        self.ear = asyncio.create_task(self._listen(channel))

    async def _listen(self, channel: str) -> None:
        layer = get_channel_layer()
        while True:
            message = await layer.receive(channel)
            if message["type"] == "probe":
                self.heard.set()
            elif message["type"] == "resync":
                self.hub.resync(message["feeds"])
            else:
                self.hub.deliver(wire.Event(**message["event"]))

    async def _renew(self) -> None:
        """Make the connections anew; what was missed meanwhile is read from the database."""
        logger.warning("Redis does not ring: connecting anew")
        with contextlib.suppress(Exception):
            async with asyncio.timeout(LAYER_PATIENCE_SECONDS), self.lock:
                ear, self.ear, self.channel = self.ear, None, None
                self.groups.clear()
                if ear:
                    ear.cancel()
                    await asyncio.wait([ear])
                await get_channel_layer().flush()
        for feed in set(self.hub.rooms):
            await self.join(feed)
        self.hub.resync(list(self.hub.rooms))
