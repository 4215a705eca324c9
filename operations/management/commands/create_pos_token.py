"""Gives a POS or another program its token."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kitchen import locations
from kitchen.errors import NotFound
from kitchen.models import Location
from operations import access
from operations.models import PosToken

LONGEST_NAME = PosToken._meta.get_field("name").max_length


class Command(BaseCommand):
    help = "Prints a new token for a POS, once; the explanation goes to the other stream."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="what the ticket log will call it, such as till-1")
        parser.add_argument("--location", metavar="CODE", help="needed if there are several")

    def handle(self, *args: Any, name: str, location: str | None, **options: Any) -> None:
        try:
            house = locations.choose(location)
        except NotFound as refusal:
            raise CommandError(str(refusal)) from None
        token = access.create_token(house, _name(name, house))
        self.stderr.write(
            f"The token of {name} at {house.code}, shown only now. It is sent with each request"
            " as `Authorization: Bearer TOKEN`.",
            style_func=str,  # it is no error
        )
        self.stdout.write(token)


def _name(name: str, location: Location) -> str:
    if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        raise CommandError(f"Give it a name of 1 to {LONGEST_NAME} printable characters.")
    if PosToken.objects.filter(location=location, name=name, revoked_at=None).exists():
        raise CommandError(
            f"{name!r} has a token at {location.code} already: choose another name, or revoke it"
            " under /admin/."
        )
    return name
