"""The transition tables, over every state and action: what is allowed, and where it leads."""

from itertools import combinations_with_replacement, product

import pytest

from kitchen import states
from kitchen.states import ItemState, JobState, OrderState, TicketState
from tests.kitchen import papers
from tests.kitchen.papers import ITEMS, ITEMS_WHILE, JOBS, TICKETS


def _target(moves: dict[str, states.Move], state: str, action: str) -> str | None:
    move = moves[action]
    return (move.target or state) if state in move.origins else None


@pytest.mark.parametrize(("state", "action"), list(product(TicketState, states.TICKET_MOVES)))
def test_every_ticket_action_from_every_state(state: str, action: str) -> None:
    assert _target(states.TICKET_MOVES, state, action) == TICKETS.get((state, action))


@pytest.mark.parametrize(("state", "action"), list(product(ItemState, states.ITEM_MOVES)))
def test_every_item_action_from_every_state(state: str, action: str) -> None:
    assert _target(states.ITEM_MOVES, state, action) == ITEMS.get((state, action))


@pytest.mark.parametrize(("state", "action"), list(product(JobState, states.JOB_MOVES)))
def test_every_print_job_action_from_every_state(state: str, action: str) -> None:
    assert _target(states.JOB_MOVES, state, action) == JOBS.get((state, action))


def test_no_action_is_missing_or_unheard_of() -> None:
    assert set(states.TICKET_MOVES) == {action for _, action in TICKETS}
    assert set(states.ITEM_MOVES) == {action for _, action in ITEMS}
    assert set(states.JOB_MOVES) == {action for _, action in JOBS}


def test_items_may_be_touched_only_while_their_ticket_is_open() -> None:
    assert {name: set(where) for name, where in states.ITEM_TICKET_STATES.items()} == ITEMS_WHILE


@pytest.mark.parametrize("state", list(TicketState))
def test_a_screen_is_offered_exactly_the_allowed_actions(state: str) -> None:
    offered = states.allowed_actions(state)

    assert set(offered) == {action for origin, action in TICKETS if origin == state}


@pytest.mark.parametrize("target", ["pending", "preparing", "ready", "complete", "void", "held"])
def test_every_ticket_state_is_reached_by_some_action(target: str) -> None:
    assert target in {leads_to for _, leads_to in TICKETS.items()}


def test_nothing_leads_out_of_void() -> None:
    assert not [origin for (origin, _), to in TICKETS.items() if origin == "void" != to]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_order_status_over_all_combinations_of_tickets(count: int) -> None:
    for tickets in combinations_with_replacement(TicketState, count):
        assert states.order_state(tickets) == papers.order_status(list(tickets)), tickets


def test_order_without_tickets_counts_as_void() -> None:
    assert states.order_state([]) == OrderState.VOID


@pytest.mark.parametrize("ticket", list(TicketState))
@pytest.mark.parametrize("count", [1, 2, 3])
def test_ticket_follows_its_items_in_all_combinations(ticket: str, count: int) -> None:
    for items in combinations_with_replacement(ItemState, count):
        assert states.ticket_state_after_items(ticket, items) == papers.ticket_status(
            ticket, list(items)
        )


@pytest.mark.parametrize(("status", "wanted"), list(papers.ORDERS))
def test_every_order_request_from_every_order_status(status: str, wanted: str) -> None:
    assert states.order_action(status, wanted) == papers.ORDERS[status, wanted]


def test_an_order_can_be_asked_for_every_status_but_void() -> None:
    assert {wanted for _, wanted in papers.ORDERS} == set(states.ORDER_REQUESTS)
    assert {status for status, _ in papers.ORDERS} == set(OrderState)
