"""Every address of the house."""

from django.urls import include, path, register_converter
from django.views.generic import RedirectView

from operations import api
from operations.board_pages import board_page, board_snapshot
from operations.pages import routes


class CodeConverter:
    """A location's, brand's or station's code."""

    regex = r"[a-z0-9][a-z0-9_-]{0,31}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class StatusConverter(CodeConverter):
    """A status that has a board."""

    regex = "pending|preparing|ready"


register_converter(CodeConverter, "code")
register_converter(StatusConverter, "status")

_STATION, _STATUS = {"kind": "station"}, {"kind": "status"}
_EXPO, _GUESTS = {"kind": "expo"}, {"kind": "guests"}

# Pages of one location; each also under /l/<location>/.
pages = [
    path("operations/stations/<code:code>/", board_page, _STATION, name="station"),
    path("operations/stations/<code:code>/board", board_snapshot, _STATION),
    path("operations/status/<status:code>/", board_page, _STATUS, name="status"),
    path("operations/status/<status:code>/board", board_snapshot, _STATUS),
    path("operations/expo/", board_page, _EXPO, name="expo"),
    path("operations/expo/board", board_snapshot, _EXPO),
    path("operations/guests/", board_page, _GUESTS, name="guests"),
    path("operations/guests/board", board_snapshot, _GUESTS),
    *routes.pages,
]

app_name = "operations"
urlpatterns = [
    *api.urls,
    path("", RedirectView.as_view(url="/operations/stations/")),
    *routes.door,
    *pages,
    path("l/<code:location>/", RedirectView.as_view(url="/l/%(location)s/operations/stations/")),
    path("l/<code:location>/", include(pages)),
]
