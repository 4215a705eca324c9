"""The outbox: revisions without gaps, told with the change or not at all, and a wake-up call."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from kitchen import boards, feeds
from kitchen.models import Feed, Outbox

State = dict[str, Any]


@pytest.mark.django_db
def test_several_events_of_one_feed_get_revisions_in_their_order() -> None:
    events = [feeds.Event("a", {"n": 1}), feeds.Event("b", {"n": 2}), feeds.Event("a", {"n": 3})]

    feeds.publish(events)
    feeds.publish(events[:1])

    rows = Outbox.objects.order_by("id").values_list("feed", "rev", "frame")
    assert list(rows) == [
        ("a", 1, {"n": 1}),
        ("b", 1, {"n": 2}),
        ("a", 2, {"n": 3}),
        ("a", 3, {"n": 1}),
    ]
    assert dict(Feed.objects.values_list("key", "revision")) == {"a": 3, "b": 1}
    assert boards.revision("a") == 3
    assert boards.revision("nobody") == 0


@pytest.mark.django_db
def test_nothing_to_tell_raises_nothing() -> None:
    feeds.publish([])

    assert not Outbox.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_change_undone_is_told_to_nobody(place: Callable[..., State]) -> None:
    place("grill")
    before = (Outbox.objects.count(), list(Feed.objects.order_by("key").values()))

    with transaction.atomic():
        place("fry")
        transaction.set_rollback(True)

    assert (Outbox.objects.count(), list(Feed.objects.order_by("key").values())) == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("channel", "stations", "times"),
    [
        (feeds.FEEDS_CHANNEL, ["grill"], 1),
        (feeds.PRINT_CHANNEL, ["grill"], 0),
        (feeds.PRINT_CHANNEL, ["bar"], 1),
    ],
)
def test_relay_and_printers_are_woken_at_commit(
    place: Callable[..., State], channel: str, stations: list[str], times: int
) -> None:
    given = connection.get_connection_params()
    for name in ("cursor_factory", "context", "pool"):
        given.pop(name, None)
    with psycopg.connect(**given, autocommit=True) as ear:
        ear.execute(f"LISTEN {channel}")
        ear.execute("LISTEN the_end")

        place(*stations)

        ear.execute("NOTIFY the_end")
        heard = [told.channel for told in _until_the_end(ear)]
    assert heard == [channel] * times


def _until_the_end(ear: psycopg.Connection[Any]) -> Iterator[psycopg.Notify]:
    # Commits are heard of in their order, so nothing can come after this one.
    for told in ear.notifies(timeout=30):
        if told.channel == "the_end":
            return
        yield told
