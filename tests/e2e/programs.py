"""Programs that know only the contract: a till over HTTP, and a watcher over WebSocket."""

import contextlib
import json
from collections.abc import Iterator

import httpx
import websockets.sync.client as ws

from tests.live.world import PATIENCE

from .house import until

SCREENS = ("grill", "fry", "cold", "dessert")


class Till:
    """A POS: a plain HTTP program with a token, which knows only the contract."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.credentials = {"Authorization": f"Bearer {token}"}
        self.http = httpx.Client(base_url=url, headers=self.credentials, timeout=PATIENCE)

    def place(self, *lines: dict[str, object], **fields: object) -> dict:
        """Place an order; a line is an item, or {"station_code": ...} with a name made up."""
        items = [
            {"name": f"Dish of {line.get('station_code')}", "quantity": 1, **line} for line in lines
        ]
        answer = self.http.post("/api/orders/", json={"items": items, "table": "7", **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def order(self, order_id: int) -> dict:
        return self.http.get(f"/api/orders/{order_id}/").raise_for_status().json()

    def ticket(self, order: dict, station: str) -> dict:
        tickets = self.order(order["id"])["tickets"]
        return next(ticket for ticket in tickets if ticket["station_code"] == station)

    def until_ticket(self, order: dict, station: str, status: str) -> None:
        """Wait until a station's ticket is there."""
        until(lambda: self.ticket(order, station)["status"] == status)

    def move(self, ticket: dict, action: str) -> httpx.Response:
        return self.http.post(f"/operations/api/tickets/{ticket['id']}/{action}/")

    def log(self, ticket: dict) -> list[dict]:
        address = f"/api/kitchen/tickets/{ticket['id']}/log"
        return self.http.get(address).raise_for_status().json()["entries"]

    def taps(self, ticket: dict) -> list[str]:
        """Return what people did to a ticket, by its log."""
        by_people = ("staff:", "screen:")
        return [row["action"] for row in self.log(ticket) if row["actor"].startswith(by_people)]

    def board(self, feed: str) -> dict:
        return self.http.get(f"/operations/api/feeds/{feed}/").raise_for_status().json()

    def truth(self, feed: str) -> list[list[str]]:
        """Return what a board must show open, by the database; see `glass.shown`."""
        return sorted(
            [order["number"], *(f"{one['status']} {one['version']}" for one in order["tickets"])]
            for order in self.board(feed)["orders"]
        )

    def rush_hour(self) -> dict:
        """Let orders flow: some only arrive, some are started, some finished; return the last."""
        for action in ("start", "bump", ""):
            order = self.place({"station_code": "grill"}, {"station_code": "cold"})
            if action:
                self.move(self.ticket(order, "grill"), action).raise_for_status()
        return order

    def clear(self) -> None:
        """Finish whatever is open, so that the next test begins with empty boards."""
        while orders := self.board("expo:hq")["orders"]:
            for order in orders:
                self.http.post(f"/api/orders/{order['id']}/fire/")
                for status in ("ready", "complete"):
                    address = f"/operations/api/orders/{order['id']}/status/"
                    self.http.post(address, json={"status": status})
        for station in SCREENS:
            for order in self.board(f"station:hq:{station}")["orders"]:
                self.move(order["tickets"][0], "acknowledge")

    @contextlib.contextmanager
    def watch(self, path: str) -> Iterator["Frames"]:
        """Listen at a socket of the house."""
        address = self.url.replace("http:", "ws:") + path
        with ws.connect(address, additional_headers=self.credentials) as socket:
            yield Frames(socket)


class Frames:
    """What comes through a WebSocket."""

    def __init__(self, socket: ws.ClientConnection) -> None:
        self.socket = socket

    def next(self, kind: str) -> dict:
        """Return the next frame of a kind; beats come in between."""
        while True:
            frame = json.loads(self.socket.recv(timeout=PATIENCE))
            if frame["type"] == kind:
                return frame
            assert frame["type"] == "beat", frame
