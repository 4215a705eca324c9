"""Bringing what is pinned to a bare machine, and only once."""

import sys
from pathlib import Path

import pytest

from olgfeast import install


@pytest.fixture
def calls(monkeypatch, tmp_path: Path) -> list[list[str]]:
    """What it would have run, on a machine that has nothing yet."""
    made: list[list[str]] = []

    def call(command: list[str]) -> None:
        made.append(command)
        if "venv" in command:
            (tmp_path / ".venv" / "bin").mkdir(parents=True)
            (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)

    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(install, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(install, "_call", call)
    monkeypatch.setattr(sys, "argv", ["install"])
    return made


def test_what_is_installed_is_not_installed_again(calls):
    install.main()
    assert [command[1:3] for command in calls] == [["-m", "venv"], ["-m", "pip"]]
    calls.clear()

    install.main()

    assert calls == []


def test_changed_pins_are_installed_into_the_same_place(calls, monkeypatch):
    install.main()
    calls.clear()
    monkeypatch.setattr(install, "_mark", lambda files: "another")

    install.main()

    assert [command[1:3] for command in calls] == [["-m", "pip"]]


def test_without_ensurepip_the_systems_pip_fills_the_environment(calls, monkeypatch):
    monkeypatch.setattr(install.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(install.subprocess, "call", without_own_pip)

    install.main()

    venv, pip = calls
    assert "--without-pip" in venv
    assert pip[:5] == [sys.executable, "-m", "pip", "--python", str(install.PYTHON)]


def without_own_pip(command: list[str], **options: object) -> int:
    return 1 if "pip" in command else 0


def test_an_old_python_is_told_which_one_is_needed(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))

    with pytest.raises(SystemExit, match=r"Python 3.11 or newer is needed, and .* is 3\.9: name"):
        install.main()


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_everything_is_pinned(file):
    lines = (install.CHECKOUT / file).read_text().splitlines()
    packages = [line for line in lines if line and not line.startswith(("#", "-r "))]

    assert [line for line in packages if "==" not in line.split(";")[0]] == []
