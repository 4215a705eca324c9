"""Every refusal is a problem document with a sentence, and nothing breaks on hostile input."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitchen import boards, menu, tickets
from kitchen.models import KitchenTicket, Order

from .conftest import JSON, Caller, House, order, problem

Place = Callable[..., dict[str, Any]]
OURS = ["/api/nothing/", "/api/", "/operations/api/", "/operations/api/tickets/", "/api/orders/x/"]


@pytest.mark.parametrize("path", OURS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_address_that_is_not_there_is_a_problem(till: Caller, path: str, method: str) -> None:
    problem(till.call(method, path), 404)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/orders/", "GET, HEAD, POST"),
        ("/api/orders/1/", "GET, HEAD, PATCH"),
        ("/operations/api/tickets/1/bump/", "POST"),
        ("/api/menu/1/86/", "DELETE, POST"),
        ("/health", "GET, HEAD"),
        ("/api/openapi.json", "GET, HEAD"),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "TRACE", "BREW"])
def test_method_that_is_not_there_tells_which_are(
    till: Caller, path: str, allowed: str, method: str
) -> None:
    answer = till.call(method, path)

    problem(answer, 405)
    assert answer["Allow"] == allowed


def test_head_is_answered_like_get(till: Caller) -> None:
    assert till.call("HEAD", "/api/menu/").status_code == 200
    problem_free = till.call("HEAD", "/operations/api/tickets/1/bump/")
    assert problem_free.status_code == 405


@pytest.mark.parametrize("slash", ["", "/"])
def test_closing_slash_may_be_forgotten(till: Caller, slash: str) -> None:
    assert till.post(f"/api/orders{slash}", order()).status_code == 201
    assert till.get(f"/api/kitchen/log{slash}").status_code == 200
    assert till.get(f"/api/menu{slash}?brand=main").status_code == 200


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "x"],
)
def test_body_of_another_type_is_refused(till: Caller, kind: str) -> None:
    answer = till.client.generic(
        "POST", "/api/orders/", json.dumps(order()), content_type=kind, headers=till.headers
    )

    problem(answer, 415)


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/vnd.pos+json"])
def test_json_by_another_name_is_taken(till: Caller, kind: str) -> None:
    answer = till.client.generic(
        "POST", "/api/orders/", json.dumps(order()), content_type=kind, headers=till.headers
    )

    assert answer.status_code == 201


def test_empty_form_is_an_empty_body(till: Caller, house: House) -> None:
    """What a plain button sends."""
    answer = till.client.generic(
        "POST",
        "/api/kitchen/printers/bar/test",
        b"",
        content_type="application/x-www-form-urlencoded",
        headers=till.headers,
    )

    assert answer.status_code == 202


def test_packed_body_is_refused(till: Caller) -> None:
    problem(till.post("/api/orders/", order(), Content_Encoding="gzip"), 415)


def test_request_over_one_mebibyte_is_refused(till: Caller) -> None:
    sent = order()
    sent["notes"] = "x" * (1024 * 1024)

    problem(till.post("/api/orders/", sent), 413)


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"nonsense",
        b'{"items": [',
        b'{"items": []} {}',
        b"\xff\xfe",
        b'{"notes": "\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 5_000,
    ],
)
def test_body_that_is_no_json_is_refused(till: Caller, raw: bytes) -> None:
    problem(till.post("/api/orders/", raw), 400)


@pytest.mark.parametrize("raw", [b"[]", b'"x"', b"7", b"null", b"true", b"NaN"])
def test_body_that_is_no_object_is_wrong_input(till: Caller, raw: bytes) -> None:
    body = problem(till.post("/api/orders/", raw), 422)

    assert body["errors"] == [{"path": "", "message": "This must be an object."}]


@pytest.mark.parametrize("number", ["0", str(2**63), "9" * 19, "9" * 400, "-1", "1.5", "x", "%00"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/orders/{}/"),
        ("POST", "/api/orders/{}/void/"),
        ("POST", "/api/orders/1/items/{}/void/"),
        ("POST", "/operations/api/tickets/{}/bump/"),
        ("POST", "/operations/api/tickets/1/items/{}/bump/"),
        ("POST", "/operations/api/orders/{}/status/"),
        ("POST", "/api/menu/{}/86/"),
        ("POST", "/api/kitchen/jobs/{}/retry"),
        ("GET", "/api/kitchen/tickets/{}/log"),
    ],
)
def test_id_that_no_row_can_have_is_not_found(
    till: Caller, method: str, path: str, number: str
) -> None:
    problem(till.call(method, path.format(number)), 404)


def test_largest_id_is_looked_up(till: Caller) -> None:
    body = problem(till.get(f"/api/orders/{2**63 - 1}/"), 404)

    assert str(2**63 - 1) in body["detail"]


def test_what_breaks_tells_nothing_of_the_inside(
    till: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(menu, "entries", broken)

    answer = till.get("/api/menu/")

    problem(answer, 500)
    assert b"secret" not in answer.content
    assert b"Runtime" not in answer.content
    assert "secret of the house" in caplog.text


def test_database_that_is_away_is_a_reason_to_try_again(
    till: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)

    def away(*_: Any, **__: Any) -> Any:
        raise OperationalError("connection refused at 10.0.0.7")

    monkeypatch.setattr(tickets, "move", away)
    monkeypatch.setattr(boards, "find_order", away)

    answer = till.get("/api/orders/1/")

    assert "10.0.0.7" not in problem(answer, 503)["detail"]
    assert answer["Retry-After"] == "1"
    problem(till.post("/operations/api/tickets/1/bump/"), 503)


def test_strange_host_is_a_problem(db: None) -> None:
    """The host is looked at where the Origin is compared with it."""
    client = Client(enforce_csrf_checks=True)

    answer = client.post("/api/orders/", content_type=JSON, headers={"Host": "evil.example"})

    assert answer.status_code in (400, 401)


def test_answers_are_not_kept_by_anybody_between(till: Caller) -> None:
    assert till.get("/api/menu/")["Cache-Control"] == "no-store"
    assert till.post("/api/orders/", b"{")["Cache-Control"] == "no-store"


def test_many_faults_are_told_up_to_a_thousand(till: Caller) -> None:
    sent = order() | {f"field{n}": 1 for n in range(1500)}

    errors = problem(till.post("/api/orders/", sent), 422)["errors"]

    assert len(errors) == 1001
    assert errors[-1]["message"] == "And 500 more."


words = st.text(st.characters(codec=None), max_size=8)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(
    ["name", "quantity", "station_code", "menu_item", "modifiers", "notes", "allergens", "seat",
     "course", "unit_price", "size"]
)  # fmt: skip
likely = st.sampled_from(["grill", "Tea", 1, "32.00", [], ["rare"], None])
item_like = st.dictionaries(names, likely | anything, max_size=6)
order_names = st.sampled_from(
    ["external_id", "location", "brand", "order_type", "table", "guests", "priority", "notes",
     "promised_at", "reason", "course", "status", "version", "items", "table", "x"]
)  # fmt: skip
order_like = st.builds(
    lambda items, rest: {"items": items, **rest},
    st.lists(item_like | anything, max_size=3) | anything,
    st.dictionaries(order_names, likely | anything, max_size=5),
)
PATHS = [
    ("POST", "/api/orders/"),
    ("POST", "/api/orders/{order}/items/"),
    ("PATCH", "/api/orders/{order}/"),
    ("POST", "/api/orders/{order}/void/"),
    ("POST", "/api/orders/{order}/fire/"),
    ("POST", "/operations/api/orders/{order}/status/"),
    ("POST", "/operations/api/tickets/{ticket}/start/"),
    ("POST", "/api/kitchen/tickets/{ticket}/reprint"),
]


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=order_like | anything, place=st.sampled_from(PATHS))
def test_no_json_whatsoever_breaks_anything(
    till: Caller, hostile_order: dict[str, Any], body: Any, place: tuple[str, str]
) -> None:
    method, path = place
    raw = json.dumps(body).encode()
    ticket = hostile_order["tickets"][0]["id"]

    answer = till.call(method, path.format(order=hostile_order["id"], ticket=ticket), raw)

    assert answer.status_code in (200, 201, 202, 400, 404, 409, 422), answer.content
    json.loads(answer.content)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(raw=st.binary(max_size=60), key=st.text(st.characters(max_codepoint=255), max_size=250))
def test_no_bytes_whatsoever_break_anything(till: Caller, raw: bytes, key: str) -> None:
    answer = till.post("/api/orders/", raw, Idempotency_Key=key.replace("\n", ""))

    assert answer.status_code in (201, 400, 422), answer.content


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=st.text(st.characters(codec="utf-8"), max_size=30))
@pytest.mark.parametrize(
    "path",
    ["/api/kitchen/log?since={}", "/api/kitchen/log?station={}", "/api/orders/?external_id={}",
     "/api/menu/?brand={}", "/api/menu/?location={}", "/operations/api/feeds/{}/"],
)  # fmt: skip
def test_no_question_whatsoever_breaks_anything(till: Caller, path: str, query: str) -> None:
    from urllib.parse import quote

    answer = till.get(path.format(quote(query, safe="")))

    assert answer.status_code in (200, 403, 404, 422), answer.content


@pytest.fixture
def hostile_order(place: Place) -> dict[str, Any]:
    return place("bar")


def test_refused_order_leaves_nothing_behind(till: Caller) -> None:
    sent = order("grill", "tearoom")

    problem(till.post("/api/orders/", sent, Idempotency_Key="k1"), 422)

    assert not Order.objects.exists()
    assert not KitchenTicket.objects.exists()
