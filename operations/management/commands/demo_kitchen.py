"""Opens the demo kitchen. It stands here and not in the kitchen's room: it also appoints people."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand
from django.db import transaction

from kitchen.demo import house
from kitchen.models import Location, MenuItem, Station, StationPrinter
from operations.models import Membership

MANAGER = "manager"


class Command(BaseCommand):
    help = "Makes what is missing of the demo kitchen: stations, printers, menu, a manager."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        built = house.build()
        hired = _appoint_manager(built.location)
        for line in _report(built.location):
            self.stdout.write(line)
        if not hired and not built.made.total():
            self.stdout.write("It was all there already; nothing was changed.")
        if hired:
            self.stdout.write(
                f"{MANAGER} manages it and has no password: sign in with a link from"
                " `python manage.py sign_in_link`, then set one at /password/."
            )


def _appoint_manager(location: Location) -> bool:
    """True if there was none. The owner of the box may also use /admin/, hence a superuser."""
    user, hired = get_user_model().objects.get_or_create(
        username=MANAGER, defaults={"is_staff": True, "is_superuser": True}
    )
    if hired:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    Membership.objects.get_or_create(user=user, location=location, defaults={"role": "manager"})
    return hired


def _report(location: Location) -> list[str]:
    stations = Station.objects.filter(location=location)
    screens = [station.code for station in stations if station.has_screen]
    paper = [station.code for station in stations if not station.has_screen]
    printers = StationPrinter.objects.filter(location=location)
    dishes = MenuItem.objects.filter(location=location).count()
    return [
        f"{location.name} ({location.code}) is open.",
        f"Stations with a screen: {', '.join(screens)}; on paper only: {', '.join(paper)}.",
        "Printers: " + ", ".join(f"{p.code} {p.host}:{p.port}" for p in printers) + ".",
        f"Dishes on the menu: {dishes}.",
    ]
