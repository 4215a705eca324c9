"""What the web server runs: Django for HTTP, the screens' sockets for WebSocket."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

from olgfeast import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "olgfeast.settings")
embedded.use_if_wanted()
http_application = get_asgi_application()

# Only now: these import models, which need the apps to be ready.
from operations.relay import WithRelay  # noqa: E402
from operations.routing import websocket_application  # noqa: E402

application = WithRelay(
    ProtocolTypeRouter({"http": http_application, "websocket": websocket_application})
)
