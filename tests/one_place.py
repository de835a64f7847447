"""One KPI seen from everywhere, in a process of its own: ``python -m tests.one_place FOLDER CODE`` prints what it saw.

The catalogue is whichever package ``kpi`` is found first. Facts are made, no part of the product is replaced.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from werkzeug.test import Client

from cli.main import main as command
from dashboard import language
from dashboard.app import create_app
from db.engine import make_engine, migrate
from kpi.catalogue import build
from kpi.document import markdown
from tests.dashboard_facts import SOURCES, fill, product

MONTH = ("--from", "2026-02-01", "--to", "2026-02-28", "--as-of", "2026-02-28")
ASKED = "?from=2026-02-01&to=2026-02-28"
PAGES = ("/", "/catalogue")
CHART = "/export/chart/overview/daily.csv"


def page(client: Client, path: str, search: str) -> list[str]:
    """All texts of a page, as the browser is told them."""
    named = "_pages_content.children"
    asked = next(one for one in client.get("/_dash-dependencies").get_json() if named in one["output"])
    given = {"pathname": path, "search": search}
    inputs = [{**one, "value": given[one["property"]]} for one in asked["inputs"]]
    state = [{**one, "value": {} if one["property"] == "data" else None} for one in asked["state"]]
    outputs = [
        dict(zip(("id", "property"), one.rsplit(".", 1), strict=True))
        for one in asked["output"].strip(".").split("...")
    ]
    body = {"output": asked["output"], "outputs": outputs, "inputs": inputs, "state": state, "changedPropIds": []}
    return list(texts(client.post("/_dash-update-component", json=body).get_json()))


def texts(node: Any) -> Iterator[str]:
    """Every text in an answer's JSON."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, (dict, list)):
        for one in node.values() if isinstance(node, dict) else node:
            yield from texts(one)


def seen(folder: Path, code: str) -> dict[str, Any]:
    """What the command line, the pages in both languages and the catalogue page of the guide say of the KPI."""
    url = f"sqlite:///{folder / 'hotline.db'}"
    engine = make_engine(url)
    migrate(engine)
    fill(engine)
    made = create_app(product(engine, folder, SOURCES)).server
    client, found = made.test_client(), dict[str, Any]()
    for name in (language.CHINESE, language.ENGLISH):
        client.set_cookie(language.COOKIE, name)
        search = f"{ASKED}&kpi={code}"
        found[name] = {path: page(client, path, search) for path in PAGES}
        found[name]["chart"] = client.get(CHART + search).get_data(as_text=True).splitlines()
    said = io.StringIO()
    with redirect_stdout(said):
        env = {"HOTLINE_DATA_DIR": str(folder), "HOTLINE_DATABASE_URL": url}
        assert command(["kpi", code, *MONTH, "--json"], env) == 0
    engine.dispose()
    return found | {"command": json.loads(said.getvalue())["values"][0], "document": markdown(build())}


if __name__ == "__main__":
    print(json.dumps(seen(Path(sys.argv[1]), sys.argv[2]), ensure_ascii=False))
