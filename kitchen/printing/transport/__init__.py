"""Ways to a printer. Each kind of connection is one module with one opener.

A transport knows bytes and status, nothing of tickets. Whoever adds a kind adds it to OPENERS.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

from kitchen.printing.outcome import PrintFailed, Status, Trouble
from kitchen.printing.transport import network

__all__ = ["OPENERS", "Connection", "Opener", "PrintFailed", "opener"]

OnTrouble = Callable[[Trouble | None], Awaitable[None]]


class Connection(Protocol):
    """One printer, held for as long as there are chits for it."""

    @property
    def alive(self) -> bool:
        """False once the other end is known to be gone."""

    async def status(self, *, full: bool = False) -> Status | None:
        """Ask how it is; None if it does not answer."""

    async def probe(self) -> str:
        """Find out how it proves a print: process_id, status or none."""

    async def print(
        self, chit: bytes, *, number: int, proof: str, confirm_seconds: float,
        on_trouble: OnTrouble, patience: float = float("inf"),
    ) -> None:  # fmt: skip
        """Return when the chit is out, as far as `proof` can tell; else PrintFailed."""

    async def close(self) -> None:
        """Let go of the printer without cutting off what it still reads."""


Opener = Callable[[str, int], Awaitable[Connection]]
OPENERS: dict[str, Opener] = {"network": network.open_printer}


def opener(kind: str) -> Opener:
    """Return what opens printers of this kind; PrintFailed for an unknown one."""
    if kind not in OPENERS:
        kinds = ", ".join(sorted(OPENERS))
        raise PrintFailed(
            "connection.unreachable", f"No such kind of printer: {kind!r} (there is {kinds}).",
            sent=False,
        )  # fmt: skip
    return OPENERS[kind]
