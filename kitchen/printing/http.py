"""A few pages over HTTP for a process that is no web server: health, metrics, a switch."""

import asyncio
import contextlib
import http
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

LARGEST_REQUEST = 64 * 1024
REQUEST_SECONDS = 5.0


@dataclass(frozen=True)
class Answer:
    """What goes back to the caller."""

    body: str
    status: int = 200
    content_type: str = "application/json"


NOT_FOUND = Answer('{"title": "Not found", "status": 404}', 404, "application/problem+json")
Handler = Callable[[str, str, bytes], Awaitable[Answer]]


async def serve(host: str, port: int, handler: Handler) -> asyncio.Server:
    """Listen; `handler` gets method, path and body of each request."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
            async with asyncio.timeout(REQUEST_SECONDS):
                method, path, body = await _request(reader)
                writer.write(_bytes(await handler(method, path, body)))
                await writer.drain()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    return await asyncio.start_server(talk, host, port, limit=LARGEST_REQUEST)


async def _request(reader: asyncio.StreamReader) -> tuple[str, str, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *fields = head.split("\r\n")
    method, target, _ = first.split(" ", 2)
    size = 0
    for name, _, value in (field.partition(":") for field in fields):
        if name.lower() == "content-length":
            size = min(int(value), LARGEST_REQUEST)
    return method, target.split("?")[0], await reader.readexactly(size)


def _bytes(answer: Answer) -> bytes:
    body = answer.body.encode()
    head = (
        f"HTTP/1.1 {answer.status} {http.HTTPStatus(answer.status).phrase}\r\n"
        f"Content-Type: {answer.content_type}\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode("latin-1") + body
