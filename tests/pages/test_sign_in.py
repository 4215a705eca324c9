"""How people come in, and how those who guess are slowed down."""

import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from operations import access
from operations.models import SignInLink
from operations.pages import sign_in

from .conftest import PASSWORD

pytestmark = pytest.mark.django_db
STATIONS = "/operations/stations/"


def come_in(client, name="ana", password=PASSWORD, **values):
    return client.post("/sign-in/", {"username": name, "password": password, **values})


def guess(client, times, name="ana", **headers):
    for _ in range(times):
        answer = client.post("/sign-in/", {"username": name, "password": "wrong"}, **headers)
    return answer


def link_for(user):
    return f"/sign-in/{access.create_link(user.pk)}/"


def test_name_and_password_let_in(client, person):
    person("ana")

    answer = come_in(client)

    assert (answer.status_code, answer["Location"]) == (302, STATIONS)
    assert client.get(STATIONS).status_code == 200


def test_one_gets_to_where_one_wanted(client, person):
    person("ana")
    sent_away = client.get("/operations/log/?station=grill")
    assert sent_away["Location"] == "/sign-in/?next=/operations/log/%3Fstation%3Dgrill"
    assert b'value="/operations/log/?station=grill"' in client.get(sent_away["Location"]).content

    answer = come_in(client, next="/operations/log/?station=grill")

    assert answer["Location"] == "/operations/log/?station=grill"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "x"],
)
def test_nobody_is_led_out_of_the_house(client, person, elsewhere):
    person("ana")

    assert come_in(client, next=elsewhere)["Location"] == STATIONS


def test_whatever_is_wrong_gets_the_same_answer(client, person):
    person("ana")
    person("gone", is_active=False)
    person("unset").set_unusable_password()

    answers = [
        come_in(client, "ana", "wrong"),
        come_in(client, "nobody-of-that-name", PASSWORD),
        come_in(client, "gone", PASSWORD),
        come_in(client, "unset", ""),
        come_in(client, "na\0ught", PASSWORD),
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert all(b"Name or password is wrong." in answer.content for answer in answers)


def test_unknown_names_take_as_much_hashing_as_known_ones(client, person, monkeypatch):
    person("ana")
    hashed = []
    hasher = "django.contrib.auth.hashers.MD5PasswordHasher.encode"
    monkeypatch.setattr(hasher, lambda self, *given: hashed.append(given) or "md5$x$y")

    come_in(client, "ana", "wrong")
    known = len(hashed)
    come_in(client, "nobody-of-that-name", "wrong")

    assert known == len(hashed) - known == 1


def test_five_wrong_tries_close_a_name_even_to_the_right_password(client, person, seconds):
    person("ana")
    assert guess(client, 5).status_code == 422

    answer = come_in(Client(REMOTE_ADDR="10.0.0.9"))

    assert (answer.status_code, answer["Retry-After"]) == (429, "2")
    assert b"wait 2 s" in answer.content


def test_after_the_wait_the_right_password_lets_in(client, person, seconds):
    person("ana")
    guess(client, 5)

    seconds.tick(2)

    assert come_in(client).status_code == 302
    assert guess(Client(REMOTE_ADDR="10.0.0.9"), 5).status_code == 422, "it begins anew"


def test_each_further_wrong_try_waits_longer_up_to_a_minute(client, person, seconds):
    person("ana")
    guess(client, 5)
    waits = []

    for _ in range(7):
        waits.append(int(guess(client, 1)["Retry-After"]))
        seconds.tick(waits[-1])
        guess(client, 1)

    assert waits == [2, 4, 8, 16, 32, 60, 60]


def test_a_name_is_the_same_in_capitals(client, person, seconds):
    person("ana")
    for name in ("ana", "Ana", "ANA", "aNa", "anA"):
        guess(Client(REMOTE_ADDR=f"10.0.0.{len(name)}"), 1, name)

    assert guess(client, 1, "ANA").status_code == 429


def test_an_address_is_closed_whatever_names_it_tries(person, seconds):
    person("ana")
    for number in range(5):
        guess(Client(REMOTE_ADDR="10.0.0.7"), 1, f"name{number}")

    assert come_in(Client(REMOTE_ADDR="10.0.0.7")).status_code == 429
    assert come_in(Client(REMOTE_ADDR="10.0.0.8")).status_code == 302


def test_a_whole_shift_may_come_in_from_one_address(person, seconds):
    for number in range(12):
        person(f"cook{number}", "cook")

        assert come_in(Client(), f"cook{number}").status_code == 302


def test_signing_in_oneself_does_not_buy_more_guesses(client, person, seconds):
    person("mallory")
    for number in range(5):
        guess(client, 1, f"name{number}")
        if number < 4:
            come_in(client, "mallory")

    assert guess(client, 1, "ana").status_code == 429


def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(person, seconds, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for number in range(5):
        guess(Client(), 1, f"name{number}", HTTP_X_FORWARDED_FOR=f"10.9.9.{number}, 192.0.2.7")

    assert guess(Client(), 1, "x", HTTP_X_FORWARDED_FOR="1.2.3.4, 192.0.2.7").status_code == 429
    assert guess(Client(), 1, "x", HTTP_X_FORWARDED_FOR="192.0.2.7, 192.0.2.8").status_code == 422


def test_a_link_signs_in_once(client, person):
    link = link_for(person("ana"))

    answer = client.get(link)
    again = Client().get(link)

    assert (answer.status_code, answer["Location"]) == (302, STATIONS)
    assert client.get(STATIONS).status_code == 200
    assert again.status_code == 410
    assert b"used already or is too old" in again.content


def test_a_link_is_neither_kept_nor_passed_on(client, person):
    answer = client.get(link_for(person("ana")))

    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"


def test_a_link_too_old_does_nothing(client, person):
    link = link_for(person("ana"))
    SignInLink.objects.update(until=timezone.now() - timedelta(seconds=1))

    assert client.get(link).status_code == 410
    assert client.get(STATIONS).status_code == 302


def test_a_link_of_somebody_switched_off_does_nothing(client, person):
    user = person("ana")
    link = link_for(user)
    user.is_active = False
    user.save()

    assert client.get(link).status_code == 410
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("head", {}),
        ("get", {"Sec-Purpose": "prefetch"}),
        ("get", {"Sec-Purpose": "prefetch;prerender"}),
        ("get", {"Purpose": "prefetch"}),
    ],
)
def test_what_only_looks_ahead_does_not_use_a_link_up(client, person, method, headers):
    link = link_for(person("ana"))

    ahead = getattr(Client(), method)(link, headers=headers)

    assert ahead.status_code == 204
    assert client.get(link).status_code == 302


def test_the_link_of_an_owner_without_a_role_leads_to_the_set_up(client, person):
    owner = person("owner", None, is_staff=True, is_superuser=True)

    assert client.get(link_for(owner))["Location"] == "/admin/"


def test_signing_out_takes_a_form_of_ours(browser):
    client = browser("cook")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies

    assert client.get("/sign-out/").status_code == 405
    assert strict.post("/sign-out/").status_code == 403
    assert client.get(STATIONS).status_code == 200


def test_signed_out_is_out(browser):
    client = browser("cook")
    client.get(STATIONS)

    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get(STATIONS).status_code == 302


def test_who_comes_by_a_link_sets_a_password_without_the_old_one(client, person):
    client.get(link_for(person("ana")))
    page = client.get("/password/")
    new = {"new_password1": "quite another one", "new_password2": "quite another one"}

    answer = client.post("/password/", new)

    assert b"old_password" not in page.content
    assert (answer.status_code, answer["Location"]) == (302, "/password/")
    assert come_in(Client(), "ana", "quite another one").status_code == 302
    assert b"old_password" in client.get("/password/").content, "only once"


def test_an_old_link_lets_nobody_set_a_password_at_a_screen_left_open(client, person, monkeypatch):
    client.get(link_for(person("ana")))
    later = time.time() + 15 * 60
    monkeypatch.setattr(sign_in.time, "time", lambda: later)

    assert b"old_password" in client.get("/password/").content


def test_who_came_by_password_has_to_know_it_to_change_it(client, person):
    person("ana")
    come_in(client)
    new = {"new_password1": "quite another one", "new_password2": "quite another one"}

    refused = client.post("/password/", {**new, "old_password": "wrong"})
    accepted = client.post("/password/", {**new, "old_password": PASSWORD})

    assert (refused.status_code, accepted.status_code) == (422, 302)


@pytest.mark.parametrize("weak", ["short", "password123", "1234567890", "ana-the-manager"])
def test_weak_passwords_are_refused_with_the_reason(client, person, weak):
    client.get(link_for(person("ana-the-manager")))

    answer = client.post("/password/", {"new_password1": weak, "new_password2": weak})

    assert answer.status_code == 422
    assert b'role="alert"' in answer.content


def test_a_new_password_ends_the_other_sessions(client, person):
    user = person("ana")
    other = Client()
    come_in(other)
    assert other.get(STATIONS).status_code == 200
    client.get(link_for(user))

    new = {"new_password1": "quite another one", "new_password2": "quite another one"}
    client.post("/password/", new)

    assert client.get(STATIONS).status_code == 200
    assert other.get(STATIONS).status_code == 302


def test_guessing_the_old_password_is_slowed_down_too(client, person, seconds):
    person("ana")
    come_in(client)

    tries = [client.post("/password/", {"old_password": "wrong"}).status_code for _ in range(6)]

    assert tries == [422] * 5 + [429]


def test_a_password_is_set_only_by_who_is_signed_in(client, hq):
    assert client.get("/password/")["Location"] == "/sign-in/?next=/password/"


def test_what_is_remembered_of_guessers_has_an_end(client, hq, seconds):
    for number in range(30):
        sign_in.throttle.at_most = 20
        guess(client, 1, f"name{number}", REMOTE_ADDR=f"10.0.{number}.1")

    sign_in.throttle.at_most = 10_000
    assert len(sign_in.throttle._records) <= 21


def test_forms_are_refused_without_their_token(person):
    person("ana")

    answer = come_in(Client(enforce_csrf_checks=True))

    assert answer.status_code == 403
    assert b"Once more, please" in answer.content
