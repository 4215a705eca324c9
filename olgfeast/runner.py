"""Under which user an engine runs. PostgreSQL refuses root, so root needs someone else for it.

Nothing here adds users or changes the permissions of folders that are not the engines' own.
"""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from olgfeast.embedded import EngineFailed

PR_SET_PDEATHSIG = 1
# Never "nobody" inside a namespace: there every foreign user of the machine is called so.
STAND_INS = ("postgres", "daemon", "bin", "www-data", "nobody")


@dataclass(frozen=True)
class Runner:
    """Runs programs as they are, as another user, or wrapped in a tool that changes the user."""

    uid: int = field(default_factory=os.geteuid)
    gid: int = field(default_factory=os.getegid)
    wrapper: tuple[str, ...] = ()
    # System users whom the server may let in, by the names that it sees.
    names: frozenset[str] = field(default_factory=lambda: frozenset(_own_names()))

    def run(self, command: list[str], *, typed: str = "") -> None:
        done = subprocess.run(
            [*self.wrapper, *command],
            input=typed,
            capture_output=True,
            text=True,
            cwd="/",
            **self._identity(),
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip().replace("\n", " ")
            raise EngineFailed(f"{Path(command[0]).name} failed: {said}")

    def start(
        self, command: list[str], *, log: Path, dies_by: signal.Signals, cwd: Path | str = "/"
    ) -> subprocess.Popen[bytes]:
        with log.open("wb") as output:
            return subprocess.Popen(
                [*self._wrapper(dies_by), *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=cwd,
                preexec_fn=dies_with_parent(dies_by),
                **self._identity(),
            )

    def own(self, path: Path) -> None:
        """Give it, and what is in it, to the user who runs the engine."""
        if os.geteuid() != 0 or path.stat().st_uid == self.uid:
            return
        for folder, _, files in os.walk(path):
            for name in files:
                os.chown(Path(folder) / name, self.uid, self.gid, follow_symlinks=False)
            os.chown(folder, self.uid, self.gid)
        os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def works(self, binary: Path, home: Path) -> bool:
        """True if this user may enter the home and run the binary."""
        probe = ["/bin/sh", "-c", 'cd "$1" && "$2" --version', "sh", str(home), str(binary)]
        with contextlib.suppress(OSError, EngineFailed, subprocess.SubprocessError):
            self.run(probe)
            return True
        return False

    def _wrapper(self, dies_by: signal.Signals) -> tuple[str, ...]:
        """A change of user makes the system forget that it shall die with us: say it again."""
        setpriv = shutil.which("setpriv")
        if not self.wrapper or not setpriv:
            return self.wrapper
        return (*self.wrapper, setpriv, "--pdeathsig", dies_by.name.removeprefix("SIG"), "--")

    def _identity(self) -> dict[str, object]:
        if self.wrapper or self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def find_runner(binary: Path, *, home: Path) -> Runner:
    candidates = _for_root(home) if os.geteuid() == 0 else _for_user()
    for runner in candidates:
        if runner.works(binary, home):
            return runner
    raise EngineFailed(
        "PostgreSQL does not run as root, and no other user of this machine can enter "
        f"{home}: run as an ordinary user, put the folder where others may enter it, "
        "or set DATABASE_URL and REDIS_URL"
        if os.geteuid() == 0
        else f"PostgreSQL ({binary}) cannot be run in {home}: set DATABASE_URL and REDIS_URL"
    )


def _for_root(home: Path) -> list[Runner]:
    found = []
    owner = home.parent.parent.stat()
    if owner.st_uid:
        found.append(Runner(owner.st_uid, owner.st_gid))
    other = _stand_in(("postgres", "nobody", "daemon"))
    if other:
        found.append(Runner(other.pw_uid, other.pw_gid))
    found += _in_namespace()
    setpriv = shutil.which("setpriv")
    if other and setpriv:
        found.append(Runner(other.pw_uid, other.pw_gid, wrapper=_reading_all(setpriv, other)))
    return found


def _for_user() -> list[Runner]:
    # A container may run us under a number without a name, which PostgreSQL refuses as well.
    return [Runner()] if _own_names() else _in_namespace()


def _in_namespace() -> list[Runner]:
    unshare, other = shutil.which("unshare"), _stand_in(STAND_INS[:-1])
    if not unshare or not other:
        return []
    wrapper = (unshare, "--user", f"--map-user={other.pw_uid}", "--")
    return [Runner(wrapper=wrapper, names=frozenset({other.pw_name, *_own_names()}))]


def _reading_all(setpriv: str, other: pwd.struct_passwd) -> tuple[str, ...]:
    right = "+dac_read_search"
    who = (f"--reuid={other.pw_uid}", f"--regid={other.pw_gid}", "--clear-groups")
    return (setpriv, *who, f"--inh-caps={right}", f"--ambient-caps={right}", "--")


def _stand_in(names: tuple[str, ...]) -> pwd.struct_passwd | None:
    for name in names:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    return None


def _own_names() -> list[str]:
    with contextlib.suppress(KeyError):
        own = pwd.getpwuid(os.geteuid()).pw_name
        return sorted({own, pwd.getpwuid(0).pw_name})
    return []


def dies_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    if not os.path.exists("/proc/self"):
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, number)

    return ask
