"""How printing a chit can end. The worker and every kind of connection share these words."""

from dataclasses import dataclass

# How a printer proves a print, the strongest first; "" is a printer not yet asked.
PROCESS_ID, STATUS, NONE = "process_id", "status", "none"


class PrintFailed(Exception):
    """A chit did not certainly come out.

    `sent` is False only if surely no byte of it left; `waits` says that the printer itself waits
    for a person (paper, cover), which is no fault of the chit.
    """

    def __init__(self, code: str, message: str, *, sent: bool, waits: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.sent = sent
        self.waits = waits


@dataclass(frozen=True)
class Status:
    """What a printer says of itself, in words; `""` is what it did not say."""

    online: bool
    paper: str = ""  # ok, low, out
    cover: str = ""  # closed, open
    cutter: str = ""  # ok, error
    mechanical: bool = False

    @property
    def trouble(self) -> "Trouble | None":
        """Why it cannot print now. The cover comes first: with it open, paper is a guess."""
        if self.cover == "open":
            return Trouble("device.cover_open", "The cover is open.", waits=True)
        if self.paper == "out":
            return Trouble("device.paper_out", "The paper is out.", waits=True)
        if self.cutter == "error":
            return Trouble("device.cutter", "The cutter is stuck.")
        if self.mechanical:
            return Trouble("device.mechanical", "The printer reports a fault of its own.")
        if not self.online:
            return Trouble("device.offline", "The printer says that it is offline.")
        return None


@dataclass(frozen=True)
class Trouble:
    """Something that keeps a printer from printing."""

    code: str
    message: str
    waits: bool = False

    def failure(self, *, sent: bool) -> PrintFailed:
        """Return it as the end of a chit."""
        return PrintFailed(self.code, self.message, sent=sent, waits=self.waits)


@dataclass(frozen=True)
class Report:
    """What a look at a printer gave: its status, or why there is none."""

    status: Status | None = None
    failure: PrintFailed | None = None
    response_ms: int | None = None

    @property
    def online(self) -> bool:
        """True if it can be talked to and says nothing else."""
        return self.failure is None and (self.status is None or self.status.online)

    @property
    def error(self) -> tuple[str, str]:
        """Code and message of what is wrong; two empty words if nothing is."""
        if self.failure:
            return self.failure.code, self.failure.message
        trouble = self.status.trouble if self.status else None
        return (trouble.code, trouble.message) if trouble else ("", "")

    @property
    def waits(self) -> bool:
        """True if the printer waits for a person, and will go on by itself then."""
        trouble = self.status.trouble if self.status else None
        return trouble.waits if trouble else bool(self.failure and self.failure.waits)
