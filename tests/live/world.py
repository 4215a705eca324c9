"""A running house for the fault tests: real web processes, a Redis to kill, screens by socket."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import websockets
from django.conf import settings
from django.db import connections

from kitchen import boards
from olgfeast import engines

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0  # seconds until a wait counts as "never"; not a measure of speed


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RedisServer:
    """A Redis of the test's own, to be killed, frozen and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine = engines.Redis(folder, log=folder / "redis.log")
        self.engine.start()

    @property
    def url(self) -> str:
        return f"unix://{self.folder}/redis.sock"

    def kill(self) -> None:
        os.kill(self.engine.pid, signal.SIGKILL)
        self.engine._process.wait()

    def restart(self) -> None:
        self.engine.start()

    def freeze(self) -> None:
        os.kill(self.engine.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.engine.pid, signal.SIGCONT)

    def stop(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.thaw()
        self.engine.stop()


class Web:
    """One web process on the test's database."""

    def __init__(self, redis: RedisServer) -> None:
        self.port = free_port()
        self.redis = redis
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        database = connections["default"].get_connection_params()
        address = f"postgresql://{database['user']}@/{database['dbname']}?host={database['host']}"
        environment = {
            **os.environ,
            "DATABASE_URL": address,
            "REDIS_URL": self.redis.url,
            "SECRET_KEY": settings.SECRET_KEY,
            "DEBUG": "1",
            "LOG_LEVEL": "ERROR",
        }
        command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port)]
        command += ["--websocket_timeout", "-1", "--ping-interval", "5", "--ping-timeout", "10"]
        self.process = subprocess.Popen(
            [*command, "-v", "0", "olgfeast.asgi:application"], cwd=ROOT, env=environment
        )

    async def listens(self) -> None:
        """Wait until the process takes connections."""
        async with asyncio.timeout(PATIENCE):
            while True:
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                    writer.close()
                    return
                await asyncio.sleep(0.05)

    def kill(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class ProgramScreen:
    """A plain JSON client that follows the contract: n+1 is applied, a gap asks for the snapshot.

    Of each ticket it keeps (status, version), of orders and their tickets likewise, so that it
    can be compared with the database.
    """

    def __init__(self, web: Web, path: str, token: str, *, origin: str | None = None) -> None:
        self.web, self.path, self.token, self.origin = web, path, token, origin
        self.rev = -1
        self.cards: dict[int, Any] = {}
        self.frames: list[dict[str, Any]] = []
        self.news = asyncio.Event()
        self.closed: int | None = None
        self.deaf = False  # loses every event on the way, as a bad network does
        self.asks = True  # else it waits for what it is given

    @contextlib.asynccontextmanager
    async def open(self, *, subprotocol: str = "olgfeast.json"):  # type: ignore[no-untyped-def]
        """Connect again and again, as a screen does, until left."""
        task = asyncio.create_task(self._stay(subprotocol))
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _stay(self, subprotocol: str) -> None:
        while True:
            with contextlib.suppress(OSError, websockets.WebSocketException):
                await self._watch(subprotocol)
            await asyncio.sleep(0.1)

    async def _watch(self, subprotocol: str) -> None:
        async with websockets.connect(
            f"ws://127.0.0.1:{self.web.port}{self.path}",
            additional_headers={"Authorization": f"Bearer {self.token}"},
            subprotocols=[subprotocol],
            origin=self.origin,
            compression=None,
        ) as ws:
            self.ws = ws
            try:
                async for text in ws:
                    await self._take(json.loads(text))
            finally:
                self.closed = ws.close_code
                self._tell()

    async def _take(self, frame: dict[str, Any]) -> None:
        self.frames.append(frame)
        kind = frame["type"]
        if kind == "orders_update":
            self.rev = frame["rev"]
            self.cards = dict(_card(entry) for entry in frame["orders"])
        elif kind == "order_update" and not self.deaf:
            await self._update(frame)
        elif kind == "beat" and frame["rev"] > self.rev:
            await self._ask()
        self._tell()

    async def _update(self, frame: dict[str, Any]) -> None:
        if frame["rev"] > self.rev + 1:
            await self._ask()
        if frame["rev"] != self.rev + 1:
            return
        self.rev = frame["rev"]
        key, card = _card(frame["order"])
        tickets = frame["order"]["tickets"]
        off_board = self.path.startswith("/ws/stations/") and tickets[0]["status"] == "ready"
        if frame["action"] == "removed" or off_board:
            self.cards.pop(key, None)
        else:
            self.cards[key] = card

    async def _ask(self) -> None:
        if self.asks:
            await self.ws.send('{"type": "request_update"}')

    def _tell(self) -> None:
        self.news.set()

    async def until(self, true: Callable[[], bool], *, patience: float = PATIENCE) -> None:
        """Wait for news until the condition holds."""
        async with asyncio.timeout(patience):
            while not true():
                self.news.clear()
                await self.news.wait()

    async def equals(self, ref: boards.FeedRef) -> None:
        """Wait until this screen shows just what the database has."""
        await self.until(lambda: True)
        truth = await asyncio.to_thread(_truth, ref)
        await self.until(lambda: self.rev >= truth[0] and self.cards == truth[1])

    def count(self, kind: str) -> int:
        """Return how many frames of a type came."""
        return sum(frame["type"] == kind for frame in self.frames)


def _truth(ref: boards.FeedRef) -> tuple[int, dict[int, Any]]:
    try:
        board = boards.snapshot(ref, limit=1000)
    finally:
        connections.close_all()
    return board["rev"], dict(_card(entry) for entry in board["orders"])


def _card(entry: dict[str, Any]) -> tuple[int, Any]:
    tickets = {ticket["id"]: (ticket["status"], ticket["version"]) for ticket in entry["tickets"]}
    key = next(iter(tickets)) if "others" in entry else entry["id"]
    return key, (entry["number"], tickets)
