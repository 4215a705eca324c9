from typing import Any

from benchmarks.baselines.stock.models import Order


def newest_orders() -> list[dict[str, Any]]:
    orders = Order.objects.prefetch_related("items").order_by("-created_at")[:20]
    return [_order(order) for order in orders]


def _order(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "number": order.number,
        "table": order.table,
        "server": order.server,
        "status": order.status,
        "created_at": order.created_at.isoformat(),
        "items": [
            {
                "id": item.id,
                "station": item.station,
                "name": item.name,
                "quantity": item.quantity,
                "modifiers": item.modifiers,
                "notes": item.notes,
                "allergens": item.allergens,
            }
            for item in order.items.all()
        ],
    }
