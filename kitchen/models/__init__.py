"""The tables of the kitchen; columns, constraints and indexes, each with the query it serves."""

from .feeds import Feed, Outbox, RequestKey
from .house import Brand, Location, MenuItem, Station
from .log import KitchenTicketLog
from .orders import KitchenTicket, KitchenTicketItem, Order
from .printing import PaperChit, PrinterHealthCheck, PrinterRoute, PrintJob, StationPrinter

__all__ = [
    "Brand",
    "Feed",
    "KitchenTicket",
    "KitchenTicketItem",
    "KitchenTicketLog",
    "Location",
    "MenuItem",
    "Order",
    "Outbox",
    "PaperChit",
    "PrintJob",
    "PrinterHealthCheck",
    "PrinterRoute",
    "RequestKey",
    "Station",
    "StationPrinter",
]
