"""The tests' world: engines of their own, thrown away afterwards, and a clean environment."""

import atexit
import contextlib
import os
import secrets
import tempfile
from collections.abc import Generator, Iterator

import django
import pytest

from olgfeast import embedded

# Whatever the developer's shell or .env says must not reach the tests.
OURS = (
    "ALLOWED_HOSTS",
    "BEHIND_PROXY",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_URL",
    "DB_HOST",
    "DB_NAME",
    "DB_PASSWORD",
    "DB_PORT",
    "DB_USER",
    "DEBUG",
    "HEALTH_CHECK_HOST",
    "HEALTH_CHECK_PORT",
    "HOST",
    "HTTPS",
    "LOG_FORMAT",
    "LOG_LEVEL",
    "MAX_PRINT_RETRIES",
    "MAX_TICKETS_PER_POLL",
    "POLL_INTERVAL",
    "PORT",
    "POSSIBLE_COPY_AFTER_SECONDS",
    "PRINT_CONFIRM_SECONDS",
    "REDIS_URL",
    "RETRY_DELAY_SECONDS",
    "SECRET_KEY",
    "STALE_JOB_MINUTES",
    "VAR_DIR",
    "VIRTUAL_PRINTERS",
)
GUARDS = """
SELECT tgrelid::regclass::text, quote_ident(tgname), tgenabled::text
FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'
"""
ENABLE = {"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA"}
_world = contextlib.ExitStack()


def _prepare() -> None:
    if "DJANGO_SETTINGS_MODULE" in os.environ:
        raise pytest.UsageError("take DJANGO_SETTINGS_MODULE out of the environment")
    for name in OURS:
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)
    database = os.environ.get("TEST_DATABASE_URL")
    redis = os.environ.get("TEST_REDIS_URL")
    if bool(database) != bool(redis):
        raise pytest.UsageError("set both TEST_DATABASE_URL and TEST_REDIS_URL, or neither")
    if database and redis:
        var = _world.enter_context(tempfile.TemporaryDirectory(prefix="olgfeast-tests-"))
    else:
        engines = _world.enter_context(embedded.throw_away())
        database, redis, var = engines.database_url, engines.redis_url, f"{engines.home}/tests"
    os.environ |= {"VAR_DIR": var, "SECRET_KEY": secrets.token_urlsafe(50)}
    os.environ |= {"DATABASE_URL": database, "REDIS_URL": redis}
    # Here and not in pyproject.toml: pytest-django would read the settings before this file.
    os.environ["DJANGO_SETTINGS_MODULE"] = "olgfeast.settings"


_prepare()
django.setup()  # here, so that a folder's own conftest.py may import models
atexit.register(_world.close)


def pytest_configure() -> None:
    """Touching the settings loads them, which is the sign for pytest-django to set Django up."""
    from django.conf import settings

    # Nobody collects static files for tests that speak to views in this process.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.STATIC_ROOT.mkdir(parents=True)


@pytest.fixture(scope="session", autouse=True)
def flush_in_spite_of_the_guards() -> Iterator[None]:
    """Transactional tests empty all tables, also the log, whose triggers refuse just that."""
    from django.db import transaction
    from django.db.backends.postgresql.operations import DatabaseOperations

    plain = DatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: DatabaseOperations, statements: list[str]) -> None:
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            cursor.execute(GUARDS)
            guards = cursor.fetchall()
            for table, trigger, _ in guards:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
            plain(self, statements)
            for table, trigger, state in guards:
                cursor.execute(f"ALTER TABLE {table} {ENABLE[state]} TRIGGER {trigger}")

    DatabaseOperations.execute_sql_flush = execute_sql_flush
    yield
    DatabaseOperations.execute_sql_flush = plain


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skipped test is a failure: there everything it needs is installed."""
    report = yield
    if not hasattr(report, "wasxfail"):
        _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that skips itself."""
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped, but CI=true: {report.longrepr}"
