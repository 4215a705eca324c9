"""The hub: one subscription per feed and process, the same bytes to every socket of that feed.

A screen joins a room first and gets its snapshot then. Events are passed on in order; on a gap,
and when a beat finds that the database is further, the sockets concerned get a fresh snapshot.
Nothing depends on a message having arrived: the channel layer is only a bell.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import connection, connections
from django.utils import timezone

from kitchen import boards
from kitchen.boards import SCREEN, FeedRef
from operations import access, wire
from operations.access import Who
from operations.bell import Bell
from operations.models import Screen

logger = logging.getLogger("olgfeast.live")

BEAT_SECONDS = 2.0
# A socket that has not reached a beat's revision by then gets a snapshot unasked.
GRACE_SECONDS = 0.4
NOTE_SCREENS_EVERY_BEATS = 15
SEEN_WITHIN_SECONDS = 15.0
FRAMES_WAITING_AT_MOST = 256
EVENTS_KEPT = 128  # those that may be younger than a snapshot still being read
CLOSE_BEHIND = 1013
CLOSE_WITHDRAWN = 4403
T = TypeVar("T")

# Reads for sockets have threads of their own, so that no tap waits for a snapshot.
_readers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="live")


async def read(function: Callable[..., T], *args: Any) -> T:
    """Run a database read in one of the hub's threads and give its connection back."""

    def run() -> T:
        try:
            return function(*args)
        finally:
            connections.close_all()

    return await asyncio.get_running_loop().run_in_executor(_readers, run)


class Socket:
    """One connected client: what waits to be sent to it, and how far it is."""

    def __init__(self, who: Who, *, html: bool) -> None:
        self.who = who
        self.html = html
        self.outgoing: asyncio.Queue[str | int] = asyncio.Queue()
        self.rev: int | None = None  # None: its snapshot is still to come
        self.seen_rev = 0
        self.seen_at = time.monotonic()

    def event(self, event: wire.Event) -> None:
        """Pass on the event that follows what it has; any other waits for a snapshot."""
        if self.rev is None or event.rev != self.rev + 1:
            return
        self.rev = event.rev
        for text in event.html if self.html else event.json:
            self.outgoing.put_nowait(text)

    def picture(self, picture: wire.Picture) -> None:
        """Give it a snapshot."""
        self.rev = picture.rev
        self.outgoing.put_nowait(picture.html if self.html else picture.json)

    def say(self, text: str) -> None:
        """Send it one frame that is no change."""
        self.outgoing.put_nowait(text)

    def close(self, code: int) -> None:
        """Have the connection closed once what waits is sent."""
        self.outgoing.put_nowait(code)

    def fell_behind(self) -> bool:
        """True once more waits than it can use: that is dropped, and it needs a snapshot."""
        if self.outgoing.qsize() <= FRAMES_WAITING_AT_MOST:
            return False
        while not self.outgoing.empty():
            self.outgoing.get_nowait()
        self.rev = None
        return True

    def is_silent(self) -> bool:
        """True if it is a screen of ours that no longer answers beats."""
        return self.html and time.monotonic() - self.seen_at > SEEN_WITHIN_SECONDS


class Room:
    """All sockets of one feed in this process."""

    def __init__(self, ref: FeedRef) -> None:
        self.ref = ref
        self.sockets: set[Socket] = set()
        self.rev: int | None = None
        self.rev_at_beat: int | None = None
        self.kept: deque[wire.Event] = deque(maxlen=EVENTS_KEPT)
        self.reading: asyncio.Task[wire.Picture] | None = None
        self.queued: asyncio.Task[wire.Picture] | None = None

    def event(self, event: wire.Event) -> bool:
        """Pass an event on to all; False if a socket now needs a snapshot."""
        if self.rev is not None and event.rev <= self.rev:
            return True
        whole = self.rev is None or event.rev == self.rev + 1
        self.rev = event.rev
        self.kept.append(event)
        for socket in self.sockets:
            if socket.fell_behind():
                socket.say(wire.resync(self.ref.key))
                whole = False
            socket.event(event)
        return whole

    def show(self, picture: wire.Picture, sockets: Iterable[Socket]) -> None:
        """Give a snapshot to sockets that are not further already, and what came after it."""
        self.rev = max(self.rev or 0, picture.rev)
        for socket in sockets:
            if socket.rev is not None and socket.rev > picture.rev:
                continue
            socket.picture(picture)
            for event in self.kept:
                socket.event(event)

    def behind(self, rev: int) -> list[Socket]:
        """Return the sockets that lack something of what the database has."""
        return [socket for socket in self.sockets if socket.rev is None or socket.rev < rev]

    async def picture(self) -> wire.Picture:
        """Return a snapshot whose reading begins after this call; all who wait share one."""
        if self.reading is None:
            self.reading = asyncio.create_task(self._read())
            return await asyncio.shield(self.reading)
        if self.queued is None:
            self.queued = asyncio.create_task(self._read_after(self.reading))
        return await asyncio.shield(self.queued)

    async def _read_after(self, before: asyncio.Task[wire.Picture]) -> wire.Picture:
        await asyncio.wait([before])
        self.reading, self.queued = self.queued, None
        return await self._read()

    async def _read(self) -> wire.Picture:
        mine = asyncio.current_task()
        forms = {socket.html for socket in self.sockets}
        try:
            return await read(_picture, self.ref, forms)
        finally:
            if self.reading is mine:
                self.reading = None


class Hub:
    """The rooms of this process, kept right by events, beats and snapshots."""

    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {}
        self.bell = Bell(self)
        self.tasks: set[asyncio.Task[Any]] = set()
        self.beating = False
        self.beats = 0

    async def join(self, ref: FeedRef, socket: Socket) -> None:
        """Put a socket into its feed's room, then give it the snapshot."""
        room = self.rooms.setdefault(ref.key, Room(ref))
        room.sockets.add(socket)
        if not self.beating:
            self.beating = True
            self.spawn(self._beat_while_there_are_rooms())
        await self.bell.join(ref.key)
        await self.refresh(room, [socket])

    def leave(self, ref: FeedRef, socket: Socket) -> None:
        """Take a socket out; the last one of a room takes the room with it."""
        room = self.rooms.get(ref.key)
        if room is None:
            return
        room.sockets.discard(socket)
        if not room.sockets:
            del self.rooms[ref.key]
            self.spawn(self.bell.leave(ref.key))

    async def refresh(self, room: Room, sockets: Iterable[Socket]) -> None:
        """Give these sockets a snapshot read from now on; without a database, the beat retries."""
        try:
            room.show(await room.picture(), sockets)
        except Exception as error:
            logger.warning("no snapshot of %s: %s", room.ref.key, error)

    async def ask(self, ref: FeedRef, socket: Socket) -> None:
        """Answer a client that asks for the snapshot."""
        if room := self.rooms.get(ref.key):
            socket.rev = None
            await self.refresh(room, [socket])

    def deliver(self, event: wire.Event) -> None:
        """Take an event of this process' relay or of the channel layer; twice is harmless."""
        room = self.rooms.get(event.feed)
        if room and not room.event(event):
            self.spawn(self.refresh(room, room.behind(event.rev)))

    def resync(self, feeds: Iterable[str]) -> None:
        """Read these feeds anew: some of their events were lost on the way."""
        for feed in feeds:
            if room := self.rooms.get(feed):
                self.spawn(self.refresh(room, set(room.sockets)))

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something beside; the hub keeps the task from being collected."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _beat_while_there_are_rooms(self) -> None:
        while self.rooms:
            began = time.monotonic()
            try:
                await self._beat()
            except Exception as error:  # no database, no beat: the screens say so themselves
                logger.warning("no beat: %s", error)
            await asyncio.sleep(max(0.1, BEAT_SECONDS - (time.monotonic() - began)))
        self.beating = False

    async def _beat(self) -> None:
        self.beats += 1
        rooms = dict(self.rooms)
        asked = self._people()
        revisions, inside = await read(_facts, list(rooms), asked)
        # Not whoever is not inside: a socket may have come since the question was put.
        withdrawn = {(who.kind, who.id, who.session) for who in asked} - inside
        now = timezone.now().isoformat()
        for key, room in rooms.items():
            rev = revisions.get(key, 0)
            self._forget_if_rewound(room, rev)
            text = wire.beat(key, rev, now)
            for socket in room.sockets:
                self._beat_one(socket, text, withdrawn)
        self.spawn(self._catch_up(rooms, revisions))
        self.spawn(self.bell.check(self.beats))
        if self.beats % NOTE_SCREENS_EVERY_BEATS == 1:
            await read(_note_screens, [who.id for who in self._people() if who.kind == "screen"])

    def _beat_one(self, socket: Socket, text: str, withdrawn: set[tuple[str, int, str]]) -> None:
        who = socket.who
        if (who.kind, who.id, who.session) in withdrawn:
            socket.close(CLOSE_WITHDRAWN)
        elif socket.is_silent():
            socket.close(CLOSE_BEHIND)
        elif socket.rev is not None:  # its first frame is the snapshot
            socket.say(text)

    def _forget_if_rewound(self, room: Room, rev: int) -> None:
        """Start a room anew whose database counts less than before: it was restored."""
        if room.rev_at_beat is not None and rev < room.rev_at_beat:
            room.rev = None
            room.kept.clear()
            for socket in room.sockets:
                socket.rev = None
        room.rev_at_beat = rev

    async def _catch_up(self, rooms: dict[str, Room], revisions: dict[str, int]) -> None:
        await asyncio.sleep(GRACE_SECONDS)
        for key, room in rooms.items():
            if late := room.behind(revisions.get(key, 0)):
                self.spawn(self.refresh(room, late))

    def _people(self) -> set[Who]:
        return {socket.who for room in self.rooms.values() for socket in room.sockets}


def hub() -> Hub:
    """Return the hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs.clear()  # an earlier loop of this process has ended
        _hubs[loop] = Hub()
    return _hubs[loop]


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def _picture(ref: FeedRef, forms: set[bool]) -> wire.Picture:
    picture = wire.Picture(ref, boards.snapshot(ref, limit=SCREEN))
    for html in forms:  # made here, not in the event loop
        _ = picture.html if html else picture.json
    return picture


def _facts(keys: list[str], people: set[Who]) -> tuple[dict[str, int], set[tuple[str, int, str]]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, revision FROM kitchen_feed WHERE key = ANY(%s)", [keys])
        revisions = dict(cursor.fetchall())
    return revisions, access.still_in(people)


def _note_screens(ids: list[int]) -> None:
    Screen.objects.filter(id__in=ids).update(last_seen_at=timezone.now())
