"""A beat, and who comes while it asks the database."""

import json

from kitchen.boards import FeedRef
from operations import live
from operations.access import Who

GRILL = FeedRef("station", 1, "hq", "grill")


def socket(number: int) -> live.Socket:
    one = live.Socket(Who("pos", number, f"till {number}", "pos", 1, "hq"), html=False)
    one.rev = 7
    return one


def heard(one: live.Socket) -> list[object]:
    said = [one.outgoing.get_nowait() for _ in range(one.outgoing.qsize())]
    return [json.loads(text)["type"] if isinstance(text, str) else text for text in said]


async def test_only_who_was_asked_about_can_be_found_withdrawn(monkeypatch):
    known, gone, newcomer = socket(1), socket(2), socket(3)
    hub = live.Hub()
    room = hub.rooms[GRILL.key] = live.Room(GRILL)
    room.sockets |= {known, gone}

    def facts(keys, people):
        room.sockets.add(newcomer)  # while the database is asked
        return {GRILL.key: 7}, {(who.kind, who.id, who.session) for who in people if who.id == 1}

    monkeypatch.setattr(live, "_facts", facts)
    monkeypatch.setattr(live, "_note_screens", lambda ids: None)
    monkeypatch.setattr(hub, "spawn", lambda work: work.close())
    await hub._beat()

    assert heard(known) == ["beat"]
    assert heard(newcomer) == ["beat"]
    assert heard(gone) == [live.CLOSE_WITHDRAWN]
