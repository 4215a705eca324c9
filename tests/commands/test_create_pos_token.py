"""A token is printed once, alone on its stream; what is wrong gets one sentence."""

import pytest
from django.core.management import CommandError

from kitchen.models import Location
from operations import access
from operations.models import PosToken

pytestmark = pytest.mark.django_db


def test_the_token_stands_alone_so_that_it_can_be_piped(run, hq):
    said = run("create_pos_token", "till-1", "--location", "hq")

    (token,) = said.out.splitlines()
    who = access.of_headers(f"Bearer {token}", "", "", "")
    assert (who.actor, who.location) == ("pos:till-1", "hq")
    assert "shown only now" in said.err
    assert token not in said.err


def test_only_its_digest_is_kept(run, hq):
    token = run("create_pos_token", "till-1").out.strip()

    assert PosToken.objects.get().digest == access.digest(token)


def test_with_one_location_it_need_not_be_named(run, hq):
    run("create_pos_token", "till-1")

    assert PosToken.objects.get().location == hq


def test_with_several_locations_it_has_to_be_named(run, hq):
    Location.objects.create(code="annex", name="Annex")

    with pytest.raises(CommandError, match=r"^Say which location with --location: annex, hq\.$"):
        run("create_pos_token", "till-1")


def test_an_unknown_location_is_refused_with_the_known_ones(run, hq):
    with pytest.raises(CommandError, match=r"^There is no location 'bq'; known are: hq\.$"):
        run("create_pos_token", "till-1", "--location", "bq")


def test_without_any_location_it_says_how_to_make_one(run):
    with pytest.raises(CommandError, match="demo_kitchen"):
        run("create_pos_token", "till-1")


def test_a_name_in_use_is_refused(run, hq):
    run("create_pos_token", "till-1")

    with pytest.raises(CommandError, match=r"^'till-1' has a token at hq already"):
        run("create_pos_token", "till-1")


def test_the_name_of_a_revoked_token_is_free_again(run, hq):
    run("create_pos_token", "till-1")
    PosToken.objects.update(revoked_at="2026-01-01T00:00:00Z")

    assert run("create_pos_token", "till-1").out


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "till\n1", "till\0"])
def test_a_name_that_the_log_could_not_show_is_refused(run, hq, name):
    with pytest.raises(CommandError, match="1 to 60 printable"):
        run("create_pos_token", name)

    assert not PosToken.objects.exists()
