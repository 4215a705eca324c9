"""The line to one printer: opened when needed, kept for the next chit, asked how it is."""

import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from kitchen.models import StationPrinter
from kitchen.printing.outcome import NONE, PROCESS_ID, PrintFailed, Report, Status

# The next chit often comes at once; others may want the printer too.
KEEP_OPEN_SECONDS = 4.0
# A printer that proves nothing may print only what the end of a connection has ended.
KEEP_SILENT_OPEN_SECONDS = 0.3
# A printer that proved a chit so lately need not be asked whether it can print.
FRESH_SECONDS = 1.0


class Connection(Protocol):
    """What is asked of a connection; see `transport`."""

    @property
    def alive(self) -> bool: ...
    async def status(self, *, full: bool = False) -> Status | None: ...
    async def probe(self) -> str: ...
    async def print(self, chit: bytes, **how: Any) -> None: ...
    async def close(self) -> None: ...


OpenConnection = Callable[[str, str, int], Awaitable[Connection]]
RememberProof = Callable[[str], Awaitable[None]]


class Link:
    """Talks to one printer and remembers what it learnt of it."""

    def __init__(
        self, printer: StationPrinter, open_connection: OpenConnection, remember: RememberProof
    ) -> None:
        self.printer = printer
        self._open_connection = open_connection
        self._remember = remember
        self._connection: Connection | None = None
        self._silent = False
        self._doubted = False
        self._proved_at = float("-inf")

    @property
    def is_open(self) -> bool:
        """True while the printer is held."""
        return self._connection is not None

    @property
    def keep_seconds(self) -> float:
        """How long to hold it after a chit."""
        return KEEP_SILENT_OPEN_SECONDS if self.printer.proof == NONE else KEEP_OPEN_SECONDS

    async def ready(self) -> str:
        """Return how the printer proves a print, once it says that it can print."""
        connection = await self._connect()
        if time.monotonic() - self._proved_at < FRESH_SECONDS:
            return self.printer.proof
        status = None if self._silent else await self._status(connection)
        if status and status.trouble:
            raise status.trouble.failure(sent=False)
        return self.printer.proof or await self.probe(connection)

    async def look(self) -> Report:
        """Return how the printer is, in full."""
        began = time.monotonic()
        try:
            connection = await self._connect()
            status = await self._status(connection, full=True)
            if self._worth_a_probe(status):
                await self.probe(connection)
        except PrintFailed as failure:
            await self.close()
            return Report(failure=failure)
        return Report(status, response_ms=int((time.monotonic() - began) * 1000))

    async def probe(self, connection: Connection | None = None) -> str:
        """Ask the printer how it proves a print, and remember it."""
        connection = connection or await self._connect()
        self.printer.proof = await connection.probe()
        self._silent = False
        await self._remember(self.printer.proof)
        return self.printer.proof

    async def print(self, chit: bytes, *, proof: str, **how: Any) -> None:
        """Print on the connection that `ready` left open."""
        if not self._connection:
            raise PrintFailed("connection.reset", "The connection is gone.", sent=False)
        await self._connection.print(chit, proof=proof, **how)
        if proof != NONE:
            self._proved_at = time.monotonic()

    async def close(self) -> None:
        """Let go of the printer."""
        connection, self._connection = self._connection, None
        self._proved_at = float("-inf")
        if connection:
            await connection.close()

    async def renew(self, printer: StationPrinter) -> None:
        """Take over what was changed about the printer; at a new address it is a new one."""
        old, self.printer = self.printer, printer
        if (old.host, old.port, old.kind) != (printer.host, printer.port, printer.kind):
            await self.close()
            self.printer.proof = ""
        else:
            self.printer.proof = old.proof

    async def _connect(self) -> Connection:
        if self._connection and not self._connection.alive:
            await self.close()
        if not self._connection:
            printer = self.printer
            self._connection = await self._open_connection(printer.kind, printer.host, printer.port)
        return self._connection

    async def _status(self, connection: Connection, *, full: bool = False) -> Status | None:
        """None for a printer that never answers; one that could and does not is in trouble."""
        status = await connection.status(full=full)
        if status is None and self.printer.proof == PROCESS_ID:
            raise PrintFailed(
                "connection.timeout", "It takes the connection and says nothing.", sent=False
            )
        self._silent = status is None and self.printer.proof == NONE
        return status

    def _worth_a_probe(self, status: Status | None) -> bool:
        if status and status.trouble:
            return False
        if self.printer.proof == NONE and status and not self._doubted:
            # It does answer: perhaps it was only busy when it was probed. Asked once more.
            self._doubted = True
            return True
        return not self.printer.proof
