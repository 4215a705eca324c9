"""A screen and a reader of the log, written from the papers: what others are told to do.

They know nothing of how the product works; the tests compare what they end up with.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from kitchen.models import KitchenTicketLog
from tests.kitchen import papers

State = dict[str, Any]
TRAY = 10
RANK = {"rush": 0, "vip": 1, "normal": 2}


class Screen:
    """A client at some revision of a feed: takes snapshots, applies events, sees gaps."""

    def __init__(self, snapshot: State) -> None:
        self.kind = snapshot["feed"].split(":")[0]
        self.open: dict[int, State] = {}
        self.tray: dict[int, State] = {}
        self.rev = -1
        self.take(snapshot)

    def take(self, snapshot: State) -> None:
        """Replace everything by a snapshot."""
        self.rev = snapshot["rev"]
        self.open = {self._id(entry): entry for entry in snapshot["orders"]}
        self.tray = {self._id(entry): entry for entry in _tray_of(snapshot)}

    def hear(self, rev: int, frame: State) -> bool:
        """Apply what follows, ignore what is old; False on a gap: take the snapshot."""
        if rev <= self.rev:
            return True
        if rev != self.rev + 1:
            return False
        self.rev = rev
        self._apply(frame["action"], frame["order"])
        return True

    def shows(self) -> State:
        """Return the cards in the order in which they stand."""
        return {
            "orders": sorted(self.open.values(), key=self._place),
            "tray": sorted(self.tray.values(), key=self._place_in_tray),
        }

    def _apply(self, action: str, entry: State) -> None:
        number = self._id(entry)
        self.open.pop(number, None)
        self.tray.pop(number, None)
        lane = self._lane(action, entry)
        if lane is not None:
            lane[number] = entry
        for last in sorted(self.tray.values(), key=self._place_in_tray)[TRAY:]:
            del self.tray[self._id(last)]

    def _lane(self, action: str, entry: State) -> dict[int, State] | None:
        if action == "removed":
            goes_to_tray = self.kind == "expo" and entry["status"] == "complete"
            return self.tray if goes_to_tray else None
        if self.kind == "station" and entry["tickets"][0]["status"] == "ready":
            return self.tray
        return self.open

    def _id(self, entry: State) -> int:
        return entry["tickets"][0]["id"] if self.kind == "station" else entry["id"]

    def _place(self, entry: State) -> tuple[Any, ...]:
        if self.kind == "guests":
            return (entry["id"],)
        if self.kind != "station":
            return RANK[entry["priority"]], _at(entry["placed_at"]), entry["id"]
        ticket = entry["tickets"][0]
        held = ticket["status"] == "held"
        return held, RANK[ticket["priority"]], _at(ticket["clock_from"]), ticket["id"]

    def _place_in_tray(self, entry: State) -> tuple[Any, ...]:
        at = entry["tickets"][0]["ready_at"] if self.kind == "station" else entry["completed_at"]
        return -_at(at), self._id(entry)


def shown_by(snapshot: State) -> State:
    """Return a snapshot's cards as `Screen.shows` gives them."""
    return {"orders": snapshot["orders"], "tray": _tray_of(snapshot)}


def _tray_of(snapshot: State) -> list[State]:
    return snapshot.get("ready") or snapshot.get("recent") or []


def _at(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


class Replay:
    """One ticket as its log tells it, from its creation on."""

    def __init__(self, items: Iterable[int]) -> None:
        self.items = dict.fromkeys(items, "pending")
        self.status = ""
        self.priority = ""
        self.changes = 0

    def read(self, row: KitchenTicketLog) -> None:
        """Take one row in; it must go on from where the one before it ended."""
        assert row.old_status == self.status, f"{row.action} begins at {row.old_status}"
        self.status = row.new_status
        story = row.metadata
        if "priority" in story:
            self.priority = story["priority"] if row.action == "created" else story["priority"][1]
        if "item" in story:
            assert self.items[story["item"]] == story["item_old"]
            self.items[story["item"]] = story["item_new"]
        else:
            after = papers.items_after(row.action, list(self.items.values()))
            self.items = dict(zip(self.items, after, strict=True))
        if row.action != "reprint":
            self.changes += 1
