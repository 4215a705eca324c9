"""Where the data is: the rule of the pair, and the addresses' many ways of writing."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from olgfeast import databases

HOME = Path("/srv/kitchen/var")
END_ALL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture
def _no_addresses(monkeypatch):
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")


@pytest.mark.usefixtures("_no_addresses")
def test_without_addresses_the_embedded_engines_are_used():
    database, redis, is_embedded = databases.addresses(HOME)

    assert is_embedded
    assert database == "postgresql://olgfeast@/olgfeast?host=/srv/kitchen/var/engines/run"
    assert redis == "unix:///srv/kitchen/var/engines/run/redis.sock"


@pytest.mark.usefixtures("_no_addresses")
@pytest.mark.parametrize(
    ("name", "value"), [("DATABASE_URL", "postgresql://db/x"), ("REDIS_URL", "redis://r")]
)
def test_one_address_of_the_two_is_refused(monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured, match=f"{name} is set and .* is not: set both"):
        databases.addresses(HOME)


@pytest.mark.usefixtures("_no_addresses")
def test_the_older_names_make_an_address(monkeypatch):
    settings = {"HOST": "db", "PORT": "5433", "NAME": "kds", "USER": "ana", "PASSWORD": "p@:/?"}
    for name, value in settings.items():
        monkeypatch.setenv(f"DB_{name}", value)
    monkeypatch.setenv("REDIS_URL", "redis://r:6379/0")

    address, _, is_embedded = databases.addresses(HOME)

    assert not is_embedded
    assert _known(databases.django_database(address)) == ("kds", "ana", "p@:/?", "db", "5433")


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("postgres://ana:p%40ss@db:5433/kds", ("kds", "ana", "p@ss", "db", "5433")),
        ("postgresql://db/kds", ("kds", "", "", "db", "")),
        ("postgresql://ana@/kds?host=/run/pg", ("kds", "ana", "", "/run/pg", "")),
        ("postgresql://ana@%2Frun%2Fpg/kds", ("kds", "ana", "", "/run/pg", "")),
        ("postgresql://ana@[::1]:5433/kds", ("kds", "ana", "", "::1", "5433")),
    ],
)
def test_an_address_is_taken_apart(address, known):
    assert _known(databases.django_database(address)) == known


def test_options_of_the_address_are_kept_beside_the_pool():
    database = databases.django_database("postgresql://db/kds?sslmode=require")

    assert database["OPTIONS"]["sslmode"] == "require"
    assert database["OPTIONS"]["pool"] == {"min_size": 2, "max_size": 8, "timeout": 5}
    assert database["CONN_MAX_AGE"] == 0


@pytest.mark.django_db(transaction=True)
def test_no_request_notices_that_the_database_was_restarted():
    connection.ensure_connection()
    connection.close()
    at_hand = [connection.pool.getconn() for _ in range(databases.POOL_SIZE)]
    for one in at_hand:
        connection.pool.putconn(one)
    name = connection.settings_dict["NAME"]
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()

    with psycopg.connect(address) as other:
        assert other.execute(END_ALL).rowcount

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_the_layer_gives_up_on_a_frozen_redis():
    layer = databases.channel_layer("redis://r:6379/0")

    assert layer["BACKEND"] == "channels_redis.pubsub.RedisPubSubChannelLayer"
    assert layer["CONFIG"]["hosts"] == [
        {
            "address": "redis://r:6379/0",
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
            "socket_keepalive": True,
        }
    ]


def test_a_socket_file_has_no_keepalive():
    (host,) = databases.channel_layer("unix:///run/redis.sock")["CONFIG"]["hosts"]

    assert "socket_keepalive" not in host


def _known(database: dict) -> tuple:
    return tuple(database[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT"))
