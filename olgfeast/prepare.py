"""What has to be right before anything serves: checks, tables, static files, the demo kitchen.

Run by `make run` in a process of its own; says what it does, a line each, and last the path of a
sign-in link.
"""

import hashlib
import io
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from olgfeast import embedded


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "olgfeast.settings")
    try:
        embedded.use_if_wanted()
        django.setup()
        call_command("check", stdout=io.StringIO())
        _step("tables", _migrate)
        _step("static files", _collect_static)
        _step("demo kitchen", _open_demo_kitchen)
        print(f"sign-in {_sign_in_path()}", flush=True)
    except (ImproperlyConfigured, embedded.EngineFailed, CommandError) as refusal:
        sys.exit(f"olgfeast: {refusal}")


def _step(name: str, act: Callable[[], bool]) -> None:
    began = time.monotonic()
    if act():
        print(f"{name} made in {time.monotonic() - began:.1f} s", flush=True)


def _migrate() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    call_command("migrate", interactive=False, verbosity=0)
    return True


def _collect_static() -> bool:
    """Only when a file changed: hashing and packing them all takes longer than the rest."""
    from django.conf import settings

    stamp, mark = Path(settings.STATIC_ROOT) / ".stamp", _static_mark()
    if stamp.exists() and stamp.read_text() == mark:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(mark)
    return True


def _static_mark() -> str:
    from django.contrib.staticfiles.finders import get_finders

    mark = hashlib.sha256(django.__version__.encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            seen = os.stat(storage.path(name))
            mark.update(f"{name} {seen.st_size} {seen.st_mtime_ns}\n".encode())
    return mark.hexdigest()


def _open_demo_kitchen() -> bool:
    """Once, and never into the data of a real restaurant."""
    from django.apps import apps

    if apps.get_model("kitchen", "Location").objects.exists():
        return False
    call_command("demo_kitchen", verbosity=0, stdout=io.StringIO())
    return True


def _sign_in_path() -> str:
    said = io.StringIO()
    try:
        call_command("sign_in_link", stdout=said)
    except CommandError as refusal:
        # A house of one's own may run before anybody manages it.
        print(f"warning: {refusal}", file=sys.stderr, flush=True)
        return "/sign-in/"
    return "/sign-in/" + said.getvalue().strip().rpartition("/sign-in/")[2]


if __name__ == "__main__":
    main()
