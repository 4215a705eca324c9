"""What the kitchen refuses, in words fit for a screen."""

from dataclasses import dataclass
from typing import Any


class Refused(Exception):
    """Something asked of the kitchen cannot be done; `str()` is one sentence for a person."""


class NotFound(Refused):
    """There is no such thing in this location."""


class NotTheirs(Refused):
    """It is there, but another station's; whoever asked may touch only what their own makes."""


class MoveRefused(Refused):
    """The ticket, item or job is not where the action could start from; `now` is the truth."""

    def __init__(self, message: str, *, state: str, now: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.state = state
        self.now = now


class KeyReused(Refused):
    """An idempotency key (or external_id) came again with another body."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a request: where (`items[2].station_code`) and what."""

    path: str
    message: str


class OrderInvalid(Refused):
    """An order was refused as a whole; `faults` names every reason at once."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.path}: {fault.message}" for fault in faults))
        self.faults = faults
