"""A progress bar on a terminal; elsewhere a line for each tenth."""

import time
from typing import Any

from kitchen.rehearsal.stage import Tally

WIDTH = 30
REDRAW_SECONDS = 0.1


class Progress:
    """Draws how far a rehearsal is."""

    def __init__(self, stream: Any, total: int) -> None:
        self.stream = stream
        self.total = total
        self.live = stream.isatty()
        self.drawn_at = float("-inf")
        self.tenths = 0

    def show(self, tally: Tally) -> None:
        """Draw it again, if it is time to."""
        done = tally.played
        if not self.live:
            self._line(done)
        elif done == self.total or time.monotonic() - self.drawn_at > REDRAW_SECONDS:
            self._bar(done, tally)

    def close(self) -> None:
        """Leave the bar behind, so that what follows has a line of its own."""
        if self.live and self.drawn_at > 0:
            self._write("\n")

    def _bar(self, done: int, tally: Tally) -> None:
        self.drawn_at = time.monotonic()
        filled = "#" * (WIDTH * done // self.total)
        lag = f"lag {tally.lags[-1]:.1f} s"
        self._write(f"\r[{filled:<{WIDTH}}] {done}/{self.total}  {lag}  {tally.tickets} tickets ")

    def _line(self, done: int) -> None:
        tenths = 10 * done // self.total
        if tenths > self.tenths:
            self.tenths = tenths
            self._write(f"{done}/{self.total}\n")

    def _write(self, text: str) -> None:
        self.stream.write(text, style_func=str, ending="")
        self.stream.flush()
