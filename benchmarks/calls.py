"""An HTTP client that does the least there is to do: one connection, one call at a time."""

import asyncio

PATIENCE_SECONDS = 30.0


class Line(asyncio.Protocol):
    """A kept-alive connection; opens itself again when the server has closed it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[tuple[int, bytes]] | None = None
        self._held = b""

    async def call(self, request: bytes) -> tuple[int, bytes]:
        """Send a request and return the answer's status and body; status 0: none came."""
        loop = asyncio.get_running_loop()
        self._held = b""
        if self._transport is None or self._transport.is_closing():
            await loop.create_connection(lambda: self, "127.0.0.1", self.port)
        assert self._transport
        self._waiting = loop.create_future()
        self._transport.write(request)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._waiting
        except TimeoutError:
            self._transport.abort()
            return 0, b""

    def close(self) -> None:
        if self._transport:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        answer = parse(self._held)
        if answer and self._waiting and not self._waiting.done():
            self._waiting.set_result(answer)

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        if self._waiting and not self._waiting.done():
            self._waiting.set_result((0, b""))


def parse(data: bytes) -> tuple[int, bytes] | None:
    """Return status and body once the answer is whole."""
    head, found, body = data.partition(b"\r\n\r\n")
    if not found:
        return None
    status, lower = int(head[9:12]), head.lower()
    if status in (204, 304):
        return status, b""
    if b"transfer-encoding: chunked" in lower:
        return (status, _unchunked(body)) if body.endswith(b"0\r\n\r\n") else None
    at = lower.find(b"content-length:")
    if at < 0:
        return status, body
    size = int(lower[at + 15 :].split(b"\r\n", 1)[0])
    return (status, body) if len(body) >= size else None


def _unchunked(body: bytes) -> bytes:
    parts, at = [], 0
    while True:
        line = body.find(b"\r\n", at)
        size = int(body[at:line].split(b";")[0], 16)
        if not size:
            return b"".join(parts)
        parts.append(body[line + 2 : line + 2 + size])
        at = line + 2 + size + 2


def request(method: str, path: str, body: bytes = b"", *, token: str = "", more: str = "") -> bytes:
    """Return the bytes of a request; `more` holds further header lines, each with its CRLF."""
    login = f"Authorization: Bearer {token}\r\n" if token else ""
    content = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
    if method != "GET" and not body:
        content = "Content-Length: 0\r\n"
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{login}{content}{more}\r\n"
    return head.encode() + body
