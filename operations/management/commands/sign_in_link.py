"""Prints a link that signs somebody in once."""

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.management.base import BaseCommand, CommandError

from operations import access
from operations.models import Membership

# What a server listens on when it listens everywhere is no address to open.
EVERYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}


class Command(BaseCommand):
    help = f"Prints a link that signs USER in, once, within {access.LINK_MINUTES} minutes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", nargs="?", help="a user's name; without it, the manager")
        parser.add_argument(
            "--base", metavar="URL", help="the house's address (else from HOST and PORT)"
        )

    def handle(self, *args: Any, user: str | None, base: str | None, **options: Any) -> None:
        person = _named(user) if user else _manager()
        address = (base or _address()).rstrip("/")
        if not address.startswith(("http://", "https://")):
            raise CommandError(f"--base {base!r} is no address: write it as https://kds.example.")
        self.stdout.write(f"{address}/sign-in/{access.create_link(person.pk)}/")


def _named(name: str) -> AbstractBaseUser:
    user = get_user_model().objects.filter(username=name).first()
    if user is None:
        raise CommandError(f"There is no user {name!r}: add one under /admin/.")
    if not user.is_active:
        raise CommandError(f"{name} may not sign in: the account is switched off.")
    return user


def _manager() -> AbstractBaseUser:
    """The one appointed first; a house without a manager has at least its superuser."""
    managers = Membership.objects.filter(role="manager", user__is_active=True)
    first = managers.select_related("user").order_by("id").first()
    if first:
        return first.user
    owner = get_user_model().objects.filter(is_superuser=True, is_active=True).order_by("id")
    if not owner:
        raise CommandError(
            "Nobody manages this house yet: make a user with `manage.py createsuperuser`,"
            " or a demo kitchen with `manage.py demo_kitchen`."
        )
    return owner[0]


def _address() -> str:
    host = os.environ.get("HOST", "").strip()
    host = EVERYWHERE.get(host, host)
    host = f"[{host}]" if ":" in host else host
    port = os.environ.get("PORT", "").strip() or "8000"
    return f"{'https' if settings.HTTPS else 'http'}://{host}:{port}"
