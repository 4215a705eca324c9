"""Who may look at which page, at which location."""

import pytest
from django.test import Client

from operations import access
from operations.models import Membership, PosToken

pytestmark = pytest.mark.django_db

OPEN_TO: dict[str, set[str]] = {
    "/operations/stations/": {"cook", "expo", "manager", "screen:grill", "screen:expo", "pos"},
    "/operations/order/": {"expo", "manager", "pos"},
    "/operations/printers/": {"cook", "expo", "manager", "screen:expo", "pos"},
    "/operations/paper/": {"cook", "expo", "manager", "screen:expo", "pos"},
    "/operations/paper/chits": {"cook", "expo", "manager", "screen:expo", "pos"},
    "/operations/log/": {"cook", "expo", "manager", "pos"},
    "/operations/screens/": {"manager"},
    "/operations/reports/": {"manager"},
}
ROLES = ["cook", "expo", "manager", "screen:grill", "screen:expo", "screen:guests", "pos"]
GUESTS_TOO = {"/operations/stations/"}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_its_pages_and_no_other(browser, role):
    client = browser(role)

    seen = {page for page in OPEN_TO if client.get(page).status_code == 200}

    allowed = {page for page, roles in OPEN_TO.items() if role in roles}
    assert seen == (GUESTS_TOO if role == "screen:guests" else allowed)


@pytest.mark.parametrize("role", ROLES)
def test_a_page_without_the_right_is_refused_and_not_just_hidden(browser, role):
    client = browser(role)

    refused = {client.get(page).status_code for page in OPEN_TO} - {200}

    assert refused <= {403}


@pytest.mark.parametrize("page", OPEN_TO)
def test_nobody_is_sent_to_sign_in(client, hq, page):
    answer = client.get(page)

    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={page}")


@pytest.mark.parametrize("page", OPEN_TO)
def test_a_strange_cookie_is_nobody(hq, page):
    client = Client()
    client.cookies[access.SCREEN_COOKIE] = "made-up"
    client.cookies["sessionid"] = "made-up"

    assert client.get(page).status_code == 302


@pytest.mark.parametrize("page", OPEN_TO)
def test_all_pages_are_there_under_their_location_too(browser, page):
    client = browser("manager")

    answer = client.get(f"/l/hq{page}")

    assert answer.status_code == 200
    if not page.endswith("chits"):
        assert b'href="/l/hq/operations/log/"' in answer.content


@pytest.mark.parametrize("page", OPEN_TO)
def test_another_locations_pages_are_nobodys_but_its_own(browser, annex, page):
    client = browser("manager", annex)

    assert client.get(f"/l/annex{page}").status_code == 200
    assert client.get(f"/l/hq{page}").status_code == 403
    assert client.get(f"/l/nowhere{page}").status_code == 403


def test_a_person_works_at_two_locations_in_two_roles(browser, person, annex, hq):
    user = person("ana", "manager", annex)
    Membership.objects.create(user=user, location=hq, role="cook")
    client = Client()
    client.force_login(user)

    assert client.get("/l/annex/operations/reports/").status_code == 200
    assert client.get("/l/hq/operations/reports/").status_code == 403
    assert client.get("/l/hq/operations/log/").status_code == 200


def test_somebody_without_a_role_is_refused_and_not_sent_round_in_circles(person):
    client = Client()
    client.force_login(person("ana", None))

    assert client.get("/operations/stations/").status_code == 403


def test_a_lost_role_is_lost_at_once(browser):
    client = browser("cook")
    assert client.get("/operations/log/").status_code == 200

    Membership.objects.all().delete()
    access.forget()

    assert client.get("/operations/log/").status_code == 403


def test_a_revoked_token_opens_nothing(browser):
    client = browser("pos")
    assert client.get("/operations/log/").status_code == 200

    PosToken.objects.update(revoked_at="2026-01-01T00:00:00Z")
    access.forget()

    assert client.get("/operations/log/").status_code == 302


def test_the_first_address_leads_to_the_stations(client, hq):
    assert client.get("/")["Location"] == "/operations/stations/"
    assert client.get("/l/hq/")["Location"] == "/l/hq/operations/stations/"


@pytest.mark.parametrize("page", OPEN_TO)
def test_pages_are_about_now_so_nobody_keeps_them(browser, page):
    assert "no-store" in browser("manager").get(page)["Cache-Control"]


@pytest.mark.parametrize("page", OPEN_TO)
def test_pages_are_only_for_reading(browser, page):
    client = browser("manager")

    assert client.put(page).status_code == 405
