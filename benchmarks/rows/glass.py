"""Boards in a browser."""

from benchmarks.bench import Bench
from benchmarks.browser import binary
from benchmarks.figures import Figure, NotMeasured, Row, percentile

SLOWER = 4


def first_paint(bench: Bench, name: str) -> Figure:
    """Every time with empty caches, so that styles, font and scripts are fetched too."""
    if not binary():
        raise NotMeasured("Chromium is not installed")
    bench.board(name, bench.scale.painted)
    subject = bench.subject(name)
    url = f"http://127.0.0.1:{subject.port}/operations/stations/grill/"
    times = []
    for _ in range(1 + bench.scale.paints):  # the first one warms both sides up
        found = bench.browser.ask("paint", url=url, token=subject.token, slower=SLOWER)
        if found["cards"] < bench.scale.painted:
            raise RuntimeError(f"the painted board has {found['cards']} cards")
        times.append(found["paint"] / 1000)
    return percentile(times[1:], 0.5), max(times[1:])


ROWS = [
    Row(
        "paint",
        "first paint of a board with {painted} tickets, CPU slowed 4x, s: p50 / worst",
        first_paint,
        baseline="",
        budget="<= 1",
        wanted=(1.0,),
        digits=2,
    ),
]
