"""Helpers of a run that live in processes of their own: a line of JSON asks, another answers."""

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

from olgfeast.embedded import CHECKOUT
from olgfeast.runner import dies_with_parent

LONGEST_LINE = 1 << 28
Handler = Callable[..., Awaitable[Any]]


class PeerFailed(Exception):
    """A helper process broke or fell silent."""


class Peer:
    """One helper process; ends with this one, and by `close`."""

    def __init__(self, module: str, *, env: dict[str, str] | None = None) -> None:
        self.module = module
        self._held = b""
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=CHECKOUT,
            env={**os.environ, **(env or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            preexec_fn=dies_with_parent(signal.SIGKILL),
        )

    def ask(self, what: str, *, patience: float = 60.0, **values: Any) -> Any:
        """Have something done and return what came of it."""
        self.tell(what, **values)
        return self.answer(patience)

    def tell(self, what: str, **values: Any) -> None:
        """Have something begun; its answer must be taken before the next word."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"do": what, **values}).encode() + b"\n")
        self._process.stdin.flush()

    def answer(self, patience: float = 60.0) -> Any:
        line = self._line(time.monotonic() + patience)
        reply = json.loads(line)
        if "fault" in reply:
            raise PeerFailed(f"{self.module}: {reply['fault']}")
        return reply["answer"]

    def close(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType
    ) -> None:
        self.close()

    def _line(self, until: float) -> bytes:
        assert self._process.stdout
        wire = self._process.stdout.fileno()
        parts = [self._held]
        while b"\n" not in parts[-1]:
            left = until - time.monotonic()
            if left <= 0 or not select.select([wire], [], [], left)[0]:
                raise PeerFailed(f"{self.module} does not answer")
            parts.append(os.read(wire, 1 << 20))
            if not parts[-1]:
                raise PeerFailed(f"{self.module} ended with {self._process.wait()}")
        line, _, self._held = b"".join(parts).partition(b"\n")
        return line


async def serve(handlers: dict[str, Handler]) -> None:
    """Answer the parent's lines one after another, until it closes them."""
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        message = json.loads(line)
        try:
            reply = {"answer": await handlers[message.pop("do")](**message)}
        except Exception:
            reply = {"fault": traceback.format_exc()}
        print(json.dumps(reply), flush=True)


def obey(handlers: dict[str, Callable[..., Any]]) -> None:
    """The same for a process without an event loop."""
    for line in sys.stdin:
        message = json.loads(line)
        try:
            reply = {"answer": handlers[message.pop("do")](**message)}
        except Exception:
            reply = {"fault": traceback.format_exc()}
        print(json.dumps(reply), flush=True)
