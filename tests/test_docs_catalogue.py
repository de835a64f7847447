"""The catalogue page of the user guide is what the catalogue says."""

from __future__ import annotations

from pathlib import Path

from kpi.catalogue import build
from kpi.document import markdown

PAGE = Path(__file__).resolve().parent.parent / "docs" / "kpi-catalogue.md"


def test_it_prints_the_catalogue_as_it_is() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown(build()), "run: python -m kpi.document > docs/kpi-catalogue.md"


def test_it_names_every_kpi_with_its_default_formula() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert "15秒内接通量 ÷ (接通量 + 放弃量)" in page
    assert all(f"`{kpi.code}`" in page for kpi in build())
