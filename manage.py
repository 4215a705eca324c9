#!/usr/bin/env python3
"""Runs the management commands, on the embedded engines unless DATABASE_URL is set."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured

# These read no data, so they need no engines.
WITHOUT_ENGINES = {"collectstatic", "compilemessages", "help", "makemessages", "version"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "olgfeast.settings")
    from django.core.management import execute_from_command_line

    from olgfeast import embedded

    try:
        if sys.argv[1:] and not WITHOUT_ENGINES.intersection(sys.argv[1:2]):
            embedded.use_if_wanted()
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, embedded.EngineFailed) as refusal:
        sys.exit(f"olgfeast: {refusal}")


if __name__ == "__main__":
    main()
