"""Many open screens at once: each asks every ten seconds whether there is anything new, and fetches what is."""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

EVERY = 10.0
"""Seconds between two questions of a screen."""


@dataclass
class Load:
    """What the screens saw: seconds of every answer, and how many were no proper answer."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    def p95(self) -> float:
        """The 95th percentile in seconds."""
        return statistics.quantiles(self.seconds, n=20)[-1] if len(self.seconds) > 20 else max(self.seconds)


def hold(
    host: str, port: int, asked: list[dict[str, Any]], screens: int, seconds: float, renew: Callable[[], None]
) -> Load:
    """Keeps ``screens`` open for ``seconds``; ``asked`` are a screen's questions, the first whether anything is new.

    ``renew`` is called every ten seconds: each screen then asks all the questions once.
    """
    load = Load()
    asyncio.run(_hold(host, port, asked, screens, seconds, renew, load))
    return load


async def _hold(
    host: str,
    port: int,
    asked: list[dict[str, Any]],
    screens: int,
    seconds: float,
    renew: Callable[[], None],
    load: Load,
) -> None:
    bodies = [json.dumps(one).encode() for one in asked]
    end = time.monotonic() + seconds
    chance = random.Random(7)

    async def screen() -> None:
        await asyncio.sleep(chance.uniform(0, EVERY))
        while time.monotonic() < end:
            begun = time.monotonic()
            try:
                await _round(host, port, bodies, load)
            except (OSError, asyncio.IncompleteReadError):  # turned away: as bad as no answer until the next question
                load.failed += 1
                load.seconds.append(EVERY)
            await asyncio.sleep(max(0.0, EVERY - (time.monotonic() - begun)))

    async def news() -> None:
        while time.monotonic() < end:
            await asyncio.to_thread(renew)
            await asyncio.sleep(EVERY)

    await asyncio.gather(news(), *(screen() for _ in range(screens)))


async def _round(host: str, port: int, bodies: Sequence[bytes], load: Load) -> None:
    """One screen's questions, as a browser asks them: over one connection until the server closes it."""
    stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    for body in bodies:
        begun = time.monotonic()
        if stream is None:
            stream = await asyncio.open_connection(host, port)
        stays = await _ask(*stream, host, body, load)
        load.seconds.append(time.monotonic() - begun)
        if not stays:
            stream[1].close()
            stream = None
    if stream is not None:
        stream[1].close()


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, body: bytes, load: Load) -> bool:
    """Asks and reads the answer. True where the connection stays open."""
    head = (
        f"POST /_dash-update-component HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Accept-Encoding: br\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
    answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    if " 200 " in answer[:20]:
        await reader.readexactly(int(answer.partition("content-length:")[2].split("\r\n")[0]))
    elif " 204 " not in answer[:20]:
        load.failed += 1
    return "connection: close" not in answer
