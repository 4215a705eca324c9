"""The screens' sockets: join, send the snapshot, pass on. Screens act by HTTP, never here.

Plain ASGI instead of a Channels consumer: that one runs every message through a thread hop and
subscribes each socket for itself, which cost ten times the deliveries (see DECISIONS.md).
"""

import asyncio
import contextlib
import json
import time
from collections import deque
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from kitchen import boards
from kitchen.errors import NotFound
from kitchen.models import Location
from operations import access, wire
from operations.access import Who
from operations.live import Socket, hub, read

PROTOCOLS = (wire.JSON_PROTOCOL, wire.HTML_PROTOCOL)
FRAME_BYTES = 4096
ERRORS_A_MINUTE = 10
UPDATES_A_MINUTE = 30
CLOSE_ABUSE = 4400


class FeedConsumer:
    """The ASGI application of one kind of feed's sockets."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection from its handshake to its end."""
        await receive()  # websocket.connect
        found = _origin_is_ours(scope) and await read(_let_in, scope, self.kind)
        if not found:
            await send({"type": "websocket.close", "code": 4403})  # a 403 before the handshake
            return
        who, ref = found
        protocol = _protocol(scope)
        await send({"type": "websocket.accept", "subprotocol": protocol})
        socket = Socket(who, html=protocol == wire.HTML_PROTOCOL)
        await _serve(ref, socket, receive, send)


async def _serve(ref: boards.FeedRef, socket: Socket, receive: Any, send: Any) -> None:
    here = hub()
    writer = asyncio.create_task(_write(socket, send))
    reader = asyncio.create_task(_Reader(ref, socket).run(receive))
    joining = asyncio.create_task(here.join(ref, socket))
    try:
        await asyncio.wait([writer, reader], return_when=asyncio.FIRST_COMPLETED)
    finally:
        here.leave(ref, socket)
        for task in (writer, reader, joining):
            task.cancel()
        await asyncio.gather(writer, reader, joining, return_exceptions=True)


async def _write(socket: Socket, send: Any) -> None:
    while True:
        item = await socket.outgoing.get()
        if isinstance(item, int):
            await send({"type": "websocket.close", "code": item})
            return
        await send({"type": "websocket.send", "text": item})


class _Reader:
    """What a client may say: `request_update` and `seen`; all else is an error, ten the end."""

    def __init__(self, ref: boards.FeedRef, socket: Socket) -> None:
        self.ref = ref
        self.socket = socket
        self.errors: deque[float] = deque(maxlen=ERRORS_A_MINUTE)
        self.updates: deque[float] = deque(maxlen=UPDATES_A_MINUTE)

    async def run(self, receive: Any) -> None:
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            fault = await self._take(message)
            if fault and self._too_many(fault):
                self.socket.close(CLOSE_ABUSE)
                await asyncio.Event().wait()  # until the writer has closed

    async def _take(self, message: Any) -> str:
        text = message.get("text")
        if text is None or len(text.encode()) > FRAME_BYTES:
            return f"A frame is JSON text of at most {FRAME_BYTES} bytes."
        try:
            frame = json.loads(text)
        except (ValueError, RecursionError):
            return "This frame is not JSON."
        if not isinstance(frame, dict):
            return "A frame is a JSON object."
        if frame == {"type": "request_update"}:
            return await self._update()
        rev = frame.get("rev")
        if frame.keys() == {"type", "rev"} and frame["type"] == "seen" and type(rev) is int:
            self.socket.seen_rev, self.socket.seen_at = rev, time.monotonic()
            return ""
        return 'Say {"type": "request_update"} or {"type": "seen", "rev": 812}, nothing else.'

    async def _update(self) -> str:
        if _full(self.updates):
            return f"At most {UPDATES_A_MINUTE} updates a minute: events come by themselves."
        await hub().ask(self.ref, self.socket)
        return ""

    def _too_many(self, fault: str) -> bool:
        self.socket.say(wire.error(fault))
        return _full(self.errors)


def _full(moments: deque[float]) -> bool:
    """Note this moment; True if the deque's length of them lie within the last minute."""
    now = time.monotonic()
    moments.append(now)
    return len(moments) == moments.maxlen and now - moments[0] < 60


def _protocol(scope: Any) -> str | None:
    return next((name for name in scope.get("subprotocols", []) if name in PROTOCOLS), None)


def _let_in(scope: Any, kind: str) -> tuple[Who, boards.FeedRef] | None:
    """Return who connects and to which feed; None without the right, or without such a feed."""
    arguments = scope["url_route"]["kwargs"]
    who = access.of_scope(scope["headers"], arguments.get("location", ""))
    code = arguments.get("code", "")
    if who is None or not who.may_see_feed(kind, code):
        return None
    with contextlib.suppress(NotFound, Location.DoesNotExist):
        location = Location.objects.get(id=who.location_id)
        return who, boards.find(kind, location, code)
    return None


def _origin_is_ours(scope: Any) -> bool:
    """True if a page of ours opens the socket, or no page at all: browsers always say which."""
    headers = dict(scope["headers"])
    origin = headers.get(b"origin")
    if origin is None:
        return True
    text = origin.decode("latin-1").rstrip("/")
    if text in settings.CSRF_TRUSTED_ORIGINS:
        return True
    parts = urlsplit(text)
    host = headers.get(b"host", b"").decode("latin-1").lower()
    known = validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)
    return known and parts.scheme in ("http", "https") and parts.netloc.lower() == host
