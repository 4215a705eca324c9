"""A switchboard for virtual printers over local HTTP: see their state, break and mend them.

GET /                  every printer, its faults and how much it printed
GET /NAME/chits        the chits it holds, as text and decoded lines
POST /NAME/faults      {"paper_left": 3, "cover_open": true, ...}: change these
POST /NAME/mend        no faults any more
POST /NAME/power_cycle off and on; what it held is lost
"""

import asyncio
import json
from typing import Any

from kitchen.printing.http import NOT_FOUND, Answer, serve
from kitchen.printing.virtual import Chit, Faults, VirtualPrinter


async def start(printers: list[VirtualPrinter], *, host: str, port: int) -> asyncio.Server:
    """Serve the switchboard of these printers."""
    by_name = {printer.name: printer for printer in printers}

    async def handle(method: str, path: str, body: bytes) -> Answer:
        if (method, path) == ("GET", "/"):
            return _json([_state(printer) for printer in printers])
        name, _, what = path.strip("/").partition("/")
        if name not in by_name:
            return NOT_FOUND
        return await _handle(by_name[name], method, what, body)

    return await serve(host, port, handle)


async def _handle(printer: VirtualPrinter, method: str, what: str, body: bytes) -> Answer:
    if (method, what) == ("GET", "chits"):
        return _json([_chit(chit) for chit in printer.chits])
    if (method, what) == ("POST", "power_cycle"):
        await printer.power_cycle()
        return _json(_state(printer))
    if (method, what) == ("POST", "mend"):
        await printer.set_faults(**vars(Faults()))
        return _json(_state(printer))
    if (method, what) == ("POST", "faults"):
        return await _set_faults(printer, body)
    return NOT_FOUND


async def _set_faults(printer: VirtualPrinter, body: bytes) -> Answer:
    try:
        await printer.set_faults(**json.loads(body))
    except (TypeError, ValueError) as error:
        known = ", ".join(vars(Faults()))
        return _json({"title": f"{error}. Faults are: {known}", "status": 422}, status=422)
    return _json(_state(printer))


def _state(printer: VirtualPrinter) -> dict[str, Any]:
    return {
        "name": printer.name,
        "port": printer.port,
        "chits": printer.printed,
        "bytes": printer.received,
        "waiting": printer.waiting,
        "faults": vars(printer.faults),
    }


def _chit(chit: Chit) -> dict[str, Any]:
    lines = [line.as_json() for line in chit.lines]
    return {"number": chit.number, "text": chit.text, "lines": lines}


def _json(content: Any, *, status: int = 200) -> Answer:
    return Answer(json.dumps(content), status)
