"""The wire format: what is said to screens and programs over a socket, frame by frame.

JSON (`olgfeast.json`) and HTML (`olgfeast.html`) frames say the same; the HTML ones carry `html`
in place of the orders. Each text is made once per event and process, and sent to all as it is.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from kitchen.boards import PAGE, FeedRef, Snapshot

JSON_PROTOCOL = "olgfeast.json"
HTML_PROTOCOL = "olgfeast.html"
TEMPLATES = {
    "station": "boards/_card_station.html",
    "status": "boards/_card_order.html",
    "expo": "boards/_card_order.html",
    "guests": "boards/_card_guest.html",
}


@dataclass(frozen=True)
class Event:
    """One revision of a feed, as the outbox holds it."""

    kind: str  # of the feed: station, status, expo, guests
    feed: str
    rev: int
    frame: dict[str, Any]

    @cached_property
    def json(self) -> list[str]:
        """The frames for programs, in the order of their sending."""
        head = {"feed": self.feed, "rev": self.rev, "now": _now()}
        if "alarms" in self.frame:
            return [_text(type="alarms_update", **head, alarms=self.frame["alarms"])]
        update = {"action": self.frame["action"], "order": self.frame["order"]}
        return [*self._moves(head), _text(type="order_update", **head, **update)]

    @cached_property
    def html(self) -> list[str]:
        """The frames for the product's own screens."""
        head = {"feed": self.feed, "rev": self.rev, "now": _now()}
        if "alarms" in self.frame:
            html = render_to_string("boards/_alarms.html", {"alarms": self.frame["alarms"]})
            return [_text(type="alarms_update", **head, html=html)]
        action, html = self.frame["action"], ""
        if action == "removed" and self._goes_to_tray():
            action = "status_changed"
        if action != "removed":
            html = render_to_string(TEMPLATES[self.kind], self._context())
        card = {"action": action, "id": self._card_id(), "html": html}
        return [*self._moves(head), _text(type="order_update", **head, **card)]

    def _moves(self, head: dict[str, Any]) -> list[str]:
        return [_text(type="status_change", **head, **move) for move in self.frame["moves"]]

    def _goes_to_tray(self) -> bool:
        # The expo keeps the last complete orders at hand for recall.
        return self.kind == "expo" and self.frame["order"]["status"] == "complete"

    def _context(self) -> dict[str, Any]:
        order = self.frame["order"]
        context = {"order": order, "feed_kind": self.kind}
        if self.kind == "station":
            context["ticket"] = order["tickets"][0]
        return context

    def _card_id(self) -> str:
        order = self.frame["order"]
        if self.kind == "station":
            return f"t{order['tickets'][0]['id']}"
        return f"o{order['id']}"


class Picture:
    """A snapshot of a feed as frames; each made when somebody first wants it."""

    def __init__(self, ref: FeedRef, board: Snapshot) -> None:
        self.ref = ref
        self.board = board
        self.rev: int = board["rev"]

    @cached_property
    def json(self) -> str:
        """The `orders_update` for programs: at most one page of open tickets."""
        board = self.board
        beyond = max(0, len(board["orders"]) - PAGE)
        page = {"orders": board["orders"][:PAGE], "more": board["more"] + beyond}
        return _text(type="orders_update", **{**board, **page})

    @cached_property
    def html(self) -> str:
        """The `orders_update` for the product's own screens: the whole board."""
        head = {key: self.board[key] for key in ("feed", "rev", "now")}
        return _text(type="orders_update", **head, html=self.page)

    @cached_property
    def page(self) -> str:
        """The board itself, as the first paint and the polling fallback show it."""
        context = {"board": self.board, "feed_kind": self.ref.kind}
        return render_to_string("boards/_board.html", context)


def beat(feed: str, rev: int, now: str) -> str:
    """Return a beat: the revision that the database has, and the server's time."""
    return _text(type="beat", feed=feed, rev=rev, now=now)


def resync(feed: str) -> str:
    """Return the request to take the snapshot."""
    return _text(type="resync", feed=feed)


def error(detail: str) -> str:
    """Return what a client is told about a frame that it should not have sent."""
    return _text(type="error", detail=detail)


def _text(**frame: Any) -> str:
    return json.dumps(frame, separators=(",", ":"), ensure_ascii=False)


def _now() -> str:
    return timezone.now().isoformat()
