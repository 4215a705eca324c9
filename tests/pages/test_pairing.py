"""A tablet becomes a screen by a short code, once; and stops being one when it is withdrawn."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from operations import access
from operations.models import Screen
from operations.pages import pairing

pytestmark = pytest.mark.django_db
SCREENS = "/operations/screens/"


def make(manager, shows="station:grill", name="Grill, left"):
    """Make a screen on the managers' page; return its code as it is shown."""
    answer = manager.post(SCREENS, {"shows": shows, "name": name})
    assert answer.status_code == 200, answer.content
    return code_on(answer)


def code_on(answer):
    return re.search(r'class="pair-code">([^<]*)<', answer.content.decode())[1]


def pair(code, client=None, **headers):
    return (client or Client()).post("/pair/", {"code": code}, **headers)


@pytest.fixture
def manager(browser):
    return browser("manager")


@pytest.mark.parametrize(
    ("shows", "where"),
    [
        ("station:grill", "/operations/stations/grill/"),
        ("status:ready", "/operations/status/ready/"),
        ("expo", "/operations/expo/"),
        ("guests", "/operations/guests/"),
    ],
)
def test_a_code_makes_a_tablet_the_screen_it_is_for(manager, shows, where):
    tablet = Client()

    answer = pair(make(manager, shows), tablet)

    assert (answer.status_code, answer["Location"]) == (302, where)
    assert tablet.get(where).status_code == 200


def test_with_several_locations_a_screen_goes_to_its_own(browser, annex):
    code = make(browser("manager", annex))

    assert pair(code)["Location"] == "/l/annex/operations/stations/grill/"


def test_the_cookie_is_for_the_server_alone_and_lasts(manager, settings):
    tablet = Client()
    pair(make(manager), tablet)
    cookie = tablet.cookies[access.SCREEN_COOKIE]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 400 * 24 * 3600
    assert not cookie["secure"]


def test_with_https_the_cookie_travels_only_encrypted(manager, settings):
    settings.HTTPS = True
    tablet = Client()

    pair(make(manager), tablet)

    assert tablet.cookies[access.SCREEN_COOKIE]["secure"]


def test_the_cookies_secret_is_kept_nowhere(manager):
    tablet = Client()
    pair(make(manager), tablet)

    kept = Screen.objects.values_list("digest", flat=True).get()

    assert kept == access.digest(tablet.cookies[access.SCREEN_COOKIE].value)


def test_a_code_is_shown_in_two_groups_and_typed_in_any_way(manager):
    code = make(manager)
    assert re.fullmatch(r"\d{4} \d{4}", code)

    assert pair(f" {code[:4]}-{code[5:]} ").status_code == 302


def test_a_code_works_once(manager):
    code = make(manager)
    assert pair(code).status_code == 302

    assert pair(code).status_code == 422


def test_a_code_lives_ten_minutes(manager, at):
    code = make(manager)
    later = timezone.now() + timedelta(minutes=10)
    at(later)

    assert pair(code).status_code == 422


def test_what_is_wrong_with_a_code_is_not_said(manager, at):
    old = make(manager)
    Screen.objects.update(pair_until=timezone.now())

    answers = [pair(code).content for code in (old, "1234 5678", "", "grill", "1" * 5000)]

    assert all(b"This code is wrong or too old." in answer for answer in answers)


def test_a_pairing_tablet_needs_our_form(manager):
    assert pair(make(manager), Client(enforce_csrf_checks=True)).status_code == 403


def test_guessing_from_one_address_is_slowed_down(manager, seconds):
    code = make(manager)
    tries = [pair("00000000").status_code for _ in range(6)]

    answer = pair(code)

    assert tries == [422] * 5 + [429]
    assert (answer.status_code, answer["Retry-After"]) == (429, "1")
    seconds.tick(1)
    assert pair(code).status_code == 302


def test_a_guessing_address_does_not_hold_up_another(manager, seconds):
    for _ in range(6):
        pair("00000000")

    assert pair(make(manager), REMOTE_ADDR="10.0.0.8").status_code == 302


def test_an_ipv6_guest_is_one_guest_with_all_its_addresses(hq, seconds):
    for number in range(5):
        pair("00000000", REMOTE_ADDR=f"2001:db8:1:2::{number}")

    assert pair("00000000", REMOTE_ADDR="2001:db8:1:2:ffff::9").status_code == 429
    assert pair("00000000", REMOTE_ADDR="2001:db8:1:3::9").status_code == 422


def test_a_flood_is_held_off_but_locks_out_nobody_for_long(manager, seconds):
    code = make(manager)
    flood = [
        pair("00000000", REMOTE_ADDR=f"10.0.{number}.1").status_code
        for number in range(pairing.flood.wrong + 10)
    ]

    during = pair(code, REMOTE_ADDR="10.1.0.1")
    seconds.tick(int(during["Retry-After"]))
    after = pair(code, REMOTE_ADDR="10.1.0.1")

    assert flood.count(422) == pairing.flood.wrong
    assert during.status_code == 429
    assert int(during["Retry-After"]) <= 10
    assert after.status_code == 302


def test_right_codes_are_no_flood(manager, seconds):
    for number in range(pairing.flood.wrong + 5):
        assert pair(make(manager, name=f"Screen {number}")).status_code == 302


def test_a_withdrawn_screen_is_out_at_once(manager):
    tablet = Client()
    pair(make(manager), tablet)
    assert tablet.get("/operations/stations/grill/").status_code == 200
    screen = Screen.objects.get()

    answer = manager.post(f"{SCREENS}{screen.id}/revoke/")

    assert answer["Location"] == SCREENS
    assert tablet.get("/operations/stations/grill/").status_code == 302
    assert b"Withdrawn" in manager.get(SCREENS).content


def test_withdrawing_a_screen_that_waits_makes_its_code_useless(manager):
    code = make(manager)

    manager.post(f"{SCREENS}{Screen.objects.get().id}/revoke/")

    assert pair(code).status_code == 422


def test_a_new_code_moves_a_screen_to_another_tablet(manager):
    old, new = Client(), Client()
    pair(make(manager), old)
    answer = manager.post(f"{SCREENS}{Screen.objects.get().id}/code/")
    assert old.get("/operations/stations/grill/").status_code == 200, "until the code is used"

    pair(code_on(answer), new)

    assert new.get("/operations/stations/grill/").status_code == 200
    assert old.get("/operations/stations/grill/").status_code == 302


def test_a_withdrawn_screen_gets_no_new_code(manager):
    make(manager)
    number = Screen.objects.get().id
    manager.post(f"{SCREENS}{number}/revoke/")

    assert manager.post(f"{SCREENS}{number}/code/").status_code == 404


@pytest.mark.parametrize("act", ["code", "revoke"])
def test_a_screen_of_another_location_cannot_be_touched(manager, browser, annex, act):
    make(browser("manager", annex))
    number = Screen.objects.get().id

    assert manager.post(f"/l/hq{SCREENS}{number}/{act}/").status_code == 404
    assert manager.post(f"/l/annex{SCREENS}{number}/{act}/").status_code == 403
    assert Screen.objects.get().revoked_at is None


@pytest.mark.parametrize("role", ["cook", "expo", "screen:expo", "pos"])
def test_only_a_manager_makes_screens(browser, role):
    client = browser(role)
    before = Screen.objects.count()

    answer = client.post(SCREENS, {"shows": "expo", "name": "Mine"})

    assert (answer.status_code, Screen.objects.count()) == (403, before)


def test_screens_are_made_and_withdrawn_only_by_forms_of_ours(manager):
    make(manager)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = manager.cookies
    number = Screen.objects.get().id

    assert strict.post(SCREENS, {"shows": "expo", "name": "x"}).status_code == 403
    assert strict.post(f"{SCREENS}{number}/revoke/").status_code == 403
    assert manager.get(f"{SCREENS}{number}/revoke/").status_code == 405


@pytest.mark.parametrize(
    ("shows", "name"),
    [
        ("station:nowhere", "Screen"),
        ("status:late", "Screen"),
        ("expo:grill", "Screen"),
        ("", "Screen"),
        ("expo", " "),
        ("expo", "x" * 61),
        ("expo", "Screen\0"),
    ],
)
def test_a_screen_that_cannot_be_is_refused_with_the_reason(manager, shows, name):
    answer = manager.post(SCREENS, {"shows": shows, "name": name})

    assert answer.status_code == 422
    assert b'role="alert"' in answer.content
    assert not Screen.objects.exists()


def test_two_screens_of_one_name_could_not_be_told_apart(manager):
    make(manager, name="Grill, left")

    assert manager.post(SCREENS, {"shows": "expo", "name": "grill,  LEFT"}).status_code == 422


def test_the_name_of_a_withdrawn_screen_is_free_again(manager):
    make(manager)
    manager.post(f"{SCREENS}{Screen.objects.get().id}/revoke/")

    assert make(manager)


def test_a_code_is_shown_only_in_the_answer_that_made_it(manager):
    code = make(manager)

    assert code not in manager.get(SCREENS).content.decode()


def test_the_list_says_how_each_screen_is(manager, hq):
    now = timezone.now()
    for name, values in {
        "waits": {},
        "live": {"paired_at": now, "last_seen_at": now},
        "away": {"paired_at": now, "last_seen_at": now - timedelta(minutes=5)},
        "withdrawn": {"paired_at": now, "revoked_at": now},
        "forgotten": {"paired_at": now, "revoked_at": now - timedelta(days=30)},
    }.items():
        Screen.objects.create(location=hq, name=name, kind="expo", **values)

    rows = {row["name"]: row["state"] for row in manager.get(SCREENS).context["screens"]}

    assert rows == {"waits": "waiting", "live": "live", "away": "away", "withdrawn": "withdrawn"}


def test_the_list_costs_the_same_for_any_number_of_screens(
    manager, hq, django_assert_max_num_queries
):
    for number in range(30):
        Screen.objects.create(location=hq, name=f"s{number}", kind="station", code="grill")

    with django_assert_max_num_queries(8):
        assert manager.get(SCREENS).status_code == 200


def test_names_are_shown_as_they_are_written(manager):
    make(manager, name="<b>Grill</b> & co")

    assert b"&lt;b&gt;Grill&lt;/b&gt; &amp; co" in manager.get(SCREENS).content
