"""Settings that only make sense together: each check by its id."""

import pytest
from django.core.checks import run_checks


def ids() -> set[str]:
    return {message.id for message in run_checks() if message.id.startswith("olgfeast.")}


def test_the_house_as_it_comes_passes_its_checks():
    assert ids() == set()


@pytest.mark.parametrize(
    ("changes", "id"),
    [
        ({"SECRET_KEY": "short"}, "olgfeast.E001"),
        (
            {"PRINT_CONFIRM_SECONDS": 30.0, "POSSIBLE_COPY_AFTER_SECONDS": 20.0},
            "olgfeast.E002",
        ),
        ({"CSRF_TRUSTED_ORIGINS": ["kitchen.example.com"]}, "olgfeast.E003"),
        ({"DEBUG": True, "EMBEDDED": False}, "olgfeast.W001"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(settings, changes, id):
    for name, value in changes.items():
        setattr(settings, name, value)

    messages = [message for message in run_checks() if message.id == id]

    assert messages
    assert all(message.hint for message in messages)
