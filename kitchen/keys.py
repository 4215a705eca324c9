"""Requests that count once: an idempotency key stands for one request and what it answered.

A tap's key is taken before anything else and in the same transaction, so a repeat that comes at
the same moment waits for the first one and then gets its answer. What was refused leaves no key.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from kitchen.errors import KeyReused
from kitchen.models import Order, RequestKey

Reply = dict[str, Any]

_TAKE = """
INSERT INTO kitchen_requestkey (owner, key, digest, order_id, reply, created_at)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (owner, key) DO NOTHING
"""
_STORE = "UPDATE kitchen_requestkey SET reply = %s WHERE owner = %s AND key = %s"


def digest_of(content: Any) -> str:
    """Return a fingerprint of JSON-like content that does not depend on the keys' order."""
    text = json.dumps(content, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def once(act: Callable[[], Reply], *, owner: str, key: str, content: Any) -> Reply:
    """Do `act` unless this owner's key stands for it already; return its reply, now or then.

    KeyReused if the key came with other content. Without a key it is just done.
    """
    if not key:
        return act()
    digest = digest_of(content)
    with transaction.atomic():
        if not _take(owner, key, digest):
            earlier = find(owner, key, digest)
            assert earlier, "a key that could not be taken is there"
            return earlier.reply
        reply = act()
        with connection.cursor() as cursor:
            cursor.execute(_STORE, [Jsonb(reply), owner, key])
        return reply


def find(owner: str, key: str, digest: str) -> RequestKey | None:
    """Return what this key stands for, if anything; KeyReused if that is another request."""
    found = RequestKey.objects.filter(owner=owner, key=key).first() if key else None
    if found and found.digest != digest:
        raise KeyReused(
            f"Idempotency-Key {key!r} was used for another request: use a new key for a new one."
        )
    return found


def keep(owner: str, key: str, digest: str, *, order: Order, reply: Reply) -> None:
    """Let this key, if there is one, stand for the order's request.

    If a request was faster: KeyReused if it was another one, IntegrityError if it was the same.
    """
    if key and not _take(owner, key, digest, order=order, reply=reply):
        find(owner, key, digest)
        raise IntegrityError(f"Idempotency-Key {key!r} was taken at the same moment.")


def _take(
    owner: str, key: str, digest: str, *, order: Order | None = None, reply: Reply | None = None
) -> bool:
    order_id = order.id if order else None
    content = None if reply is None else Jsonb(reply)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [owner, key, digest, order_id, content, timezone.now()])
        return cursor.rowcount == 1
