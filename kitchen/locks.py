"""Lock an order and read its tickets: written out in SQL, since every tap pays for it.

Built by the ORM these two reads were half of a bump's time. All changes of an order's tickets
happen under the order's lock, so the tickets need none of their own.
"""

from typing import Any

from django.db import connection, models

from kitchen.errors import NotFound
from kitchen.models import KitchenTicket, Location, Order, Station


def _columns(model: type[models.Model], alias: str) -> str:
    names = (field.column for field in model._meta.concrete_fields)
    return ", ".join(f'{alias}."{name}"' for name in names)


def _names(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


_ORDER_NAMES, _TICKET_NAMES = _names(Order), _names(KitchenTicket)
_LOCATION_NAMES, _STATION_NAMES = _names(Location), _names(Station)
_ORDER_WIDTH, _TICKET_WIDTH = len(_ORDER_NAMES), len(_TICKET_NAMES)
_BINARY_JSON = [
    (place, field)
    for place, field in enumerate(Order._meta.concrete_fields)
    if isinstance(field, models.JSONField)
]

ORDER_SQL = f"""
SELECT {_columns(Order, "o")}, {_columns(Location, "l")}
FROM kitchen_order o JOIN kitchen_location l ON l.id = o.location_id
WHERE o.id = %s AND o.location_id = %s FOR NO KEY UPDATE OF o
"""
TICKETS_SQL = f"""
SELECT {_columns(KitchenTicket, "t")}, {_columns(Station, "s")}
FROM kitchen_kitchenticket t JOIN kitchen_station s ON s.id = t.station_id
WHERE t.order_id = %s ORDER BY t.id
"""
OWNER_SQL = """
SELECT t.order_id, s.code FROM kitchen_kitchenticket t
JOIN kitchen_station s ON s.id = t.station_id WHERE t.id = %s AND t.location_id = %s
"""


def lock_order(order_id: int, *, location_id: int) -> Order:
    """Lock an order until the transaction's end; NotFound if it is not of this location."""
    row = _one(ORDER_SQL, [order_id, location_id])
    if row is None:
        raise NotFound(f"There is no order {order_id} here.")
    values = list(row[:_ORDER_WIDTH])
    for place, field in _BINARY_JSON:
        values[place] = field.from_db_value(values[place], None, connection)
    order = Order.from_db("default", _ORDER_NAMES, values)
    order.location = Location.from_db("default", _LOCATION_NAMES, row[_ORDER_WIDTH:])
    return order


def tickets_of(order_id: int) -> dict[int, KitchenTicket]:
    """Return a locked order's tickets with their stations, by id."""
    with connection.cursor() as cursor:
        cursor.execute(TICKETS_SQL, [order_id])
        rows = cursor.fetchall()
    found = {}
    for row in rows:
        ticket = KitchenTicket.from_db("default", _TICKET_NAMES, row[:_TICKET_WIDTH])
        ticket.station = Station.from_db("default", _STATION_NAMES, row[_TICKET_WIDTH:])
        found[ticket.id] = ticket
    return found


def owner_of(ticket_id: int, *, location_id: int) -> tuple[int, str]:
    """Return a ticket's order and station code; NotFound if it is not of this location."""
    row = _one(OWNER_SQL, [ticket_id, location_id])
    if row is None:
        raise NotFound(f"There is no ticket {ticket_id} here.")
    return row


def _one(sql: str, values: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()
