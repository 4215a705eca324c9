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
