"""The embedded engines, as their users see them: a private PostgreSQL and Redis under var/.

Whoever needs them holds a shared lock on `users.lock` for as long as it lives. A keeper process
owns the engines and waits for the exclusive lock: the system grants it when the last user is gone,
however it went, so there is no count that a kill -9 could falsify.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
VARIABLES = ("DATABASE_URL", "DATABASE_URL_FILE", "REDIS_URL", "REDIS_URL_FILE", "DB_HOST")
# A Unix socket's whole path has room for 107 bytes.
LONGEST_FOLDER = 107 - len("/.s.PGSQL.5432.lock")
START_SECONDS = 120.0
ROOM_BYTES = 2**30
SECRET_CURE = 'make one with python3 -c "import secrets; print(secrets.token_urlsafe(50))"'

_used: dict[Path, int] = {}


class EngineFailed(Exception):
    """The engines cannot start or stop; says why in one sentence."""


@dataclass(frozen=True)
class Engines:
    home: Path
    database_url: str
    redis_url: str
    postgres_pid: int
    redis_pid: int


def default_home() -> Path:
    return Path(os.environ.get("VAR_DIR", "").strip() or CHECKOUT / "var").resolve()


def addresses(home: Path) -> tuple[str, str]:
    folder = socket_folder(home)
    return f"postgresql://olgfeast@/olgfeast?host={folder}", f"unix://{folder}/redis.sock"


def socket_folder(home: Path) -> Path:
    """Beside the data if its path is short enough, else in a short private folder.

    The same for every command of this home, whatever its user and environment.
    """
    beside = home / "engines" / "run"
    if len(os.fsencode(beside)) <= LONGEST_FOLDER:
        return beside
    mark = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path("/tmp") / f"olgfeast-{mark}"


def secret_key(home: Path, *, create: bool) -> str:
    """The checkout's own key, made once if it may be made."""
    file = home / "secret_key"
    if create and not file.exists():
        _write_private(file, secrets.token_urlsafe(50))
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        raise EngineFailed(f"SECRET_KEY is not set: {SECRET_CURE}") from None
    except OSError as error:
        raise EngineFailed(f"{file} cannot be read ({error.strerror}): run as its owner") from None


def wanted() -> bool:
    """Whether the environment names no database and no Redis."""
    return not any(os.environ.get(name, "").strip() for name in VARIABLES)


def use_if_wanted() -> None:
    if wanted():
        use(default_home())


def use(home: Path, *, fast: bool = False) -> Engines:
    """Join the engines of this home, or start them, until this process ends or leaves."""
    folder = home / "engines"
    if home not in _used:
        users = _lock_as_user(folder)
        try:
            _see_to_keeper(home, fast=fast)
        except BaseException:
            os.close(users)
            raise
        _used[home] = users
    state = json.loads((folder / "state.json").read_text())
    return Engines(home, *addresses(home), state["postgres"], state["redis"])


def rejoin(home: Path) -> None:
    """Start the engines again for those who still use them, should their keeper have died."""
    if home in _used:
        _see_to_keeper(home, fast=False)


def wait_for_keeper_end(home: Path) -> None:
    keeper = _open_lock(home / "engines" / "keeper.lock")
    try:
        fcntl.flock(keeper, fcntl.LOCK_SH)
    finally:
        os.close(keeper)


def leave(home: Path) -> None:
    """Give the engines up; if nobody else uses them, return once they have stopped."""
    users = _used.pop(home, None)
    if users is None:
        return
    folder = home / "engines"
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _stop_keeper(folder)
    except BlockingIOError:
        pass  # Others go on with them.
    finally:
        os.close(users)


@contextlib.contextmanager
def throw_away() -> Iterator[Engines]:
    """Engines of one's own for tests and benchmarks: fast, and gone with all data afterwards."""
    base = _fastest_place()
    _sweep(base)
    home = Path(tempfile.mkdtemp(prefix="olgfeast-throwaway-", dir=base))
    try:
        yield use(home, fast=True)
    finally:
        leave(home)
        shutil.rmtree(home, ignore_errors=True)


def _fastest_place() -> Path:
    """In memory, unless that is as small as containers have it."""
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_BYTES:
        return memory
    return Path(tempfile.gettempdir())


def _sweep(base: Path) -> None:
    """Remove what runs that were killed have left behind."""
    for old in base.glob("olgfeast-throwaway-*"):
        with contextlib.suppress(OSError):
            users = os.open(old / "engines" / "users.lock", os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(old, ignore_errors=True)
            finally:
                os.close(users)


def _lock_as_user(folder: Path) -> int:
    while True:
        _make_folders(folder)
        users = _open_lock(folder / "users.lock")
        # Waits here while a keeper that nobody needs any more is stopping.
        fcntl.flock(users, fcntl.LOCK_SH)
        # A sweep may have taken the folder away just before.
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(users), os.stat(folder / "users.lock")):
                return users
        os.close(users)


def _make_folders(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Entered by the engine's own user, listed by nobody else.
        folder.chmod(0o711)
    except OSError as error:
        raise EngineFailed(
            f"{folder} cannot be used ({error.strerror}): run as the owner of {folder.parent}"
        ) from None


def _open_lock(file: Path) -> int:
    try:
        return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise EngineFailed(
            f"{file} cannot be opened ({error.strerror}): run as its owner"
        ) from None


def _see_to_keeper(home: Path, *, fast: bool) -> None:
    folder = home / "engines"
    start = _open_lock(folder / "start.lock")
    try:
        fcntl.flock(start, fcntl.LOCK_EX)
        if not _is_kept(folder):
            _start_keeper(home, fast=fast)
    finally:
        os.close(start)


def _is_kept(folder: Path) -> bool:
    """Waits out a keeper that is in between: starting for someone who died, or stopping."""
    keeper = _open_lock(folder / "keeper.lock")
    until = time.monotonic() + START_SECONDS
    try:
        while time.monotonic() < until:
            try:
                fcntl.flock(keeper, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if _keeper_lives(folder):
                    return True
                time.sleep(0.02)
            else:
                return False
    finally:
        os.close(keeper)
    raise EngineFailed(f"the embedded engines neither start nor stop: see {folder}/keeper.log")


def _keeper_lives(folder: Path) -> bool:
    """Whether the keeper that wrote the state is there; one that was killed left it behind."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        os.kill(json.loads((folder / "state.json").read_text())["keeper"], 0)
        return True
    return False


def _start_keeper(home: Path, *, fast: bool) -> None:
    folder = home / "engines"
    (folder / "state.json").unlink(missing_ok=True)
    command = [sys.executable, "-m", "olgfeast.keeper", str(home), *(["--fast"] if fast else [])]
    with (folder / "keeper.log").open("wb") as log:
        # In a session of its own: Ctrl-C is for the commands; the keeper ends after them.
        keeper = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    assert keeper.stdout
    with keeper.stdout:
        word = keeper.stdout.readline().decode().strip()
    if word != "ready":
        keeper.wait()
        raise EngineFailed(word or f"the embedded engines did not start: see {log.name}")
    # It outlives this process on purpose; without this Python warns of a child still running.
    keeper.returncode = 0


def _stop_keeper(folder: Path) -> None:
    keeper = _open_lock(folder / "keeper.lock")
    try:
        with contextlib.suppress(OSError, ValueError, KeyError):
            state = json.loads((folder / "state.json").read_text())
            os.kill(state["keeper"], signal.SIGTERM)
        fcntl.flock(keeper, fcntl.LOCK_EX)
    finally:
        os.close(keeper)


def _write_private(file: Path, content: str) -> None:
    """Complete or not at all, also when two commands start at the same moment."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        draft.touch(mode=0o600)
        draft.write_text(content + "\n")
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink(missing_ok=True)
