"""Replays the orders of a data file through the kitchen, in their own rhythm."""

from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kitchen import locations
from kitchen.errors import NotFound
from kitchen.rehearsal import reading, stage, stations, timing
from kitchen.rehearsal.progress import Progress
from kitchen.rehearsal.script import LeftOut, Script, Unreadable

INTERRUPTED = 130  # what a shell expects of a program that Ctrl-C ended
REASONS_SHOWN = 10


class Command(BaseCommand):
    help = "Replays the orders of a data file in their own rhythm."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="chipotle's orders.tsv, or order_details.csv")
        parser.add_argument("--speed", type=_speed, default=60.0, help="times as fast (60)")
        parser.add_argument("--from", dest="first", type=_day, help="the first day, YYYY-MM-DD")
        parser.add_argument("--days", type=_count, help="how many days (all)")
        parser.add_argument("--limit", type=_count, help="stop after so many orders")
        parser.add_argument("--location", metavar="CODE", help="needed if there are several")
        parser.add_argument(
            "--prefix", help="begins each external_id: another one plays the file once more"
        )
        parser.add_argument(
            "--station-map", action="append", default=[], metavar="CATEGORY=STATION",
            help="send a category, or a dish, to this station; may be repeated",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._rehearse(**options)
        except (NotFound, Unreadable) as refusal:
            raise CommandError(str(refusal)) from None

    def _rehearse(self, *, file: Path, speed: float, prefix: str | None, **options: Any) -> None:
        location = locations.choose(options["location"])
        script = self._chosen(reading.read(file), options)
        sheets = script.sheets
        ways = stations.ways(location, sheets, stations.parse_map(options["station_map"]))
        self._show_ways(ways)
        *_, last = timing.offsets(sheets, speed=speed)
        self.stdout.write(f"{len(sheets)} orders in {_span(last)} at speed {speed:g}:")
        tally, clock, progress = stage.Tally(), stage.Clock(), Progress(self.stderr, len(sheets))
        prefix = f"{script.title}-" if prefix is None else prefix
        began, stopped = clock.now(), False
        try:
            stage.play(
                location, sheets, ways, speed=speed, prefix=prefix, clock=clock, tally=tally,
                told=progress.show,
            )  # fmt: skip
        except KeyboardInterrupt:
            stopped = True
        finally:
            progress.close()
            self._sum_up(tally, script.left_out, clock.now() - began, len(sheets))
        if stopped:
            raise SystemExit(INTERRUPTED)

    def _chosen(self, script: Script, options: dict[str, Any]) -> Script:
        first, days = options["first"], options["days"]
        if not script.dated and (first or days):
            self.stdout.write("The file has no times: --from and --days change nothing.")
            first = days = None
        return timing.first_ones(timing.between(script, first, days), options["limit"])

    def _show_ways(self, ways: stage.Ways) -> None:
        wide = max(len(name) for name, _ in ways)
        for (name, category), way in sorted(ways.items(), key=lambda pair: pair[1].station):
            why = f"{way.why} {category}".strip() if way.why == "category" else way.why
            self.stdout.write(f"  {way.station:<10} {name:<{min(wide, 44)}}  {why}")

    def _sum_up(
        self, tally: stage.Tally, unread: list[LeftOut], seconds: float, wanted: int
    ) -> None:
        if tally.played < wanted:
            self.stdout.write(f"Stopped after {tally.played} of {wanted} orders.")
        self.stdout.write(
            f"Placed {tally.orders} orders: {tally.tickets} tickets, {tally.items} items,"
            f" in {_span(seconds)}."
        )
        left_out = Counter(entry.reason for entry in unread) + tally.left_out
        for reason, times in left_out.most_common(REASONS_SHOWN):
            self.stdout.write(f"Left out: {times} x {reason}.")
        more = len(left_out) - REASONS_SHOWN
        if more > 0:
            self.stdout.write(f"And more for {more} other reasons.")
        self.stdout.write(
            f"Lag behind the rhythm: usually {tally.usual_lag * 1000:.0f} ms,"
            f" at most {max(tally.lags, default=0.0) * 1000:.0f} ms."
        )


def _speed(written: str) -> float:
    try:
        speed = float(written)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise ArgumentTypeError(f"{written!r}: write a number above 0, such as 60")
    return speed


def _count(written: str) -> int:
    if not written.isdecimal() or not 0 < int(written) < 10**6:
        raise ArgumentTypeError(f"{written!r}: write a whole number from 1 up")
    return int(written)


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise ArgumentTypeError(f"{written!r}: write a day as 2023-02-01") from None


def _span(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
