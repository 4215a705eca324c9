"""The boards' scripts, each promise a test of its own; see unit/*.test.js."""

import re
from pathlib import Path

import pytest

UNIT = Path(__file__).parent / "unit"
NAMED = re.compile(r'^test\("([^"]+)"', re.MULTILINE)


def names() -> list[str]:
    files = sorted(UNIT.glob("*.test.js"))
    return [
        f"{file.name[:-8]}: {name}" for file in files for name in NAMED.findall(file.read_text())
    ]


@pytest.mark.browser
@pytest.mark.parametrize("name", names())
def test_script(name: str, script_results: dict[str, str]) -> None:
    assert script_results.get(name, "did not run") == ""


@pytest.mark.browser
def test_every_unit_test_is_named_here(script_results: dict[str, str]) -> None:
    assert set(script_results) == set(names())
