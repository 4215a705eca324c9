"""What the web server runs: Django for HTTP, the screens' sockets for WebSocket."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

from olgfeast import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "olgfeast.settings")
embedded.use_if_wanted()
http_application = get_asgi_application()

# Only now: the routing imports models, which need the apps to be ready.
from operations.routing import websocket_application  # noqa: E402

application = ProtocolTypeRouter({"http": http_application, "websocket": websocket_application})
