"""How this web process is: /health for a watchdog, /ready for a proxy, /metrics for graphs."""

import os
import threading
import time
from collections import Counter
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from ninja import Router

from kitchen import figures
from operations.api import shapes
from operations.api.answers import reply

router = Router(tags=["Health"])
CONNECTED = "connected"
REDIS_PATIENCE_SECONDS = 1.0
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_started = time.monotonic()
_lock = threading.Lock()
_requests: Counter[tuple[str, int]] = Counter()
_seconds: Counter[str] = Counter()


def count(method: str, status: int, seconds: float) -> None:
    """Note one request to the API."""
    with _lock:
        _requests[method, status] += 1
        _seconds[method] += seconds


@router.get("/health", response={200: shapes.Health, 503: shapes.Health}, summary="The process")
def read_health(request: HttpRequest) -> HttpResponse:
    """503 when this process cannot do its work, for want of the database."""
    try:
        counts, database = figures.paper(), CONNECTED
    except DatabaseError:
        counts, database = figures.NO_PAPER, "The database does not answer."
    well = database == CONNECTED
    health = {
        "status": "healthy" if well else "unhealthy",
        "service": "olgfeast-web",
        "version": settings.VERSION,
        "uptime_seconds": round(time.monotonic() - _started, 1),
        "database": database,
        "last_poll": None,  # only the printer worker polls
        "metrics": {**_work_done(), **counts},
    }
    return reply(health, status=200 if well else 503)


@router.get("/ready", response={200: shapes.Ready, 503: shapes.Ready}, summary="What it depends on")
def read_ready(request: HttpRequest) -> HttpResponse:
    """503 while the database or Redis is away. Without Redis orders and taps still work."""
    database, redis_ = _database(), _redis()
    well = database == redis_ == CONNECTED
    ready = {"status": "ready" if well else "not ready", "database": database, "redis": redis_}
    return reply(ready, status=200 if well else 503)


@router.get("/metrics", response={200: None}, summary="Prometheus text")
def read_metrics(request: HttpRequest) -> HttpResponse:
    try:
        house = figures.house()
    except DatabaseError:
        house = {}
    lines = [*_process_lines(up=bool(house)), *_request_lines(), *_house_lines(house)]
    return HttpResponse("\n".join(lines) + "\n", content_type=METRICS_TYPE)


def _work_done() -> dict[str, Any]:
    """Return what this process did of what it was asked: changes made, changes that broke."""
    with _lock:
        made = [(status, n) for (method, status), n in _requests.items() if method != "GET"]
    done = sum(n for status, n in made if status < 300)
    broke = sum(n for status, n in made if status >= 500)
    rate = round(100 * done / (done + broke), 2) if done + broke else 100.0
    return {"tickets_processed": done, "tickets_failed": broke, "success_rate": rate}


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "The database does not answer."
    return CONNECTED


def _redis() -> str:
    patience = {"socket_timeout": REDIS_PATIENCE_SECONDS}
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=REDIS_PATIENCE_SECONDS, **patience
        ) as client:
            client.ping()
    except (redis.RedisError, OSError):
        return "Redis does not answer: screens poll until it is back."
    return CONNECTED


def _process_lines(*, up: bool) -> list[str]:
    ticks = os.times()
    return [
        *_head("olgfeast_up", "gauge", "1 if this process reaches its database."),
        f"olgfeast_up {int(up)}",
        *_head("olgfeast_uptime_seconds", "gauge", "Since this process began."),
        f"olgfeast_uptime_seconds {time.monotonic() - _started:.1f}",
        *_head("process_cpu_seconds_total", "counter", "CPU time of this process."),
        f"process_cpu_seconds_total {ticks.user + ticks.system:.2f}",
    ]


def _request_lines() -> list[str]:
    with _lock:
        requests, seconds = sorted(_requests.items()), sorted(_seconds.items())
    return [
        *_head("olgfeast_api_requests_total", "counter", "Requests to the API."),
        *(
            f'olgfeast_api_requests_total{{method="{method}",status="{status}"}} {n}'
            for (method, status), n in requests
        ),
        *_head("olgfeast_api_seconds_total", "counter", "Time spent on them."),
        *(f'olgfeast_api_seconds_total{{method="{method}"}} {n:.3f}' for method, n in seconds),
    ]


def _house_lines(house: dict[str, dict[str, int]]) -> list[str]:
    lines = []
    for name, counts in house.items():
        lines += _head(f"olgfeast_{name}", "gauge", f"Open {name.replace('_', ' ')} by state.")
        lines += [f'olgfeast_{name}{{status="{state}"}} {n}' for state, n in counts.items()]
    return lines


def _head(name: str, kind: str, words: str) -> list[str]:
    return [f"# HELP {name} {words}", f"# TYPE {name} {kind}"]
