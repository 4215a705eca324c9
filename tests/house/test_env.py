"""Typed readers: what they accept, and the one sentence they say otherwise."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from olgfeast import env


@pytest.fixture(autouse=True)
def setenv(monkeypatch):
    def put(value: str, name: str = "TOTEM") -> None:
        monkeypatch.setenv(name, value)

    return put


@pytest.mark.parametrize("empty", ["", "   "])
def test_an_empty_variable_counts_as_absent(setenv, empty):
    setenv(empty)

    assert env.text("TOTEM", "default") == "default"
    assert env.whole("TOTEM", 7) == 7
    assert env.seconds("TOTEM", 2.5) == 2.5
    assert env.flag("TOTEM", default=True) is True
    assert env.words("TOTEM", ("a",)) == ["a"]
    assert env.url("TOTEM", schemes=("redis",)) is None


def test_values_are_read_in_their_type(setenv):
    setenv(" 12 ")
    assert env.whole("TOTEM", 7) == 12
    assert env.seconds("TOTEM", 7) == 12.0

    setenv("Yes")
    assert env.flag("TOTEM") is True

    setenv("a, b,,c")
    assert env.words("TOTEM") == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("value", "read", "sentence"),
    [
        ("5s", lambda: env.seconds("TOTEM", 5), "write a number of seconds above 0, such as 5"),
        ("0", lambda: env.seconds("TOTEM", 5), "write a number of seconds above 0, such as 5"),
        ("nan", lambda: env.seconds("TOTEM", 5), "write a number of seconds above 0, such as 5"),
        ("inf", lambda: env.minutes("TOTEM", 5), "write a number of minutes above 0, such as 5"),
        ("1.5", lambda: env.whole("TOTEM", 3), "write a whole number from 0 up, such as 3"),
        (
            "70000",
            lambda: env.whole("TOTEM", 9100, at_least=1, at_most=65535),
            "write a whole number from 1 to 65535, such as 9100",
        ),
        ("perhaps", lambda: env.flag("TOTEM"), "write 1 or 0"),
        ("xml", lambda: env.text("TOTEM", choices=("text", "json")), "write one of text, json"),
    ],
)
def test_a_wrong_value_is_named_with_its_cure(setenv, value, read, sentence):
    setenv(value)

    with pytest.raises(ImproperlyConfigured) as refusal:
        read()

    assert str(refusal.value) == f"TOTEM={value!r}: {sentence}"


def test_a_secret_is_read_from_its_file(setenv, tmp_path: Path):
    file = tmp_path / "secret"
    file.write_text("garlic\n")
    setenv(str(file), "TOTEM_FILE")

    assert env.secret("TOTEM") == "garlic"


def test_a_secret_given_twice_is_refused(setenv, tmp_path: Path):
    setenv("garlic")
    setenv(str(tmp_path), "TOTEM_FILE")

    with pytest.raises(ImproperlyConfigured, match="TOTEM and TOTEM_FILE are both set"):
        env.secret("TOTEM")


def test_a_missing_or_empty_secret_file_is_refused(setenv, tmp_path: Path):
    setenv(str(tmp_path / "none"), "TOTEM_FILE")
    with pytest.raises(ImproperlyConfigured, match="name a readable file"):
        env.secret("TOTEM")

    (tmp_path / "none").write_text("\n")
    with pytest.raises(ImproperlyConfigured, match="name a file that is not empty"):
        env.secret("TOTEM")


@pytest.mark.parametrize("wrong", ["mysql://ana:garlic@db/x", "redis://:garlic@db:port/0", "db"])
def test_a_wrong_address_is_refused_without_showing_its_password(setenv, wrong):
    setenv(wrong)

    with pytest.raises(ImproperlyConfigured, match="TOTEM") as refusal:
        env.url("TOTEM", schemes=("redis", "unix"))

    assert "garlic" not in str(refusal.value)
