"""Makes .venv and installs what is pinned: python3 -m olgfeast.install [--dev].

Runs before anything is installed and on any Python 3, so that it can say which one is needed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
BROWSER_PACKAGES = ("chromium", "fonts-noto-core")


def main() -> None:
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:2]))
        sys.exit(
            f"olgfeast: Python 3.11 or newer is needed, and {sys.executable} is {found}: "
            "name another, as in make run PYTHON=python3.12"
        )
    dev = "--dev" in sys.argv[1:]
    files = ["requirements.txt", "requirements-dev.txt"] if dev else ["requirements.txt"]
    stamp, mark = VENV / ("installed-dev" if dev else "installed"), _mark(files)
    if not (stamp.exists() and stamp.read_text() == mark and _venv_works()):
        _install(files[-1])
        stamp.write_text(mark)
    if dev:
        _bring_browser()


def _mark(files: list[str]) -> str:
    return hashlib.sha256(b"".join((CHECKOUT / file).read_bytes() for file in files)).hexdigest()


def _venv_works() -> bool:
    if not PYTHON.exists():
        return False
    version = "import sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.call([str(PYTHON), "-c", version], stderr=subprocess.DEVNULL) == 0


def _install(requirements: str) -> None:
    began = time.monotonic()
    if not _venv_works():
        print("making .venv", flush=True)
        # Debian's python3 comes without ensurepip; there the system's pip fills it.
        bare = [] if importlib.util.find_spec("ensurepip") else ["--without-pip"]
        _call([sys.executable, "-m", "venv", "--clear", *bare, str(VENV)])
    print(f"installing {requirements} into .venv", flush=True)
    options = ["--quiet", "--disable-pip-version-check", "--no-input"]
    _call([*_pip(), "install", *options, "-r", str(CHECKOUT / requirements)])
    print(f"installed in {time.monotonic() - began:.0f} s", flush=True)


def _pip() -> list[str]:
    inside = subprocess.call(
        [str(PYTHON), "-m", "pip", "--version"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if inside == 0:
        return [str(PYTHON), "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def _bring_browser() -> None:
    """Chromium for the tests that look at the screens; only root may install it."""
    if os.environ.get("CHROMIUM") or shutil.which("chromium"):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print("no Chromium here: install the package chromium, or the browser tests are skipped")
        return
    print("installing Chromium", flush=True)
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    _call(["apt-get", "-qq", "update"])
    _call(["apt-get", "-qq", "install", "-y", "--no-install-recommends", *BROWSER_PACKAGES])


def _call(command: list[str]) -> None:
    status = subprocess.call(command)
    if status:
        sys.exit(f"olgfeast: '{' '.join(command[:6])}' failed: see the lines above")


if __name__ == "__main__":
    main()
