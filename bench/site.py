"""The pages over the reference facts, at a stated moment: ``python -m bench.site DATA_DIR DATABASE_URL PORT NOW``."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from cli.web import bind, few_heaps, pages, serve_pages
from product import Product, build_product
from settings import load_settings
from targets.demo import give_sheets

CENTRE = "city"


def product_of(data_dir: str, url: str, now: str, port: int = 8050) -> Product:
    """The product on a database of the benchmark, its clock stopped at ``now``; with a target sheet in force."""
    moment = datetime.fromisoformat(now)
    env = {
        "HOTLINE_DATA_DIR": data_dir,
        "HOTLINE_DATABASE_URL": url,
        "HOTLINE_SOURCES": str(Path(__file__).with_name("sources.yaml")),
        "HOTLINE_PORT": str(port),
        "HOTLINE_DEMO": "off",
    }
    product = build_product(load_settings(env), {}, lambda: moment)
    give_sheets(product.engine, product.catalogue, CENTRE, moment.date())
    return product


def main(data_dir: str, url: str, port: str, now: str) -> None:
    """Serves until it is killed; says one line when it is up."""
    few_heaps()
    product = product_of(data_dir, url, now, int(port))
    socket = bind(product.settings)
    serve_pages(pages(product), socket, product.settings, lambda: print("up", flush=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
