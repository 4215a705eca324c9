import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.baselines.stock.settings")
http_application = get_asgi_application()

from django.urls import path  # noqa: E402

from benchmarks.baselines.stock.consumers import KitchenConsumer  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": http_application,
        "websocket": AuthMiddlewareStack(
            URLRouter([path("ws/kitchen/", KitchenConsumer.as_asgi())])
        ),
    }
)
