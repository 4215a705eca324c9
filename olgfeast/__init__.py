"""The wiring of olgFeast: settings, URLs, engines and start; no rules."""

__version__ = "0.1.0"
