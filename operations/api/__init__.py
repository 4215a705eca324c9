"""The JSON API: thin; what happens is decided in `kitchen`, who may in `operations.access`."""

from django.conf import settings
from django.http import Http404
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from operations.api import describe, feeds, health, kitchen, menu, mount, orders, problems, tickets

DESCRIPTION = """\
Orders come in, become tickets at the stations, and are bumped through the kitchen.
Every request that changes something may carry an `Idempotency-Key` and be sent again safely.
Errors are `application/problem+json` (RFC 9457); wrong input is told with every fault at once.
"""

api = NinjaAPI(
    title="olgFeast KDS",
    version=settings.VERSION,
    description=DESCRIPTION,
    openapi_url=None,
    urls_namespace="olgfeast",
)
# The hot ones first: addresses are tried in this order.
for part in (tickets, orders, feeds, kitchen, menu, health):
    api.add_router("", part.router)
describe.add_to(api)
for kind in (Exception, Http404, HttpError, ValidationError):
    api.add_exception_handler(kind, problems.of_exception)

urls = list(mount.addresses(entry for entry in api.urls[0] if entry.name != "api-root"))
