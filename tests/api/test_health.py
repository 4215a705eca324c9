"""The three addresses that machines ask."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from kitchen import figures
from kitchen.models import PrintJob, StationPrinter

from .conftest import Caller

Place = Callable[..., dict[str, Any]]


@pytest.fixture
def away(db: None) -> Iterator[None]:
    """Take the database away from who only wants to know whether it is there."""

    def execute(*_: Any, **__: Any) -> Any:
        raise OperationalError("connection refused")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.backends.utils.CursorWrapper.execute", execute)
        yield


def test_health_has_the_form_of_the_contract(client: Client, till: Caller, place: Place) -> None:
    place("bar")
    PrintJob.objects.update(status="failed")
    place("bar")

    answer = client.get("/health")

    health = answer.json()
    assert answer.status_code == 200
    assert list(health) == [
        "status", "service", "version", "uptime_seconds", "database", "last_poll", "metrics",
    ]  # fmt: skip
    assert list(health["metrics"]) == [
        "tickets_processed", "tickets_failed", "success_rate",
        "pending_tickets", "printed_today", "failed_tickets",
    ]  # fmt: skip
    assert health["status"] == "healthy"
    assert health["version"] == settings.VERSION
    assert (health["metrics"]["pending_tickets"], health["metrics"]["failed_tickets"]) == (1, 1)
    assert health["metrics"]["tickets_processed"] >= 2


def test_printed_today_counts_since_midnight(till: Caller, place: Place) -> None:
    for finished_at in (timezone.now(), "2026-01-01T00:00:00Z"):
        placed = place("bar")["tickets"][0]["print_jobs"][0]["id"]
        job = PrintJob.objects.filter(id=placed)
        job.update(status="printed", finished_at=finished_at, printer_id=printer_id())

    assert figures.paper()["printed_today"] == 1


def printer_id() -> int:
    return StationPrinter.objects.values_list("id", flat=True).get()


def test_health_without_database_is_503_in_the_same_form(away: None) -> None:
    answer = Client().get("/health")

    assert answer.status_code == 503
    assert answer.json()["status"] == "unhealthy"
    assert answer.json()["database"] == "The database does not answer."
    assert answer.json()["metrics"]["pending_tickets"] is None


def test_ready_looks_at_database_and_redis(client: Client, db: None) -> None:
    answer = client.get("/ready")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "database": "connected", "redis": "connected"}


def test_not_ready_without_redis(client: Client, db: None, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    answer = client.get("/ready")

    assert answer.status_code == 503
    assert answer.json()["database"] == "connected"
    assert answer.json()["redis"].startswith("Redis does not answer")


def test_not_ready_without_database(away: None) -> None:
    answer = Client().get("/ready")

    assert answer.status_code == 503
    assert answer.json()["database"] == "The database does not answer."


def test_metrics_are_prometheus_text(client: Client, till: Caller, place: Place) -> None:
    place("bar")

    answer = client.get("/metrics")

    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.content.decode().splitlines()
    assert "olgfeast_up 1" in lines
    assert 'olgfeast_orders{status="pending"} 1' in lines
    assert 'olgfeast_tickets{status="pending"} 1' in lines
    assert 'olgfeast_print_jobs{status="new"} 1' in lines
    assert any(
        line.startswith('olgfeast_api_requests_total{method="POST",status="201"}') for line in lines
    )
    for line in lines:
        assert line.startswith("#") or len(line.split(" ")) == 2


def test_metrics_without_database_say_so(away: None) -> None:
    lines = Client().get("/metrics").content.decode().splitlines()

    assert "olgfeast_up 0" in lines
