"""Running a command as a person does, and hearing what it says."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from kitchen.demo import house as demo
from kitchen.models import Location


@dataclass(frozen=True)
class Said:
    """What a command wrote to its two streams."""

    out: str
    err: str


@pytest.fixture
def run(db: None) -> Callable[..., Said]:
    """Run a command with arguments as they are typed."""

    def run(*arguments: Any, **options: Any) -> Said:
        out, err = io.StringIO(), io.StringIO()
        call_command(*map(str, arguments), stdout=out, stderr=err, **options)
        return Said(out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def hq(db: None) -> Location:
    """The demo kitchen."""
    return demo.build().location


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of a few lines and return its path."""

    def write(name: str, *lines: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding=encoding)
        return path

    return write
