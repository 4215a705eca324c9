"""What may be sent, field by field: types as JSON has them, sizes as the columns have them.

Nothing is converted: a quantity is a number and no text. What is optional may also be null.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from kitchen.intake import NewItem, NewOrder
from operations.api.faults import LINE, NAME, TEXT

LARGEST_ID = 2**63 - 1
LARGEST_SMALL = 2**15 - 1
LARGEST_INTEGER = 2**31 - 1
ITEMS_AT_MOST = 200
# Further than this nobody promises a meal, and databases have their own ends of time.
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Small = Annotated[int, Field(ge=0, le=LARGEST_SMALL)]
Version = Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]
Code = Annotated[str, Field(max_length=32, pattern=LINE)]
Line40 = Annotated[str, Field(max_length=40, pattern=LINE)]
Line100 = Annotated[str, Field(max_length=100, pattern=LINE)]
Line200 = Annotated[str, Field(max_length=200, pattern=LINE)]
Text500 = Annotated[str, Field(max_length=500, pattern=TEXT)]
OrderType = Literal["dine_in", "takeout", "delivery"]
Priority = Literal["normal", "rush", "vip"]
Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST)]


def _with_its_plus(moment: Any) -> Any:
    # In a query a + stands for a space: many a client forgets that.
    return moment.replace(" ", "+") if isinstance(moment, str) else moment


class Sent(BaseModel):
    """A body: unknown fields are refused, and so is any other type than the one named."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Nothing(Sent):
    """No body, or an empty object."""


class Item(Sent):
    """One line of what a guest asks for."""

    name: Annotated[str, Field(max_length=200, pattern=NAME)]
    quantity: Annotated[int, Field(ge=1, le=999)]
    station_code: Annotated[
        Code | None, Field(description="Or menu_item, whose station it is.")
    ] = None
    menu_item: Id | None = None
    modifiers: Annotated[list[Line200] | None, Field(max_length=50)] = None
    notes: Text500 | None = None
    allergens: Annotated[list[Line100] | None, Field(max_length=50)] = None
    seat: Small | None = None
    course: Small | None = None
    unit_price: Annotated[Decimal | None, Field(max_digits=9, decimal_places=2)] = None

    def as_new(self) -> NewItem:
        return NewItem(**_given(self))


Items = Annotated[list[Item], Field(min_length=1, max_length=ITEMS_AT_MOST)]


class Order(Sent):
    """What a guest asks for."""

    items: Items
    external_id: Annotated[
        Line100 | None, Field(description="Your own id; the same one again is the same order.")
    ] = None
    location: Annotated[Code | None, Field(description="Only with access to several.")] = None
    brand: Code | None = None
    order_type: OrderType | None = None
    table: Line40 | None = None
    customer_name: Line100 | None = None
    server: Line100 | None = None
    guests: Small | None = None
    priority: Priority | None = None
    notes: Text500 | None = None
    promised_at: Moment | None = None

    def as_new(self) -> NewOrder:
        values = _given(self)
        values.pop("location", None)
        return NewOrder(**values | {"items": [item.as_new() for item in self.items]})


class Round(Sent):
    """Items that follow an order."""

    items: Items

    def as_new(self) -> list[NewItem]:
        return [item.as_new() for item in self.items]


class Change(Sent):
    """What an order says of itself; only what is sent is changed, null empties it."""

    table: Line40 | None = None
    customer_name: Line100 | None = None
    notes: Text500 | None = None
    promised_at: Moment | None = None
    priority: Priority | None = None

    def values(self) -> dict[str, Any]:
        empty = {"promised_at": None, "priority": "normal"}
        return {
            name: empty.get(name, "") if value is None else value
            for name, value in self.__dict__.items()
            if name in self.model_fields_set
        }


class Reason(Sent):
    """Why something is void; the kitchen reads it."""

    reason: Text500 | None = None


class Course(Sent):
    """What of an order is fired; without a course all of it."""

    course: Small | None = None


class Status(Sent):
    """Where all the order's tickets that may are to go."""

    status: Literal["pending", "preparing", "ready", "complete"]


class Seen(Sent):
    """The version of the ticket that the person saw; another one now is a conflict."""

    version: Version | None = None


class Part(Sent):
    """The items to print again; without them the whole ticket."""

    items: Annotated[list[Id] | None, Field(max_length=ITEMS_AT_MOST)] = None


class Asked(BaseModel):
    """A query; its values are text, and are read as what they stand for."""

    model_config = ConfigDict(extra="forbid")


class OrderWanted(Asked):
    external_id: Annotated[str, Field(min_length=1, max_length=100, pattern=LINE)]


class MenuWanted(Asked):
    brand: Code = ""


class LogWanted(Asked):
    after: Annotated[int, Field(ge=0, le=LARGEST_ID, description="`next` of the page before.")] = 0
    limit: Annotated[int, Field(ge=1, le=1000)] = 200


class LocationLogWanted(LogWanted):
    action: Annotated[str, Field(max_length=24, pattern=LINE)] = ""
    station: Code = ""
    since: Annotated[Moment | None, BeforeValidator(_with_its_plus)] = None


def _given(sent: BaseModel) -> dict[str, Any]:
    return {name: value for name, value in sent.__dict__.items() if value is not None}
