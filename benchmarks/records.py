"""What was measured, kept as JSON beside the report, so that rows can be measured by themselves."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.figures import Result, Row


def read(file: Path, rows: Mapping[str, Row]) -> dict[str, Result]:
    """Return what is known of these rows; rows that no longer exist are left out."""
    if not file.exists():
        return {}
    kept = json.loads(file.read_text())
    return {name: _result(row, kept[name]) for name, row in rows.items() if name in kept}


def write(file: Path, results: Iterable[Result]) -> None:
    kept = {result.row.name: _plain(result) for result in results}
    file.write_text(json.dumps(kept, indent=1) + "\n")


def _plain(result: Result) -> dict[str, Any]:
    names = ("what", "at", "product", "baseline", "note", "failed", "busy")
    return {name: getattr(result, name) for name in names}


def _result(row: Row, plain: dict[str, Any]) -> Result:
    sides = {name: [tuple(figure) for figure in plain[name]] for name in ("product", "baseline")}
    return Result(row, **{**plain, **sides})
