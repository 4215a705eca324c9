"""The embedded engines: shared by whoever needs them, and cured of whatever was killed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from olgfeast import embedded
from olgfeast.engines import Redis

# A command that uses the engines until its input is closed.
USER = """
import sys
from pathlib import Path
from olgfeast import embedded
engines = embedded.use(Path(sys.argv[1]), fast=True)
print(engines.postgres_pid, flush=True)
sys.stdin.read()
"""


class User:
    def __init__(self, home: Path) -> None:
        command = [sys.executable, "-c", USER, str(home)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, cwd=embedded.CHECKOUT, text=True
        )

    def postgres_pid(self) -> int:
        """Waits until it has its engines."""
        return int(self.process.stdout.readline())

    def end(self) -> None:
        self.process.stdin.close()
        assert self.process.wait() == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def user(home: Path) -> Iterator[Callable[[], User]]:
    users: list[User] = []

    def start() -> User:
        users.append(User(home))
        return users[-1]

    yield start
    for one in users:
        one.kill()
        one.process.stdin.close()
        one.process.stdout.close()
    if (home / "engines" / "keeper.lock").exists():
        embedded.wait_for_keeper_end(home)


def state(home: Path) -> dict[str, int]:
    return json.loads((home / "engines" / "state.json").read_text())


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_they_start_serve_and_end_with_their_last_user(home, user):
    first = user()
    postgres = first.postgres_pid()
    second = user()
    assert second.postgres_pid() == postgres
    pids = state(home)

    database, bell = embedded.addresses(home)
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    with redis.Redis.from_url(bell) as client:
        assert client.ping()

    first.end()
    assert runs(postgres)
    second.end()
    embedded.wait_for_keeper_end(home)
    assert not any(runs(pid) for pid in (pids["postgres"], pids["redis"]))


def test_two_that_start_at_the_same_moment_share_one_pair(user):
    users = [user() for _ in range(3)]

    assert len({one.postgres_pid() for one in users}) == 1


def test_they_go_on_when_the_one_who_started_them_is_killed(home, user):
    starter = user()
    starter.postgres_pid()
    other = user()
    postgres = other.postgres_pid()

    starter.kill()

    database, _ = embedded.addresses(home)
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert runs(postgres)


def test_data_is_there_again_after_everything_was_killed(home, user):
    first = user()
    first.postgres_pid()
    database, _ = embedded.addresses(home)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE menu AS SELECT 'soup' AS dish")
    for pid in state(home).values():
        os.kill(pid, signal.SIGKILL)
    first.kill()

    user().postgres_pid()

    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT dish FROM menu").fetchone() == ("soup",)


def test_a_killed_keeper_takes_its_engines_along_and_the_next_user_gets_new_ones(home, user):
    first = user()
    postgres = first.postgres_pid()
    keeper = state(home)["keeper"]

    os.kill(keeper, signal.SIGKILL)
    embedded.wait_for_keeper_end(home)

    assert user().postgres_pid() != postgres
    assert not runs(postgres)


def test_an_engine_that_dies_is_started_again(home, user):
    user().postgres_pid()
    _, bell = embedded.addresses(home)
    with redis.Redis.from_url(bell, retry=redis.retry.Retry(redis.backoff.NoBackoff(), 0)) as old:
        old.ping()
        os.kill(state(home)["redis"], signal.SIGKILL)

    patient = redis.retry.Retry(redis.backoff.ConstantBackoff(0.05), 200)
    with redis.Redis.from_url(
        bell, retry=patient, retry_on_error=[redis.ConnectionError, FileNotFoundError]
    ) as client:
        assert client.ping()


def test_throw_away_engines_leave_nothing_behind():
    with embedded.throw_away() as engines:
        assert runs(engines.postgres_pid)

    assert not engines.home.exists()
    assert not runs(engines.postgres_pid)
    assert not runs(engines.redis_pid)


def test_data_of_a_version_that_is_not_here_is_left_alone(home, user):
    data = home / "engines" / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("14\n")

    with pytest.raises(embedded.EngineFailed, match="made by PostgreSQL 14, which"):
        embedded.use(home)

    assert [file.name for file in data.iterdir()] == ["PG_VERSION"]


def test_a_path_too_long_for_a_socket_gets_a_short_folder(tmp_path):
    home = tmp_path / ("long" * 30)

    folder = embedded.socket_folder(home)

    assert len(str(folder)) < 40
    assert folder != embedded.socket_folder(home / "other")


def test_the_secret_key_is_made_once_and_private(home):
    key = embedded.secret_key(home, create=True)

    assert len(key) > 50
    assert embedded.secret_key(home, create=True) == key
    assert (home / "secret_key").stat().st_mode & 0o777 == 0o600


def test_no_secret_key_is_made_up_for_a_database_of_ones_own(home):
    with pytest.raises(embedded.EngineFailed, match="SECRET_KEY is not set: make one with"):
        embedded.secret_key(home, create=False)


def test_redis_can_be_taken_away_and_brought_back(tmp_path):
    bell = Redis(tmp_path, log=tmp_path / "redis.log")
    bell.start()
    first = bell.pid

    bell.stop()
    assert not runs(first)

    bell.start()
    assert bell.running()
    bell.stop()
