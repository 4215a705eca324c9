"""The addresses of the sockets, each also under /l/<location>/."""

from channels.routing import URLRouter
from django.urls import re_path

from operations.consumers import FeedConsumer

_CODE = r"(?P<code>[a-z0-9][a-z0-9_-]{0,31})"
_PATHS = {
    rf"ws/stations/{_CODE}/": "station",
    r"ws/kitchen/(?P<code>pending|preparing|ready)/": "status",
    r"ws/expo/": "expo",
    r"ws/guests/": "guests",
}


async def _no_such_socket(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
    await receive()
    await send({"type": "websocket.close", "code": 4404})


websocket_application = URLRouter(
    [
        re_path(rf"^{prefix}{path}\Z", FeedConsumer(kind))
        for path, kind in _PATHS.items()
        for prefix in ("", r"l/(?P<location>[a-z0-9][a-z0-9_-]{0,31})/")
    ]
    + [re_path(r"", _no_such_socket)]
)
