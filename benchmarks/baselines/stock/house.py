"""The baseline's kitchen for a run: python -m benchmarks.baselines.stock.house."""

import django
from django.core.management import call_command

from benchmarks.peers import obey


def prepare() -> None:
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)


def board(count: int) -> list[int]:
    """Clear the board and place so many orders; return them."""
    from benchmarks.baselines.stock.models import Order, OrderItem

    Order.objects.exclude(status="complete").update(status="complete")
    orders = [Order.objects.create(number=f"B{n}", table="12", server="Ana") for n in range(count)]
    for order in orders:
        for name in ("Ribeye", "Burger"):
            OrderItem.objects.create(
                order=order, station="grill", name=name, modifiers=["No ice"], notes="quick"
            )
    return [order.id for order in orders]


if __name__ == "__main__":
    django.setup()
    obey({"prepare": prepare, "board": board})
