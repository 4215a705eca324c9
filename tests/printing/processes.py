"""Real processes on the test's database: the worker and the virtual printer."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from .conftest import PATIENCE_SECONDS

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """One `manage.py` command with the test's database."""

    def __init__(self, *command: str, **environment: str) -> None:
        database = connection.get_connection_params()
        address = f"postgresql://{database['user']}@/{database['dbname']}?host={database['host']}"
        self.health_port = free_port()
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env={
                **os.environ, "DATABASE_URL": address, "REDIS_URL": "redis://127.0.0.1:1/0",
                "SECRET_KEY": settings.SECRET_KEY, "HEALTH_CHECK_PORT": str(self.health_port),
                "POLL_INTERVAL": "0.2", "RETRY_DELAY_SECONDS": "0.2",
                "PRINT_CONFIRM_SECONDS": "1", "POSSIBLE_COPY_AFTER_SECONDS": "1", **environment,
            },
            stderr=subprocess.PIPE,
        )  # fmt: skip

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def ended(self) -> tuple[int, str]:
        """Return exit code and standard error once it is over."""
        _, errors = await asyncio.to_thread(self._process.communicate, timeout=PATIENCE_SECONDS)
        return self._process.returncode, errors.decode()

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()

    async def page(self, path: str, port: int = 0) -> tuple[int, str]:
        """GET from the process, once it listens."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                with contextlib.suppress(OSError):
                    return await fetch(port or self.health_port, "GET", path)
                assert self._process.poll() is None, "the process ended"
                await asyncio.sleep(0.05)


async def fetch(port: int, method: str, path: str, body: Any = None) -> tuple[int, str]:
    """Send one request to a port of this machine; return status and body."""
    content = json.dumps(body).encode() if body is not None else b""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(content)}\r\n\r\n"
    try:
        writer.write(head.encode() + content)
        answer = (await reader.read()).decode()
    finally:
        writer.close()
        await writer.wait_closed()
    status, _, rest = answer.partition("\r\n")
    return int(status.split(" ")[1]), rest.partition("\r\n\r\n")[2]
