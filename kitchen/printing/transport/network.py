"""Printers on the network: raw TCP, usually port 9100.

Such a printer serves one connection at a time, answers in the middle of everything, and takes
bytes it may never print. So: one connection, a task that reads all the time, a deadline for each
step, and nothing counts as printed because it could be sent.
"""

import asyncio
import contextlib
import errno
import fcntl
import socket
import struct
import termios
from collections.abc import Awaitable, Callable
from typing import TypeVar

from kitchen.printing import protocol
from kitchen.printing.outcome import (
    NONE,
    PROCESS_ID,
    STATUS,
    PrintFailed,
    Status,
    Trouble,
)

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 1.5  # to a status request, or to a probe
PROGRESS_SECONDS = 10.0  # for the next piece of a chit to leave
WATCH_SECONDS = 1.0  # between looks at a printer that has not yet proved a chit
DRAIN_SECONDS = 0.5
LINES_PER_SECOND = 4  # the slowest printers; a long chit gets so much more time
PIECE = 1024
LARGEST_CHIT = 2 * 1024 * 1024
RETRANSMIT_MS = 15_000  # a host that is gone is noticed after this, not after 15 minutes

OnTrouble = Callable[[Trouble | None], Awaitable[None]]
Frame = TypeVar("Frame", protocol.RealTime, protocol.ProcessId, protocol.Fence)

ANSWERS = (protocol.RealTime, protocol.ProcessId, protocol.Fence)


async def open_printer(host: str, port: int) -> "NetworkPrinter":
    """Connect, or say why not: connection.refused, timeout, unreachable, reset."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            return NetworkPrinter(await _connect(host, port))
    except TimeoutError:
        raise PrintFailed(
            "connection.timeout", f"{host}:{port} does not answer.", sent=False
        ) from None
    except OSError as error:
        raise _failure(error, f"{host}:{port}", sent=False) from error


async def _connect(host: str, port: int) -> socket.socket:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for family, kind, number, _, address in found:
        wire = socket.socket(family, kind, number)
        try:
            wire.setblocking(False)
            _set_options(wire)
            await loop.sock_connect(wire, address)
            return wire
        except BaseException as error:
            wire.close()
            if not isinstance(error, OSError) or address == found[-1][4]:
                raise
    raise OSError(errno.EHOSTUNREACH, "no address")


def _set_options(wire: socket.socket) -> None:
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_USER_TIMEOUT", RETRANSMIT_MS),
        ("TCP_KEEPIDLE", 5),
        ("TCP_KEEPINTVL", 5),
        ("TCP_KEEPCNT", 3),
    ):
        if hasattr(socket, name):
            wire.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _failure(error: OSError, where: str, *, sent: bool) -> PrintFailed:
    if isinstance(error, ConnectionRefusedError):
        return PrintFailed("connection.refused", f"{where} refuses the connection.", sent=sent)
    if isinstance(error, ConnectionError):
        return PrintFailed("connection.reset", f"{where} broke off the connection.", sent=sent)
    if error.errno == errno.ETIMEDOUT:
        return PrintFailed("connection.timeout", f"{where} does not answer.", sent=sent)
    reason = error.strerror or str(error)
    return PrintFailed("connection.unreachable", f"{where} cannot be reached: {reason}.", sent=sent)


class NetworkPrinter:
    """One open connection to one printer. Only one task at a time may use it."""

    def __init__(self, wire: socket.socket) -> None:
        self._wire = wire
        self._loop = asyncio.get_running_loop()
        # Answers to different questions wait apart: a look at the status must not eat a proof.
        self._arrived: dict[type, asyncio.Queue[protocol.Frame | None]] = {
            kind: asyncio.Queue() for kind in ANSWERS
        }
        self._auto: protocol.AutoStatus | None = None
        self._tells_status = True
        self._broken = ""
        self._reader = self._loop.create_task(self._read())

    @property
    def alive(self) -> bool:
        return not self._reader.done()

    async def status(self, *, full: bool = False) -> Status | None:
        """Ask whether it is online and has paper, and the causes if not; None: no answer."""
        answers: dict[int, int] = {}
        try:
            for n in (protocol.PRINTER, protocol.PAPER):
                answers[n] = await self._ask(n)
            if full or protocol.status_of(answers).trouble:
                for n in (protocol.OFFLINE_CAUSE, protocol.ERROR_CAUSE):
                    answers[n] = await self._ask(n)
        except TimeoutError:
            # A late answer would be taken for the next one: ask no more on this connection.
            self._tells_status = False
        return protocol.status_of(answers) if answers else None

    async def probe(self) -> str:
        """Ask for each kind of proof in turn; a printer that knows one answers at once."""
        self._forget(*ANSWERS)
        await self._send(protocol.ask_process_id(0), sent=False)
        if await self._answer(protocol.ProcessId):
            return PROCESS_ID
        await self._send(protocol.FENCE, sent=False)
        if await self._answer(protocol.Fence):
            return STATUS
        return NONE

    async def print(
        self, chit: bytes, *, number: int, proof: str, confirm_seconds: float,
        on_trouble: OnTrouble, patience: float = float("inf"),
    ) -> None:  # fmt: skip
        """Send the chit and wait for its proof.

        While the printer says that it waits for a person, so does this, up to `patience`.
        """
        if len(chit) > LARGEST_CHIT:
            raise PrintFailed("data.too_large", "The chit is too large to print.", sent=False)
        seconds = confirm_seconds + chit.count(b"\n") / LINES_PER_SECOND
        self._forget(*ANSWERS)
        try:
            if proof == NONE:
                await self._send(chit, sent=True)
                await self._all_taken(seconds)
                return
            question = protocol.ask_process_id(number) if proof == PROCESS_ID else protocol.FENCE
            await self._send(chit + question, sent=True)
            await self._confirmed(proof, number, seconds, patience, on_trouble)
        except PrintFailed as failure:
            failure.sent = True
            raise

    async def close(self) -> None:
        """Say goodbye and read to the end: closing over unread bytes would reset the line."""
        # Also when this is cut short: whoever stops a worker has no patience for goodbyes.
        self._reader.add_done_callback(lambda _: self._wire.close())
        with contextlib.suppress(OSError):
            self._wire.shutdown(socket.SHUT_WR)
        try:
            await asyncio.wait([self._reader], timeout=DRAIN_SECONDS)
        finally:
            self._reader.cancel()
        await asyncio.wait([self._reader])

    async def _read(self) -> None:
        parser = protocol.FrameParser()
        try:
            while data := await self._loop.sock_recv(self._wire, 4096):
                for frame in parser.feed(data):
                    self._sort(frame)
        except OSError as error:
            self._broken = error.strerror or "reset"
        finally:
            for queue in self._arrived.values():
                queue.put_nowait(None)

    def _sort(self, frame: protocol.Frame) -> None:
        if isinstance(frame, protocol.AutoStatus):
            self._auto = frame
        elif type(frame) in self._arrived:
            self._arrived[type(frame)].put_nowait(frame)

    async def _send(self, data: bytes, *, sent: bool) -> None:
        """Write piece by piece: TCP calls a full buffer no error, only a deadline sees it."""
        for start in range(0, len(data), PIECE):
            try:
                async with asyncio.timeout(PROGRESS_SECONDS):
                    await self._loop.sock_sendall(self._wire, data[start : start + PIECE])
            except TimeoutError:
                raise PrintFailed(
                    "timeout.no_progress", "The printer stopped taking data.", sent=sent
                ) from None
            except OSError as error:
                raise _failure(error, "The printer", sent=sent) from error

    async def _ask(self, n: int) -> int:
        self._forget(protocol.RealTime)
        await self._send(protocol.ask_status(n), sent=False)
        frame = await self._answer(protocol.RealTime)
        if frame is None:
            raise TimeoutError
        return frame.byte

    def _forget(self, *kinds: type) -> None:
        """Drop what came unasked, so that an old answer is not taken for a new one."""
        for kind in kinds:
            while self.alive and not self._arrived[kind].empty():
                self._arrived[kind].get_nowait()

    async def _answer(self, kind: type[Frame]) -> Frame | None:
        """Return the next answer of this kind, or None if none comes in time."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._next(kind)
        except TimeoutError:
            return None

    async def _next(self, kind: type[Frame]) -> Frame:
        frame = await self._arrived[kind].get()
        if isinstance(frame, kind):
            return frame
        self._arrived[kind].put_nowait(None)
        raise PrintFailed("connection.reset", "The printer broke off the connection.", sent=False)

    async def _confirmed(
        self, proof: str, number: int, seconds: float, patience: float, on_trouble: OnTrouble
    ) -> None:
        """Wait for the proof, with a look at the printer every now and then."""
        arrival = self._loop.create_task(self._proof(proof, number))
        watch = min(WATCH_SECONDS, seconds / 2)
        healthy = stuck = 0.0
        trouble: Trouble | None = None
        try:
            while True:
                began = self._loop.time()
                done, _ = await asyncio.wait([arrival], timeout=watch)
                if done:
                    return arrival.result()
                trouble, before = await self._trouble(), trouble
                if trouble != before:
                    await on_trouble(trouble)
                # Only time in which it could have printed counts against it.
                lapse = self._loop.time() - began
                healthy, stuck = (healthy, stuck + lapse) if trouble else (healthy + lapse, 0.0)
                if trouble and stuck > patience:
                    raise trouble.failure(sent=True)
                if healthy > seconds:
                    raise PrintFailed(
                        "timeout.no_confirmation", "No word that it came out.", sent=True
                    )
        finally:
            arrival.cancel()
            await asyncio.gather(arrival, return_exceptions=True)

    async def _proof(self, proof: str, number: int) -> None:
        if proof == STATUS:
            await self._next(protocol.Fence)
            return
        wanted = protocol.ProcessId(protocol.process_id(number))
        while await self._next(protocol.ProcessId) != wanted:
            pass

    async def _trouble(self) -> Trouble | None:
        status = await self.status() if self._tells_status else None
        if status is None and self._auto:
            status = protocol.status_of_auto(self._auto)
        return status.trouble if status else None

    async def _all_taken(self, seconds: float) -> None:
        """Wait until the other end has acknowledged every byte: all that can be known of it."""
        try:
            async with asyncio.timeout(seconds):
                while self._unacknowledged():
                    await asyncio.sleep(0.005)
        except TimeoutError:
            raise PrintFailed(
                "timeout.no_progress", "The printer stopped taking data.", sent=True
            ) from None
        if self._broken:
            raise PrintFailed(
                "connection.reset", "The printer broke off the connection.", sent=True
            )

    def _unacknowledged(self) -> int:
        with contextlib.suppress(OSError):
            answer = fcntl.ioctl(self._wire.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
            return struct.unpack("i", answer)[0]
        return 0
