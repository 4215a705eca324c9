"""A link for whom one names, else for the manager."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError

from operations import access
from operations.models import Membership, SignInLink

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(hq):
    def person(name, role="manager", **values):
        user = get_user_model().objects.create_user(name, **values)
        if role:
            Membership.objects.create(user=user, location=hq, role=role)
        return user

    return person


@pytest.fixture(autouse=True)
def plain_address(monkeypatch):
    for name in ("HOST", "PORT"):
        monkeypatch.delenv(name, raising=False)


def secret_in(said):
    return re.fullmatch(r"\S+/sign-in/([^/\s]+)/\n", said.out)[1]


def test_it_signs_the_manager_in(run, person):
    person("cook", "cook")
    person("ana")

    said = run("sign_in_link")

    assert access.redeem_link(secret_in(said)).user.username == "ana"


def test_it_signs_in_whom_one_names(run, person):
    person("ana")
    person("ben", "cook")

    said = run("sign_in_link", "ben")

    assert access.redeem_link(secret_in(said)).user.username == "ben"


def test_of_several_managers_it_is_the_first(run, person):
    person("ana")
    person("ben")

    assert access.redeem_link(secret_in(run("sign_in_link"))).user.username == "ana"


def test_a_manager_who_is_switched_off_is_passed_over(run, person):
    person("ana", is_active=False)
    person("ben")

    assert access.redeem_link(secret_in(run("sign_in_link"))).user.username == "ben"


def test_a_house_without_a_manager_has_its_owner(run, person):
    person("owner", None, is_superuser=True)

    assert access.redeem_link(secret_in(run("sign_in_link"))).user.username == "owner"


def test_the_link_stands_alone_and_its_secret_is_not_kept(run, person):
    person("ana")

    said = run("sign_in_link")

    assert said.err == ""
    assert SignInLink.objects.get().digest == access.digest(secret_in(said))


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"PORT": "9000"}, "http://127.0.0.1:9000"),
        ({"HOST": "kds.local"}, "http://kds.local:8000"),
        ({"HOST": "0.0.0.0"}, "http://127.0.0.1:8000"),
        ({"HOST": "::"}, "http://[::1]:8000"),
        ({"HOST": "fd00::7", "PORT": "80"}, "http://[fd00::7]:80"),
    ],
)
def test_the_address_is_where_the_house_listens(run, person, monkeypatch, environment, address):
    person("ana")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert run("sign_in_link").out.startswith(f"{address}/sign-in/")


def test_another_address_can_be_given(run, person):
    person("ana")

    said = run("sign_in_link", "--base", "https://kds.example/")

    assert said.out.startswith("https://kds.example/sign-in/")


def test_with_https_the_link_says_so(run, person, settings):
    person("ana")
    settings.HTTPS = True

    assert run("sign_in_link").out.startswith("https://127.0.0.1:8000/")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nobody"], "There is no user 'nobody'"),
        (["gone"], "gone may not sign in"),
        (["ana", "--base", "kds.example"], "is no address"),
    ],
)
def test_what_is_wrong_gets_one_sentence(run, person, arguments, sentence):
    person("ana")
    person("gone", is_active=False)

    with pytest.raises(CommandError, match=sentence):
        run("sign_in_link", *arguments)

    assert not SignInLink.objects.exists()


def test_an_empty_house_says_how_to_begin(run):
    with pytest.raises(CommandError, match=r"createsuperuser.*demo_kitchen"):
        run("sign_in_link")
