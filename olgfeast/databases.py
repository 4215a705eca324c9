"""Where the data is: the addresses of PostgreSQL and Redis as Django and Channels want them."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from olgfeast import embedded, env

POSTGRES = ("postgresql", "postgres")
POOL_SIZE = 8  # connections of one process
REDIS = ("redis", "rediss", "unix")
# How long a bell may hang before it counts as lost; the truth is in PostgreSQL.
REDIS_TIMEOUTS = {"socket_timeout": 5, "socket_connect_timeout": 2}


def addresses(home: Path) -> tuple[str, str, bool]:
    """Addresses of PostgreSQL and Redis, and whether they are the embedded engines."""
    database = env.url("DATABASE_URL", schemes=POSTGRES) or _from_older_names()
    redis = env.url("REDIS_URL", schemes=REDIS)
    if database and redis:
        return database, redis, False
    if not database and not redis:
        return *embedded.addresses(home), True
    given, missing = ("DATABASE_URL", "REDIS_URL") if database else ("REDIS_URL", "DATABASE_URL")
    raise ImproperlyConfigured(
        f"{given} is set and {missing} is not: set both, or neither to use the embedded engines"
    )


def django_database(address: str) -> dict[str, Any]:
    parts = urlsplit(address)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    return {
        "ENGINE": "olgfeast.postgres",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        # An ASGI process would else open a connection per thread.
        "CONN_MAX_AGE": 0,
        "OPTIONS": {**options, "pool": {"min_size": 2, "max_size": POOL_SIZE, "timeout": 5}},
    }


def channel_layer(address: str) -> dict[str, Any]:
    host: dict[str, Any] = {"address": address, **REDIS_TIMEOUTS}
    if not address.startswith("unix:"):
        host["socket_keepalive"] = True
    return {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [host]},
    }


def _from_older_names() -> str | None:
    host = env.text("DB_HOST")
    if not host:
        return None
    port = env.whole("DB_PORT", 5432, at_least=1, at_most=65535)
    name, user = env.text("DB_NAME", "olgfeast"), env.text("DB_USER", "olgfeast")
    login = quote(user, safe="")
    password = env.secret("DB_PASSWORD")
    if password:
        login += ":" + quote(password, safe="")
    if host.startswith("/"):
        return f"postgresql://{login}@:{port}/{quote(name)}?host={quote(host)}"
    return f"postgresql://{login}@{host}:{port}/{quote(name)}"
