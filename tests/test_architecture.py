"""Who may import whom. Imports run downhill: olgfeast -> operations -> kitchen."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("olgfeast", "operations", "kitchen")
WEB = {"channels", "ninja", "django.http", "django.shortcuts", "django.template", "django.urls"}

FORBIDDEN: dict[str, set[str]] = {
    "kitchen": {"operations", "olgfeast"} | WEB,
    "kitchen/states.py": {"django", "kitchen"},
    "kitchen/errors.py": {"django", "kitchen"},
    "kitchen/models": {
        "kitchen.boards",
        "kitchen.chits",
        "kitchen.feeds",
        "kitchen.intake",
        "kitchen.log",
        "kitchen.orders",
        "kitchen.printing",
        "kitchen.tickets",
    },
    "kitchen/log.py": {"kitchen.orders", "kitchen.printing", "kitchen.tickets"},
    "kitchen/feeds.py": {"kitchen.orders", "kitchen.printing", "kitchen.tickets"},
    "kitchen/changes.py": {"kitchen.orders", "kitchen.printing", "kitchen.tickets"},
    "kitchen/tickets.py": {"kitchen.orders", "kitchen.printing"},
    "kitchen/orders.py": {"kitchen.printing"},
    "kitchen/intake.py": {"kitchen.boards", "kitchen.feeds", "kitchen.log", "kitchen.orders"},
    "kitchen/numbers.py": {"kitchen.feeds", "kitchen.intake", "kitchen.log", "kitchen.orders"},
    "kitchen/chits.py": {"kitchen.orders", "kitchen.printing", "kitchen.tickets"},
    # Boards read; whatever writes is out of their reach.
    "kitchen/boards.py": {"kitchen.log", "kitchen.orders", "kitchen.printing", "kitchen.tickets"},
    "kitchen/printing/render.py": {"django", "kitchen.models", "socket", "time"},
    "kitchen/printing/protocol.py": {"django", "escpos", "kitchen.models", "socket"},
    "kitchen/printing/transport": {"django", "escpos", "kitchen.models"},
    "kitchen/printing/queue.py": {"kitchen.printing.render", "kitchen.printing.transport"},
    "kitchen/printing/worker.py": {"kitchen.printing.transport"},
    "kitchen/management/commands/printer_worker.py": {"kitchen.models"},
    "operations": {
        "olgfeast",
        "escpos",
        "socket",
        "kitchen.printing.render",
        "kitchen.printing.transport",
    },
    # Screens act by HTTP; their sockets only bring news.
    "operations/consumers.py": {"kitchen.orders", "kitchen.tickets"},
    # Wiring knows no rules.
    "olgfeast": {"kitchen"},
}
ONLY_STANDARD_LIBRARY = (
    "kitchen/states.py",
    "kitchen/errors.py",
    # The keeper of the engines has to start in an instant, and the installer before anything else.
    "olgfeast/crew.py",
    "olgfeast/embedded.py",
    "olgfeast/engines.py",
    "olgfeast/install.py",
    "olgfeast/keeper.py",
    "olgfeast/launch.py",
    "olgfeast/runner.py",
)


def files_of(place: str) -> list[Path]:
    path = ROOT / place
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def imports_of(file: Path) -> Iterator[str]:
    """Full names: `from kitchen import tickets` is an import of kitchen.tickets."""
    package = file.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def within(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


@pytest.mark.parametrize("place", FORBIDDEN)
def test_imports_run_downhill(place):
    wrong = {
        (str(file.relative_to(ROOT)), name)
        for file in files_of(place)
        for name in imports_of(file)
        if any(within(name, module) for module in FORBIDDEN[place])
    }

    assert wrong == set()


@pytest.mark.parametrize("place", ONLY_STANDARD_LIBRARY)
def test_some_rooms_need_nothing_but_the_standard_library(place):
    own = {
        Path(other).with_suffix("").as_posix().replace("/", ".") for other in ONLY_STANDARD_LIBRARY
    }
    roots = {name for name in imports_of(ROOT / place) if not any(within(name, o) for o in own)}
    modules = {name.split(".")[0] for name in roots} - {"olgfeast"}

    assert modules <= sys.stdlib_module_names


def test_the_escpos_library_is_known_to_one_module():
    users = {
        str(file.relative_to(ROOT))
        for room in ROOMS
        for file in files_of(room)
        if any(within(name, "escpos") for name in imports_of(file))
    }

    assert users == {"kitchen/printing/escpos_library.py"}


def test_every_rule_names_a_room_that_exists():
    missing = [
        place for place in (*FORBIDDEN, *ONLY_STANDARD_LIBRARY) if not (ROOT / place).exists()
    ]

    assert missing == []
