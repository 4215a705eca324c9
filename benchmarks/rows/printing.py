"""Paper: how soon a chit begins, and what becomes of it when printers misbehave."""

import json
import statistics
import time
from dataclasses import dataclass
from typing import Any

from benchmarks.bench import Bench
from benchmarks.figures import Figure, Row, middle_and_tail
from benchmarks.peers import Peer
from benchmarks.world import free_port

PATIENCE_SECONDS = 30.0
ORDERS_WHILE_AWAY = 5
NOISE_MS = 10.0
ITEM = {"name": "Negroni", "quantity": 1, "modifiers": ["No ice"], "notes": "quick"}


@dataclass
class PrintShop:
    """A program's print worker with fake printers, and orders for them."""

    bench: Bench
    name: str
    printers: Peer

    def order(self, *stations: str) -> tuple[str, int]:
        """Place an order for these printing stations; return its number and when it was sent."""
        self.bench.numbers += 1
        status, answer, began = self._post(self._body(stations))
        if status != 201:
            raise RuntimeError(f"an order of {self.name} was answered with {status}: {answer}")
        return self._number(answer), began

    def _post(self, body: str) -> tuple[int, str, int]:
        began = time.monotonic_ns()
        status, answer = self.bench.clients.ask(
            "call", method="POST", path="/api/orders/", body=body
        )
        return status, answer, began

    def orders_at_once(self, count: int) -> int:
        """Place so many at the same moment; return that moment."""
        bodies = []
        for _ in range(count):
            self.bench.numbers += 1
            bodies.append(self._body(("p1",)))
        done = self.bench.clients.ask("post", bodies=bodies, path="/api/orders/")
        return min(began for _, began, *_ in done)

    def _body(self, stations: tuple[str, ...]) -> str:
        number = self.bench.numbers
        if self.name == "product":
            items = [{**ITEM, "station_code": station} for station in stations]
            return json.dumps({"external_id": f"print-{number}", "table": "7", "items": items})
        items = [{**ITEM, "station": station, "allergens": []} for station in stations]
        return json.dumps(
            {"number": f"Z{number:06d}", "table": "7", "server": "Ana", "items": items}
        )

    def _number(self, answer: str) -> str:
        if self.name == "product":
            return json.loads(answer)["number"]
        return f"Z{self.bench.numbers:06d}"

    def began(self, numbers: list[str], seconds: float = PATIENCE_SECONDS) -> list[int | None]:
        return self.printers.ask("wait_for", texts=numbers, seconds=seconds, patience=seconds + 30)

    def close(self) -> None:
        self.bench.stop_print_worker()
        self.printers.ask("close")


def open_shop(bench: Bench, name: str, count: int, *, hanging: bool = False) -> PrintShop:
    """Switch printers on and start the program's worker on them; return once it is at work."""
    bench.board(name, 1)
    ports = bench.printers.ask("open", count=count)
    if hanging:
        ports.insert(0, bench.printers.ask("hang"))
    bench.face(name)
    if name == "product":
        bench.house.ask("printers", ports=ports)
        health = free_port()
        bench.print_worker = bench.world.other(
            ["manage.py", "printer_worker"],
            health,
            HEALTH_CHECK_PORT=str(health),
            PRINT_CONFIRM_SECONDS=str(bench.scale.confirm_seconds),
            POSSIBLE_COPY_AFTER_SECONDS=str(bench.scale.copy_seconds),
        )
        bench.house.ask("wait_for_printers", count=count, patience=60)
    else:
        stations = {f"p{place}": port for place, port in enumerate(ports, 1)}
        bench.print_worker = bench.world.poll_printing(
            stations,
            POLL_SECONDS=str(bench.scale.poll_seconds),
            PRINT_TIMEOUT=str(bench.scale.poll_timeout),
        )
    shop = PrintShop(bench, name, bench.printers)
    warm, _ = shop.order(f"p{len(ports)}")
    if None in shop.began([warm]):
        raise RuntimeError(f"the print worker of {name} does not print")
    return shop


def order_to_first_byte(bench: Bench, name: str) -> Figure:
    shop = open_shop(bench, name, 1)
    times = []
    for turn in range(bench.scale.prints if name == "product" else bench.scale.slow_orders):
        time.sleep(0.05 + 0.037 * (turn % 7))  # spread over the poll of whoever polls
        number, sent = shop.order("p1")
        began = shop.began([number])[0]
        times.append((began - sent) / 1e6 if began else float("inf"))
    shop.close()
    return middle_and_tail(times)


def many_at_once(bench: Bench, name: str) -> Figure:
    shop = open_shop(bench, name, 1)
    shop.printers.ask("forget")
    count = bench.scale.at_once
    sent = shop.orders_at_once(count)
    found = shop.printers.ask("wait_for_count", count=count, seconds=PATIENCE_SECONDS)
    last = shop.printers.ask("last_began")
    shop.close()
    return ((last - sent) / 1e6 if found["count"] >= count else float("inf"),)


def lost_while_away(bench: Bench, name: str) -> Figure:
    return _lost(bench, name, "away", switch_off_first=False)


def lost_without_paper(bench: Bench, name: str) -> Figure:
    return _lost(bench, name, "take_paper", switch_off_first=True)


def _lost(bench: Bench, name: str, trouble: str, *, switch_off_first: bool) -> Figure:
    shop = open_shop(bench, name, 1)
    shop.printers.ask(trouble)
    numbers = []
    for _ in range(ORDERS_WHILE_AWAY):
        numbers.append(shop.order("p1")[0])
        time.sleep(bench.scale.away_seconds / ORDERS_WHILE_AWAY)
    if switch_off_first:
        shop.printers.ask("away")
    shop.printers.ask("back")
    found = shop.began(numbers, bench.scale.recovery_seconds)
    shop.close()
    return (float(found.count(None)),)


def wait_beside_a_hanging_one(bench: Bench, name: str) -> Figure:
    """Another printer's chit: its wait while one hangs, and without."""
    waits = []
    for hanging in (True, False):
        shop = open_shop(bench, name, 1 if hanging else 2, hanging=hanging)
        times = []
        for _ in range(bench.scale.hang_turns):
            number, sent = shop.order("p1", "p2")
            began = shop.began([number])[0]
            times.append((began - sent) / 1e6 if began else float("inf"))
            time.sleep(bench.scale.hang_pause)
        waits.append(statistics.median(times))
        shop.close()
    return tuple(waits)


def chits_per_second(bench: Bench, name: str) -> Figure:
    """Eight printers that answer at once; their chits are owed all at one moment."""
    shop = open_shop(bench, name, 8)
    shop.printers.ask("forget")
    owed, began = bench.house.ask("owe_chits", each=bench.scale.chits, patience=300)
    found = shop.printers.ask("wait_for_count", count=owed, seconds=120.0, patience=150)
    shop.close()
    return (found["count"] * 1e9 / (found["now"] - began),)


def _row(name: str, what: str, measure: Any, **values: Any) -> Row:
    return Row(name, what, measure, **{"baseline": "poll", **values})


ROWS = [
    _row(
        "print",
        "order -> first byte at the printer, p50 / p99 ms",
        order_to_first_byte,
        budget="20 / 60",
        wanted=(20.0, 60.0),
    ),
    _row(
        "print20",
        "{at_once} orders at once -> last chit begun, ms",
        many_at_once,
        budget="<= 200",
        wanted=(200.0,),
        digits=0,
    ),
    _row(
        "away",
        "printer away {away_seconds:g} s during 5 orders: chits lost",
        lost_while_away,
        budget="0",
        wanted=(0.0,),
        digits=0,
        once=True,
    ),
    _row(
        "paper",
        "paper out {away_seconds:g} s during 5 orders, then printer off and on: chits lost",
        lost_without_paper,
        budget="0",
        wanted=(0.0,),
        digits=0,
        once=True,
    ),
    _row(
        "hang",
        "another printer's chit waits while one hangs / while none does, ms",
        wait_beside_a_hanging_one,
        budget="as without",
        keeps=lambda figure: figure[0] <= figure[1] + NOISE_MS,
        digits=0,
        once=True,
    ),
    _row(
        "chits",
        "chits through one worker, 8 printers that answer at once, per second",
        chits_per_second,
        baseline="",
        budget=">= 200",
        wanted=(200.0,),
        more_is_better=True,
        digits=0,
    ),
]
