"""What all rows share: servers and helpers, started when a row first needs them, and the scale."""

import contextlib
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from types import TracebackType
from typing import Any, Self

from benchmarks.peers import Peer
from benchmarks.subjects import Product, Stock, Subject
from benchmarks.world import Server, World


@dataclass(frozen=True)
class Scale:
    """How much is done: enough for steady figures, or just enough to see that all works."""

    repetitions: int = 3
    orders: int = 100  # per repetition, followed to the last screen one by one
    slow_orders: int = 20  # the same where each takes long
    seconds: float = 5.0  # of each load
    settle_seconds: float = 3.0  # without any arrival, until no more are expected
    screens: tuple[int, ...] = (10, 100, 500)
    watching: int = 50  # screens while statuses change
    cards: int = 200
    old_tickets: int = 100_000
    chits: int = 50  # per printer
    away_seconds: float = 10.0
    recovery_seconds: float = 90.0  # until a chit counts as lost
    confirm_seconds: float = 10.0  # these two as the product has them by default
    copy_seconds: float = 60.0
    prints: int = 20
    at_once: int = 20
    hang_turns: int = 3
    hang_pause: float = 1.0
    poll_seconds: float = 2.0  # of the print loop it is compared with
    poll_timeout: float = 5.0
    painted: int = 50
    paints: int = 5
    idle_minutes: float = 10.0
    idle_screens: int = 100


QUICK = Scale(repetitions=1, orders=30, slow_orders=5, seconds=2.0, old_tickets=20_000)
TINY = Scale(
    repetitions=1, orders=2, slow_orders=1, seconds=0.2, settle_seconds=0.3, screens=(2,),
    watching=2, cards=8, old_tickets=50, chits=1, away_seconds=0.2, recovery_seconds=2.0,
    confirm_seconds=1.0, copy_seconds=1.0, prints=2, at_once=2, hang_turns=1, hang_pause=0.1,
    poll_seconds=0.1, poll_timeout=0.2, painted=2, paints=1, idle_minutes=0.02, idle_screens=2,
)  # fmt: skip


class Bench:
    """One run: its world, scale, and what is started in it."""

    def __init__(self, world: World, scale: Scale, *, form: str = "json") -> None:
        self.world = world
        self.scale = scale
        self.form = form
        self._stack = contextlib.ExitStack()
        self.numbers = 0  # of orders that print
        self.cpu_per_change: dict[str, list[float]] = {}
        self.print_worker: Server | None = None
        self.idle: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType
    ) -> None:
        self._stack.close()

    def peer(self, module: str, **env: str) -> Peer:
        return self._stack.enter_context(Peer(module, env={**self.world.env, **env}))

    @cached_property
    def screens(self) -> Peer:
        return self.peer("benchmarks.screens")

    @cached_property
    def clients(self) -> Peer:
        return self.peer("benchmarks.clients")

    @cached_property
    def printers(self) -> Peer:
        return self.peer("benchmarks.printers")

    @cached_property
    def browser(self) -> Peer:
        return self.peer("benchmarks.browser")

    @cached_property
    def house(self) -> Peer:
        return self.peer("benchmarks.house")

    @cached_property
    def stock_house(self) -> Peer:
        settings = self.world.stock_env["DJANGO_SETTINGS_MODULE"]
        peer = self.peer("benchmarks.baselines.stock.house", DJANGO_SETTINGS_MODULE=settings)
        peer.ask("prepare", patience=120)
        return peer

    @cached_property
    def token(self) -> str:
        return self.house.ask("prepare", patience=120)

    @cached_property
    def _product(self) -> tuple[Server, Product]:
        token = self.token
        server, port = self.world.product_server()
        return server, Product(port, token, self.form)

    @cached_property
    def _stock(self) -> tuple[Server, Stock]:
        _ = self.stock_house
        server, port = self.world.stock_server()
        return server, Stock(port)

    def server(self, name: str) -> Server:
        return self._product[0] if name == "product" else self._stock[0]

    def subject(self, name: str, *, form: str = "") -> Subject:
        found = self._product[1] if name == "product" else self._stock[1]
        return replace(found, form=form) if form else found

    def clear_up(self) -> None:
        """Get rid of helpers that a row has left in the middle of something."""
        self.stop_print_worker()
        for name in ("screens", "clients", "printers", "browser"):
            if peer := self.__dict__.pop(name, None):
                peer.close()

    def stop_print_worker(self) -> None:
        if self.print_worker:
            self.print_worker.stop()
        self.print_worker = None

    def renew(self, name: str) -> None:
        """Have a fresh server of this program."""
        self.server(name).stop()
        self.__dict__.pop(f"_{name}")

    def board(self, name: str, count: int) -> list[int]:
        """Clear the program's boards, place so many orders and return their cards."""
        self.subject(name)
        house = self.house if name == "product" else self.stock_house
        return house.ask("board", count=count, patience=120)

    def face(self, name: str, *, form: str = "") -> Subject:
        """Turn the clients to this program."""
        subject = self.subject(name, form=form)
        self.clients.ask("face", name=name, values=asdict(subject))
        return subject

    def watch(self, name: str, count: int, *, form: str = "") -> dict[str, Any]:
        """Open so many more screens and wait for their snapshots."""
        values = asdict(self.subject(name, form=form))
        opened = self.screens.ask("open", name=name, values=values, count=count, patience=150)
        if opened["missing"]:
            raise RuntimeError(f"{opened['missing']} screens of {name} got no snapshot")
        return opened
