from django.apps import AppConfig


class OlgfeastConfig(AppConfig):
    name = "olgfeast"

    def ready(self) -> None:
        from olgfeast import checks  # noqa: F401  (registers them)
