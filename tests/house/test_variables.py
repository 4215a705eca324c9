"""What is read, what .env.example lists and what the README explains are the same variables."""

import ast
import re
from pathlib import Path

from olgfeast.embedded import CHECKOUT

READERS = {"text", "whole", "seconds", "minutes", "flag", "words", "url", "secret"}
# Read before anything is installed, or by make itself.
BY_LAUNCH = {"HOST", "PORT", "VIRTUAL_PRINTERS"}
ONLY_COMPOSE = {"KITCHEN_HOST", "OLGFEAST_VERSION", "SECRET_KEY_FILE", "DB_PASSWORD_FILE"}


def read_by(file: Path) -> set[str]:
    calls = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
        and call.func.attr in READERS
    }


def all_read() -> set[str]:
    files = (CHECKOUT / "olgfeast").glob("*.py")
    return set().union(*map(read_by, files)) | BY_LAUNCH


def test_the_example_lists_every_variable_and_no_other():
    example = (CHECKOUT / ".env.example").read_text()
    listed = set(re.findall(r"^#([A-Z_]+)=", example, re.MULTILINE))

    assert listed - ONLY_COMPOSE == all_read()


def test_the_readme_explains_every_variable():
    readme = (CHECKOUT / "README.md").read_text()

    unexplained = {name for name in all_read() if f"`{name}`" not in readme}

    assert unexplained == set()
