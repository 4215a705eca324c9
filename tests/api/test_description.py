"""The description is true: what is answered has the shape it tells."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pydantic import BaseModel, TypeAdapter

from operations.api import api, shapes
from operations.api.describe import description

from .conftest import Caller, House, order

Place = Callable[..., dict[str, Any]]
CONTRACT = {
    "/api/orders/": {"get", "post"},
    "/api/orders/{order_id}/": {"get", "patch"},
    "/api/orders/{order_id}/items/": {"post"},
    "/api/orders/{order_id}/void/": {"post"},
    "/api/orders/{order_id}/items/{item_id}/void/": {"post"},
    "/api/orders/{order_id}/fire/": {"post"},
    "/operations/api/orders/{order_id}/status/": {"post"},
    "/operations/api/tickets/{ticket_id}/{action}/": {"post"},
    "/operations/api/tickets/{ticket_id}/items/{item_id}/{action}/": {"post"},
    "/operations/api/feeds/{feed}/": {"get"},
    "/api/menu/": {"get"},
    "/api/menu/{item_id}/86/": {"post", "delete"},
    "/api/kitchen/printers/{code}/test": {"post"},
    "/api/kitchen/printers/{code}/status": {"get"},
    "/api/kitchen/tickets/{ticket_id}/reprint": {"post"},
    "/api/kitchen/jobs/{job_id}/{action}": {"post"},
    "/api/kitchen/tickets/{ticket_id}/log": {"get"},
    "/api/kitchen/log": {"get"},
    "/health": {"get"},
    "/ready": {"get"},
    "/metrics": {"get"},
}


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return json.loads(description(api))


def test_description_is_served(client: Client) -> None:
    answer = client.get("/api/openapi.json")

    assert answer["Content-Type"] == "application/json"
    assert answer.json()["openapi"] == "3.1.0"


def test_all_of_the_contract_is_described(told: dict[str, Any]) -> None:
    assert {path: set(methods) for path, methods in told["paths"].items()} == CONTRACT


def test_every_reference_leads_somewhere(told: dict[str, Any]) -> None:
    text = json.dumps(told)

    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= set(told["components"]["schemas"])


def test_every_refusal_is_described_as_a_problem(told: dict[str, Any]) -> None:
    for path, operations in told["paths"].items():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if status.startswith("4"):
                    assert list(answer["content"]) == ["application/problem+json"], path


def test_what_may_be_called_only_with_access_says_so(told: dict[str, Any]) -> None:
    for path, operations in told["paths"].items():
        for operation in operations.values():
            public = path in ("/health", "/ready", "/metrics")
            assert ("security" in operation) is not public
            assert ("401" in operation["responses"]) is not public


def test_body_is_described_with_its_limits(told: dict[str, Any]) -> None:
    place = told["paths"]["/api/orders/"]["post"]
    body = place["requestBody"]
    schemas = told["components"]["schemas"]

    assert body["required"] is True
    assert body["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Order"}
    assert schemas["Order"]["additionalProperties"] is False


def test_parameters_are_described(told: dict[str, Any]) -> None:
    log = told["paths"]["/api/kitchen/log"]["get"]
    names = [parameter["name"] for parameter in log["parameters"]]

    assert names == ["after", "limit", "action", "station", "since", "location"]


@pytest.fixture
def answers(till: Caller, place: Place, house: House, staff: Any) -> list[tuple[Any, Any]]:
    """One answer of every kind, with the shape that it is said to have."""
    placed = place("grill", "fry", "bar", external_id="T1")
    number, ticket = placed["id"], placed["tickets"][0]["id"]
    job = placed["tickets"][2]["print_jobs"][0]["id"]
    tap = f"/operations/api/tickets/{ticket}/"
    feed = "/operations/api/feeds/{}/"
    return [
        (till.post("/api/orders/", order("bar")), shapes.Acceptance),
        (till.post(f"/api/orders/{number}/items/", order("bar")), shapes.Acceptance),
        (till.get(f"/api/orders/{number}/"), shapes.Order),
        (till.patch(f"/api/orders/{number}/", {"priority": "rush"}), shapes.Order),
        (till.post(f"{tap}start/"), shapes.Ticket),
        (till.post(f"{tap}fire/"), shapes.TicketConflict),
        (
            till.post(f"/operations/api/orders/{number}/status/", {"status": "complete"}),
            shapes.StatusConflict,
        ),
        (
            till.post(f"/operations/api/orders/{number}/status/", {"status": "ready"}),
            shapes.StatusMoved,
        ),
        (till.post(f"/api/orders/{number}/fire/"), shapes.OrderConflict),
        *((till.get(feed.format(name)), shapes.Snapshot) for name in ("station:grill", "expo")),
        *((till.get(feed.format(name)), shapes.Snapshot) for name in ("status:ready", "guests")),
        (till.get("/api/menu/"), shapes.Menu),
        (till.post(f"/api/menu/{house.menu['Ribeye'].id}/86/"), shapes.MenuItem),
        (till.post("/api/kitchen/printers/bar/test"), shapes.Job),
        (till.get("/api/kitchen/printers/bar/status"), shapes.Printer),
        (till.post(f"/api/kitchen/jobs/{job}/mark_failed"), shapes.Job),
        (till.get(feed.format("expo")), shapes.Snapshot),
        (till.post(f"/api/kitchen/jobs/{job}/mark_failed"), shapes.Conflict),
        (till.get("/api/kitchen/log"), shapes.Log),
        (till.post("/api/orders/", {}), shapes.Problem),
        (till.get("/health"), shapes.Health),
        (till.get("/ready"), shapes.Ready),
    ]


def test_every_answer_has_the_shape_it_is_said_to_have(answers: list[tuple[Any, Any]]) -> None:
    for answer, shape in answers:
        body = answer.json()
        parsed: BaseModel = TypeAdapter(shape).validate_json(answer.content)
        said = parsed.model_dump(exclude_unset=True, mode="json")
        assert set(said) <= set(body), shape
        if "Conflict" not in shape.__name__ and shape is not shapes.Problem:
            assert set(said) == set(body), shape
