"""The web server as it is meant to run: python -m olgfeast.web [--host HOST] [--port PORT]."""

import argparse
import sys

from django.core.exceptions import ImproperlyConfigured

from olgfeast.embedded import EngineFailed

OPTIONS = (
    # By default Daphne closes every screen after a day, and for good.
    ("--websocket_timeout", "-1"),
    ("--ping-interval", "5"),
    ("--ping-timeout", "10"),
    # Counted both ways: a board must fit, or its screens stay dark. What comes in is held short
    # frame by frame.
    ("--websocket-max-message-size", str(64 * 1024 * 1024)),
    ("--websocket-max-frame-size", "16384"),
    ("--application-close-timeout", "5"),
    # Nobody reads a line per request, and writing it costs time on every tap.
    ("--verbosity", "0"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", default="8000")
    asked = parser.parse_args()
    options = [part for option in OPTIONS for part in option]
    where = ["-b", asked.host, "-p", asked.port, "--no-server-name"]
    from daphne.cli import CommandLineInterface

    try:
        CommandLineInterface().run([*options, *where, "olgfeast.asgi:application"])
    except (ImproperlyConfigured, EngineFailed) as refusal:
        sys.exit(f"olgfeast: {refusal}")


if __name__ == "__main__":
    main()
