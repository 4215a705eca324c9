"""python-escpos, imported without what its import does to the process.

It unpickles its printer database from a folder that may be named in the environment, leaves a
temporary folder behind, reads the database as YAML, and installs a root log handler. A pickle runs
code, so its folder is private here, and gone once the library is there.
"""

import importlib.util
import json
import logging
import os
import pickle
import platform
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = "ESCPOS_CAPABILITIES_PICKLE_DIR"


@contextmanager
def _kept_in_bounds() -> Iterator[None]:
    handlers, temporary, given = (
        list(logging.root.handlers),
        tempfile.tempdir,
        os.environ.get(FOLDER),
    )
    with tempfile.TemporaryDirectory(prefix="escpos-") as private:
        _put_database(Path(private))
        tempfile.tempdir = os.environ[FOLDER] = private
        try:
            yield
        finally:
            tempfile.tempdir = temporary
            os.environ.pop(FOLDER)
            if given is not None:
                os.environ[FOLDER] = given
            logging.root.handlers[:] = handlers


def _put_database(folder: Path) -> None:
    """As the library would pickle it; from JSON that takes a hundredth of the time."""
    found = importlib.util.find_spec("escpos")
    assert found is not None
    assert found.origin is not None
    database = json.loads((Path(found.origin).parent / "capabilities.json").read_text("utf-8"))
    pickled = folder / f"{platform.python_version()}.capabilities.pickle"
    pickled.write_bytes(pickle.dumps(database))


with _kept_in_bounds():
    from escpos.printer import Dummy

__all__ = ["Dummy"]
