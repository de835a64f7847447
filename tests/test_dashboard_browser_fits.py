"""What stands on narrow screens can be read to its end, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.dashboard_browser import DESK, PHONE, Site, chromium, installation, serving, visitor


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with installation(tmp_path_factory.mktemp("fits")) as made, serving(made) as running:
        yield running


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_what_the_target_takes_can_be_read_in_the_rows(browser: Browser, site: Site, size: dict[str, int]) -> None:
    with visitor(browser, site, size) as someone:
        page = someone.open("/?centre=district")
        page.wait_for_selector(".kpi-table .pace")
        page.evaluate(_LONG)
        found = page.evaluate(_CUT)
        assert found == {"rows": found["rows"], "cut": [], "beyond": 0}
        assert found["rows"] >= 1
        assert someone.troubles == []


_LONG = """() => document.querySelectorAll('.kpi-table .pace').forEach(line => {
  line.textContent = '全年:此后每天需 ≥ 92.7 %;还可不合格 294 件(已用 57 %);达成概率 > 99 %';
})"""
_CUT = """() => {
  const rows = [...document.querySelectorAll('.kpi-table .pace')], root = document.documentElement;
  const cut = rows.filter(e => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1);
  return {rows: rows.length, cut: cut.map(e => e.textContent), beyond: root.scrollWidth - root.clientWidth};
}"""


def test_every_stage_of_the_orders_can_be_read_on_a_phone(browser: Browser, site: Site) -> None:
    with visitor(browser, site, PHONE) as someone:
        page = someone.open("/orders?centre=district")
        page.wait_for_selector("#live-funnel-graph .bartext")
        texts, beyond = page.evaluate(_LABELS)
        assert any("一次性解答率" in text for text in texts)
        assert beyond == []
        assert someone.troubles == []


_LABELS = """() => {
  const labels = [...document.querySelectorAll('#live-funnel-graph .bartext')];
  const edge = document.querySelector('#live-funnel-graph .main-svg').getBoundingClientRect().right;
  const beyond = labels.filter(e => e.getBoundingClientRect().right > edge);
  return [labels.map(e => e.textContent), beyond.map(e => e.textContent)];
}"""
