"""Many open screens at once: each asks every ten seconds whether there is anything new, and fetches what is."""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import brotli  # type: ignore[import-untyped]

EVERY = 10.0
"""Seconds between two questions of a screen."""
SPREAD = 0.1
"""A wall asks that much earlier or later by chance, so that not all ask at the same moment."""
PAGES, WALL = "/_dash-update-component", "/wall/scenes.json"


@dataclass
class Load:
    """What the screens saw: seconds of every answer, and how many were no proper answer."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    def p95(self) -> float:
        """The 95th percentile in seconds."""
        return statistics.quantiles(self.seconds, n=20)[-1] if len(self.seconds) > 20 else max(self.seconds)


@dataclass
class _Line:
    """A screen's connection, kept until the server closes it, as a browser keeps it."""

    host: str
    port: int
    load: Load
    stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, head: str, body: bytes = b"") -> tuple[int, bytes]:
        """Status and body of the answer to a request; over a connection that died meanwhile it is asked again."""
        begun = time.monotonic()
        request = f"{head}\r\nHost: {self.host}\r\nAccept-Encoding: br\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        old = self.stream is not None
        try:
            status, answer = await self._exchange(request + body)
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            if not old:
                raise
            status, answer = await self._exchange(request + body)
        self.load.seconds.append(time.monotonic() - begun)
        if status not in (200, 204, 304):
            self.load.failed += 1
        return status, answer

    async def _exchange(self, request: bytes) -> tuple[int, bytes]:
        if self.stream is None:
            self.stream = await asyncio.open_connection(self.host, self.port)
        reader, writer = self.stream
        writer.write(request)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = head.partition("content-length:")[2].split("\r\n")[0]
        body = await reader.readexactly(int(length)) if length else b""
        if "connection: close" in head:
            self.close()
        return int(head.split()[1]), body

    def close(self) -> None:
        """Hangs up."""
        if self.stream is not None:
            self.stream[1].close()
            self.stream = None


Round = Callable[[_Line], Awaitable[None]]
"""What a screen asks each time."""


def hold(
    host: str, port: int, asked: list[dict[str, Any]], screens: int, seconds: float, renew: Callable[[], None]
) -> Load:
    """Keeps ``screens`` open for ``seconds``; ``asked`` are a screen's questions, the first whether anything is new.

    ``renew`` is called every ten seconds: each screen then asks all the questions once.
    """
    bodies = [json.dumps(one).encode() for one in asked]

    def page() -> Round:
        async def ask(line: _Line) -> None:
            for body in bodies:
                await line.ask(f"POST {PAGES} HTTP/1.1\r\nContent-Type: application/json", body)

        return ask

    load = Load()
    asyncio.run(_hold(lambda: _Line(host, port, load), page, screens, seconds, renew, 0.0))
    return load


def hold_walls(host: str, port: int, screens: int, seconds: float, renew: Callable[[], None]) -> Load:
    """Keeps ``screens`` walls open for ``seconds``; each names what it has, and is sent what is new since.

    ``renew`` is called every ten seconds.
    """

    def wall() -> Round:
        had = ""

        async def ask(line: _Line) -> None:
            nonlocal had
            status, answer = await line.ask(f'GET {WALL} HTTP/1.1\r\nIf-None-Match: "{had}"')
            if status == 200:
                pressed = answer[:1] != b"{"
                had = json.loads(brotli.decompress(answer) if pressed else answer)["tag"]

        return ask

    load = Load()
    asyncio.run(_hold(lambda: _Line(host, port, load), wall, screens, seconds, renew, SPREAD))
    return load


async def _hold(
    call: Callable[[], _Line],
    sit_down: Callable[[], Round],
    screens: int,
    seconds: float,
    renew: Callable[[], None],
    spread: float,
) -> None:
    end = time.monotonic() + seconds
    chance = random.Random(7)

    async def rest(seconds: float) -> None:
        await asyncio.sleep(max(0.0, min(seconds, end - time.monotonic())))

    async def screen() -> None:
        line, ask = call(), sit_down()
        await rest(chance.uniform(0, EVERY))
        while time.monotonic() < end:
            begun = time.monotonic()
            try:
                await ask(line)
            except (OSError, asyncio.IncompleteReadError):  # turned away: as bad as no answer until the next question
                line.close()
                line.load.failed += 1
                line.load.seconds.append(EVERY)
            every = EVERY * chance.uniform(1 - spread, 1 + spread)
            await rest(every - (time.monotonic() - begun))
        line.close()

    async def news() -> None:
        while time.monotonic() < end:
            await asyncio.to_thread(renew)
            await rest(EVERY)

    await asyncio.gather(news(), *(screen() for _ in range(screens)))
