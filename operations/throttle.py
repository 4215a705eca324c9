"""Slows down those who guess: passwords, pairing codes.

Kept in this process's memory, within bounds; a house with several web processes lets through as
many times more guesses, which long secrets and short lives of codes make up for.
"""

import ipaddress
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest


@dataclass
class Record:
    """What is remembered of one name or address."""

    tries: int = 0
    last: float = float("-inf")
    closed_until: float = float("-inf")


class Throttle:
    """Lets some tries through, then makes each further one wait longer than the one before."""

    def __init__(
        self, *, free: int, first_seconds: float, longest_seconds: float, forget_seconds: float,
        at_most: int = 10_000,
    ) -> None:  # fmt: skip
        self.free = free
        self.first_seconds = first_seconds
        self.longest_seconds = longest_seconds
        self.forget_seconds = forget_seconds
        self.at_most = at_most
        self._records: OrderedDict[str, Record] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, *keys: str) -> float:
        """Count a try for each key; or, if one has to wait, count none and return the seconds.

        A try counts before it is known to be wrong: else a hundred at once would all be free.
        """
        now = _now()
        with self._lock:
            records = [self._record(key, now) for key in keys]
            wait = max(record.closed_until - now for record in records)
            if wait > 0:
                return wait
            for record in records:
                self._count(record, now)
        return 0.0

    def give_back(self, key: str) -> None:
        """The try was right: take it off the count again."""
        with self._lock:
            record = self._records.get(key)
            if record:
                record.tries = max(0, record.tries - 1)
                record.closed_until = float("-inf")

    def forgive(self, key: str) -> None:
        """Forget all about this key."""
        with self._lock:
            self._records.pop(key, None)

    def clear(self) -> None:
        """Forget everybody."""
        with self._lock:
            self._records.clear()

    def _record(self, key: str, now: float) -> Record:
        record = self._records.setdefault(key, Record())
        self._records.move_to_end(key)
        if now - record.last > self.forget_seconds:
            record.tries = 0
        if len(self._records) > self.at_most:
            self._records.popitem(last=False)
        return record

    def _count(self, record: Record, now: float) -> None:
        record.tries += 1
        record.last = now
        over = record.tries - self.free
        if over >= 0:
            # The exponent has an end too, or the number would outgrow a float.
            wait = self.first_seconds * 2 ** min(over, 30)
            record.closed_until = now + min(wait, self.longest_seconds)


class Flood:
    """At most so many wrong tries in a window, by whomever; then all wait for the next window."""

    def __init__(self, *, wrong: int, window_seconds: float) -> None:
        self.wrong = wrong
        self.window_seconds = window_seconds
        self._lock = threading.Lock()
        self._began = float("-inf")
        self._count = 0

    def take(self) -> float:
        """Count a try, or return how many seconds to wait."""
        now = _now()
        with self._lock:
            if now - self._began >= self.window_seconds:
                self._began, self._count = now, 0
            if self._count >= self.wrong:
                return self._began + self.window_seconds - now
            self._count += 1
        return 0.0

    def give_back(self) -> None:
        """The try was right: take it off the count again."""
        with self._lock:
            self._count = max(0, self._count - 1)

    def clear(self) -> None:
        """Begin anew."""
        with self._lock:
            self._began, self._count = float("-inf"), 0


def address_of(request: HttpRequest) -> str:
    """Return whom a request came from; of IPv6 the network, for a guest there has 2**64 of them.

    Behind a proxy it is the address that the proxy itself saw, the last one in its header.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        address = forwarded.rpartition(",")[2].strip() or address
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:60]
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))


def _now() -> float:
    return time.monotonic()
