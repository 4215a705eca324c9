"""The two programs that are compared, as their clients see them: addresses, bodies, frames.

A frame is reduced to a key that says which change it tells of: `n12` a new order, `s12:ready` a
move to ready, `c81` any other change, at revision 81. The same keys come out of the answers to
the requests, so that a change can be followed from its request to the last screen.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from benchmarks.calls import request

SNAPSHOT, BEAT = "snapshot", "beat"
CARD_STATUS = re.compile(r'data-status="(\w+)"')
DISHES = (
    ("Ribeye", 1, "grill", ["Medium rare", "No butter"], "Allergy table", ["milk"]),
    ("Burger", 2, "grill", ["Extra cheese"], "", ["gluten", "milk"]),
    ("Fries", 2, "fry", [], "", []),
    ("Onion rings", 1, "fry", ["No salt"], "well done", ["gluten"]),
)


@dataclass(frozen=True)
class Product:
    """olgFeast itself. A change is followed by the ticket it moves at the grill."""

    port: int
    token: str
    form: str = "json"  # or html, which its own screens use
    path: str = "/ws/stations/grill/"
    # What a ticket goes through: (action, status it leads to); the last two for ever.
    moves = (("start", "preparing"), ("bump", "ready"), ("recall", "preparing"))

    @property
    def protocol(self) -> str:
        return f"olgfeast.{self.form}"

    @property
    def feed_path(self) -> str:
        return "/operations/api/feeds/station:hq:grill/"

    def order(self, number: int) -> bytes:
        items = [
            {"name": name, "quantity": count, "station_code": station, "modifiers": modifiers,
             "notes": notes, "allergens": allergens, "unit_price": "12.50"}
            for name, count, station, modifiers, notes, allergens in DISHES
        ]  # fmt: skip
        return self.order_of(number, items)

    def order_of(self, number: int, items: list[dict[str, Any]]) -> bytes:
        body = {"external_id": f"bench-{number}", "table": "12", "server": "Ana", "items": items}
        return self._post("/api/orders/", body)

    def key_of_order(self, answer: bytes) -> str:
        tickets = json.loads(answer)["tickets"]
        return f"n{next(t['id'] for t in tickets if t['station_code'] == 'grill')}"

    def move(self, ticket: int, turn: int) -> tuple[bytes, str]:
        """Return the request for a ticket's next move and the key of the change it makes."""
        action, status = self.moves[turn if turn < 3 else 1 + (turn - 1) % 2]
        address = f"/operations/api/tickets/{ticket}/{action}/"
        return self._post(address, {}), f"s{ticket}:{status}"

    def _post(self, path: str, body: Any) -> bytes:
        return request("POST", path, json.dumps(body).encode(), token=self.token)

    @staticmethod
    def key(payload: bytes) -> str:
        """Return what a frame tells of; "" if it is no change and no snapshot."""
        frame = json.loads(payload)
        kind = frame["type"]
        if kind in ("beat", "orders_update"):
            return BEAT if kind == "beat" else SNAPSHOT
        if kind != "order_update":
            return "" if kind in ("status_change", "alarms_update") else kind
        if frame["action"] == "changed":
            return f"c{frame['rev']}"
        ticket, status = _card(frame)
        return f"n{ticket}" if frame["action"] == "new_order" else f"s{ticket}:{status}"


def _card(frame: dict[str, Any]) -> tuple[int, str]:
    if "html" in frame:
        status = CARD_STATUS.search(frame["html"])
        return int(frame["id"][1:]), status[1] if status else "removed"
    ticket = frame["order"]["tickets"][0]
    return ticket["id"], ticket["status"]


@dataclass(frozen=True)
class Stock:
    """The usual design. A change is followed by the order it moves."""

    port: int
    token: str = ""
    form: str = "json"
    path: str = "/ws/kitchen/"
    moves = ("preparing", "ready")

    @property
    def protocol(self) -> str:
        return ""

    @property
    def feed_path(self) -> str:
        return "/api/orders/"

    def order(self, number: int) -> bytes:
        items = [
            {"name": name, "quantity": count, "station": station, "modifiers": modifiers,
             "notes": notes, "allergens": allergens}
            for name, count, station, modifiers, notes, allergens in DISHES
        ]  # fmt: skip
        body = {"number": f"A{number}", "table": "12", "server": "Ana", "items": items}
        return request("POST", "/api/orders/", json.dumps(body).encode())

    def key_of_order(self, answer: bytes) -> str:
        return f"n{json.loads(answer)['id']}"

    def move(self, order: int, turn: int) -> tuple[bytes, str]:
        status = self.moves[turn % 2]
        body = json.dumps({"status": status}).encode()
        return request("POST", f"/api/orders/{order}/status/", body), f"s{order}:{status}"

    @staticmethod
    def key(payload: bytes) -> str:
        frame = json.loads(payload)
        change = frame["change"]
        if change is None:
            return SNAPSHOT
        if change["action"] == "new_order":
            return f"n{change['order_id']}"
        return f"s{change['order_id']}:{change['status']}"


Subject = Product | Stock
KINDS: dict[str, type[Product] | type[Stock]] = {"product": Product, "stock": Stock}


def subject(name: str, values: dict[str, Any]) -> Subject:
    """Return a subject from what was said of it on the wire between our processes."""
    return KINDS[name](**values)
