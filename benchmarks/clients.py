"""POS systems and cooks' taps: python -m benchmarks.clients, asked through its input."""

import asyncio
import time
from typing import Any

from benchmarks.calls import Line, request
from benchmarks.peers import serve
from benchmarks.subjects import Subject, subject

OPEN_LOOP_LINES = 32  # at a steady rate; a call that finds none free waits, and that counts
Timed = tuple[str, int, int, int]  # key, when it was due, when it was answered, status


class Clients:
    def __init__(self) -> None:
        self.subject: Subject | None = None
        self.numbers = time.time_ns()
        self.turns: dict[int, int] = {}

    async def face(self, name: str, values: dict[str, Any]) -> None:
        """Talk to this program from now on."""
        self.subject = subject(name, values)
        self.turns.clear()
        self.line = Line(self.subject.port)

    async def order(self) -> tuple[str, int, int, int]:
        """Place one order."""
        assert self.subject
        self.numbers += 1
        ask = self.subject.order(self.numbers)
        began = time.monotonic_ns()
        status, body = await self.line.call(ask)
        ended = time.monotonic_ns()
        return (self.subject.key_of_order(body) if status == 201 else ""), began, ended, status

    async def call(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        """Do any one call."""
        assert self.subject
        ask = request(method, path, body.encode(), token=self.subject.token)
        status, answer = await self.line.call(ask)
        return status, answer.decode()

    async def post(self, bodies: list[str], path: str) -> list[Timed]:
        """Post these all at once."""
        assert self.subject
        token = self.subject.token
        return await asyncio.gather(
            *(self._post(request("POST", path, body.encode(), token=token)) for body in bodies)
        )

    async def _post(self, ask: bytes) -> Timed:
        assert self.subject
        line, began = Line(self.subject.port), time.monotonic_ns()
        status, answer = await line.call(ask)
        ended = time.monotonic_ns()
        line.close()
        return answer.decode(), began, ended, status

    async def moves(self, cards: list[int], clients: int, seconds: float) -> list[Timed]:
        """Move cards as fast as answers come, each client its own cards in turn."""
        done: list[Timed] = []
        until = time.monotonic() + seconds
        shares = [cards[place::clients] for place in range(min(clients, len(cards)))]
        await asyncio.gather(*(self._tap(share, until, done) for share in shares))
        return done

    async def _tap(self, cards: list[int], until: float, done: list[Timed]) -> None:
        assert self.subject
        line, place = Line(self.subject.port), 0
        while time.monotonic() < until:
            done.append(await self._move(line, cards[place % len(cards)], time.monotonic_ns()))
            place += 1
        line.close()

    async def steady(self, cards: list[int], rate: float, seconds: float) -> list[Timed]:
        """Move cards at a fixed rate, whatever the answers; time counts from when it was due."""
        assert self.subject
        free: asyncio.Queue[Line] = asyncio.Queue()
        for _ in range(OPEN_LOOP_LINES):
            free.put_nowait(Line(self.subject.port))
        began, tasks = time.monotonic(), []
        for number in range(int(rate * seconds)):
            due = began + number / rate
            if (pause := due - time.monotonic()) > 0:
                await asyncio.sleep(pause)
            card = cards[number % len(cards)]
            tasks.append(asyncio.create_task(self._when_free(free, card, int(due * 1e9))))
        done = await asyncio.gather(*tasks)
        while not free.empty():
            free.get_nowait().close()
        return done

    async def _when_free(self, free: "asyncio.Queue[Line]", card: int, due: int) -> Timed:
        line = await free.get()
        try:
            return await self._move(line, card, due)
        finally:
            free.put_nowait(line)

    async def _move(self, line: Line, card: int, due: int) -> Timed:
        assert self.subject
        turn = self.turns.get(card, 0)
        self.turns[card] = turn + 1
        ask, key = self.subject.move(card, turn)
        status, _ = await line.call(ask)
        return key, due, time.monotonic_ns(), status

    async def gets(self, path: str, etag: str, clients: int, seconds: float) -> dict[str, Any]:
        """Get the same thing as fast as answers come; return how often and with what status."""
        assert self.subject
        more = f'If-None-Match: "{etag}"\r\n' if etag else ""
        ask = request("GET", path, token=self.subject.token, more=more)
        until = time.monotonic() + seconds
        found: dict[int, int] = {}
        await asyncio.gather(*(self._get(ask, until, found) for _ in range(clients)))
        return {"rate": sum(found.values()) / seconds, "statuses": found}

    async def _get(self, ask: bytes, until: float, found: dict[int, int]) -> None:
        assert self.subject
        line = Line(self.subject.port)
        while time.monotonic() < until:
            status, _ = await line.call(ask)
            found[status] = found.get(status, 0) + 1
        line.close()


async def main() -> None:
    clients = Clients()
    names = ("face", "order", "call", "post", "moves", "steady", "gets")
    await serve({name: getattr(clients, name) for name in names})


if __name__ == "__main__":
    asyncio.run(main())
