"""The process that owns the embedded engines: python -m olgfeast.keeper HOME [--fast].

It starts them, says "ready" on its output, starts again what dies, and stops them when nobody
holds the lock of their users any more. It needs nothing but the standard library.
"""

import contextlib
import fcntl
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from olgfeast.embedded import EngineFailed, socket_folder
from olgfeast.engines import Engine, Postgres, Redis

RESTART_SECONDS = (0.1, 0.5, 2.0, 5.0, 15.0)


def main() -> None:
    home, fast = Path(sys.argv[1]), "--fast" in sys.argv[2:]
    folder = home / "engines"
    keeper_lock, users_lock = _open(folder / "keeper.lock"), _open(folder / "users.lock")
    fcntl.flock(keeper_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    news: queue.SimpleQueue[str] = queue.SimpleQueue()
    _hear(signal.SIGTERM, lambda: news.put("stop"))
    _hear(signal.SIGINT, lambda: news.put("stop"))
    _hear(signal.SIGCHLD, lambda: news.put("child"))

    engines: list[Engine] = [
        Postgres(folder / "postgres", sockets=socket_folder(home), fast=fast),
        Redis(socket_folder(home), log=folder / "redis.log"),
    ]
    try:
        for engine in engines:
            engine.start()
    except EngineFailed as failure:
        _stop(engines)
        print(failure, flush=True)
        sys.exit(1)
    _write_state(folder, engines)
    print("ready", flush=True)
    threading.Thread(target=_wait_for_last_user, args=(users_lock, news), daemon=True).start()
    _keep(folder, engines, news)
    (folder / "state.json").unlink(missing_ok=True)
    _stop(engines)
    # In this order: who gets the users' lock next must find no keeper.
    os.close(keeper_lock)


def _keep(folder: Path, engines: list[Engine], news: "queue.SimpleQueue[str]") -> None:
    failures = 0
    while True:
        with contextlib.suppress(queue.Empty):
            pause = RESTART_SECONDS[min(failures, len(RESTART_SECONDS) - 1)]
            if news.get(timeout=pause if failures else None) == "stop":
                return
        dead = [engine for engine in engines if not engine.running()]
        for engine in dead:
            failures += 1
            _revive(engine)
        if dead:
            _write_state(folder, engines)
        else:
            failures = 0


def _revive(engine: Engine) -> None:
    print(f"{engine.name} ended by itself and is started again", file=sys.stderr, flush=True)
    try:
        engine.start()
    except EngineFailed as failure:
        print(failure, file=sys.stderr, flush=True)


def _wait_for_last_user(users_lock: int, news: "queue.SimpleQueue[str]") -> None:
    fcntl.flock(users_lock, fcntl.LOCK_EX)
    news.put("stop")


def _stop(engines: list[Engine]) -> None:
    for engine in reversed(engines):
        engine.stop()


def _write_state(folder: Path, engines: list[Engine]) -> None:
    state = {engine.name: engine.pid for engine in engines} | {"keeper": os.getpid()}
    draft = folder / ".state.json"
    draft.write_text(json.dumps(state))
    draft.replace(folder / "state.json")


def _hear(number: signal.Signals, act: Callable[[], None]) -> None:
    def handler(_number: int, _frame: FrameType | None) -> None:
        act()

    signal.signal(number, handler)


def _open(file: Path) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


if __name__ == "__main__":
    main()
