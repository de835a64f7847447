"""周报大屏 at /wall: a light page of its own behind the same guard as every other route.

A wall asks every few seconds whether there is anything new and names what it has; unless there is, the answer is an
empty 304 that costs one look at the data version. While new scenes are being made for one wall, the others keep theirs.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from pathlib import Path

from flask import Flask, Response, request

from dashboard import language, wall_data, wall_notices
from dashboard.data import Data, DatabaseGone
from dashboard.shell import fresh_key
from dashboard.target_routes import missing
from dashboard.texts import t
from dashboard.views import Freshness
from dashboard.wall_answers import Answer, LastAnswers
from dashboard.wall_asked import PATH, WallAsked, parse
from dashboard.wall_page import page

HERE = Path(__file__).resolve().parent
FILES = {"screen.css": "text/css", "screen.js": "text/javascript"}
FOLDER = HERE / "wall_files"
POLL_SECONDS = 10
A_SECOND = 1000
"""Milliseconds of a second: a test makes its seconds shorter, so that a day passes in half a minute."""
NOW = "Hotline-Now"
"""Header of every answer: the centre's wall time, so that a screen with a wrong clock shows the right one."""


def install(server: Flask, data: Data) -> None:
    """Adds the routes."""
    build, answers = fingerprint(), LastAnswers()
    server.add_url_rule(PATH, "wall", lambda: _page(data, build))
    server.add_url_rule(f"{PATH}/scenes.json", "wall_scenes", lambda: _scenes(data, build, answers))
    server.add_url_rule(f"{PATH}/files/<name>", "wall_file", _file)
    wall_notices.install(server, data)


def fingerprint() -> str:
    """Changes with every new version of what draws walls: a wall that meets another one loads itself anew."""
    mark = blake2b(digest_size=8)
    for path in sorted((*HERE.rglob("*.py"), *FOLDER.iterdir())):
        mark.update(path.read_bytes())
    return mark.hexdigest()


def _asked(data: Data) -> tuple[WallAsked, tuple[str, ...]]:
    query = {name: value for name, value in request.args.items() if isinstance(value, str)}
    return parse(query, [one.code for one in data.centres()], [one.code for one in data.sheets()])


def _page(data: Data, build: str) -> Response:
    try:
        asked, problems = _asked(data)
    except DatabaseGone:  # the frame stands, says so, and asks until the database is back
        asked, problems = WallAsked(), ()
    query = request.query_string.decode("utf-8", "replace")
    settings = {
        "build": build,
        "data": f"{PATH}/scenes.json" + (f"?{query}" if query else ""),
        "home": f"/?centre={asked.centre}" if asked.centre else "/",
        "every": asked.every * A_SECOND,
        "poll": POLL_SECONDS * A_SECOND,
        "pollSeconds": POLL_SECONDS,
        "scene": asked.scene,
        "paused": asked.paused,
        "problems": problems,
    }
    css, js = (f"{PATH}/files/{name}?m={build}" for name in FILES)
    return Response(page(asked, settings, css, js, demo=data.product.demo), mimetype="text/html")


def _file(name: str) -> Response:
    if name not in FILES:
        return missing("")
    response = Response((FOLDER / name).read_bytes(), mimetype=FILES[name])
    if request.args.get("m"):
        response.cache_control.private = True
        response.cache_control.max_age = 31_536_000
        response.cache_control.immutable = True
    return response


def _scenes(data: Data, build: str, answers: LastAnswers) -> Response:
    """What is new since what the wall names in If-None-Match: nothing, the moment of the data, or scenes too."""
    fresh = data.freshness()
    kind = language.current(), request.query_string.decode("latin-1")
    had = request.headers.get("If-None-Match", "").strip('"')
    try:
        figures = _mark(build, data.version(), *kind)
        tag = f"{figures}.{_mark(fresh_key(fresh))}"
        known = {"build": build, "tag": tag, "fresh": _fresh(fresh), "place": None, "scenes": None}
        if had == tag or had.partition(".")[0] == figures:
            answer = Answer(tag, known)
        else:
            answer = answers.newest(kind, lambda: Answer(tag, known | _made(data)))
    except DatabaseGone:
        return _timed(_json({"build": build, "gone": True}, 503), data)
    return _timed(Response(status=304) if had == answer.tag else _json(answer.body), data)


def _made(data: Data) -> dict[str, object]:
    place, scenes = wall_data.scenes(data, _asked(data)[0])
    return {
        "place": t("wall.place", centre=place) if place else None,
        "scenes": [[one.name, one.title, one.mark, one.html] for one in scenes],
    }


def _mark(*parts: str) -> str:
    return blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()


def _json(body: object, status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status=status, mimetype="application/json")


def _timed(response: Response, data: Data) -> Response:
    response.headers[NOW] = data.now().isoformat(timespec="milliseconds")
    return response


def _fresh(fresh: Freshness) -> dict[str, object]:
    """The moment of the data and of each source, with the minutes after which it counts as stopped."""
    return {
        "at": fresh.at.isoformat() if fresh.at is not None else None,
        "moments": {code: [at.isoformat(), limit] for code, (at, limit) in fresh.moments.items()},
    }
