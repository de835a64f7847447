"""What is over a page leaves with it, and a click counts even where the page is redrawn under it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from dashboard import ids
from db.alert_rules import save_rules
from db.engine import bump_data_version, write
from kpi.alert_model import AlertKind, AlertRule
from tests.dashboard_browser import Site, Visitor, chromium, installation, serving, visitor

RULE = AlertRule("r", "接通率", AlertKind.DAY, "answer_rate", level=0.96)
DRAWER = ".ant-drawer-content"
REDRAWS_MS = 3_000
"""Long enough for the question whether anything is new, asked every second, and the redrawing after it."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def someone(browser: Browser, tmp_path: Path) -> Iterator[Visitor]:
    with installation(tmp_path) as made, serving(made) as site:
        name_rule(site, "一", "甲")
        with visitor(browser, site) as come:
            yield come


def name_rule(site: Site, *names: str) -> None:
    """Rules of these names: the list that shows them is redrawn."""
    made = site.product
    with write(made.engine) as conn:
        save_rules(conn, [replace(RULE, code=f"r{at}", name=name) for at, name in enumerate(names)], made.clock())
        bump_data_version(conn)


def opener(page: Page) -> tuple[float, float]:
    """The middle of the button that opens the second rule, once the page around it has come to rest."""
    button = page.locator("tr", has_text="甲").get_by_role("button", name="修改")
    button.scroll_into_view_if_needed()
    before, box = None, button.bounding_box()
    page.wait_for_load_state("networkidle")
    while box != before:
        page.wait_for_timeout(300)
        before, box = box, button.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_drawer_goes_with_the_page_it_belongs_to(someone: Visitor) -> None:
    page = someone.open("/calls")
    page.get_by_role("link", name="总览", exact=True).click()
    page.get_by_role("button", name="15秒接通率的口径与来源").click()
    expect(page.locator(DRAWER)).to_be_visible()
    page.go_back()
    expect(page.locator(".page.calls")).to_be_visible()
    expect(page.locator(DRAWER)).to_be_hidden()
    assert someone.troubles == []


def test_a_drawer_asked_for_does_not_open_over_the_next_page(someone: Visitor) -> None:
    page = someone.open("/")
    late: list[Route] = []

    def hold_back(route: Route) -> None:
        asked = json.loads(route.request.post_data or "{}")
        if ids.DRAWER in asked["output"]:
            late.append(route)
        else:
            route.continue_()

    page.route("**/_dash-update-component**", hold_back)
    page.get_by_role("button", name="15秒接通率的口径与来源").click()
    page.wait_for_timeout(200)
    page.get_by_role("link", name="话务", exact=True).click()
    expect(page.locator(".page.calls")).to_be_visible()
    assert late
    with page.expect_response(lambda answer: ids.DRAWER in (answer.request.post_data or "")):
        late[0].continue_()
    page.wait_for_timeout(500)
    expect(page.locator(DRAWER)).to_be_hidden()
    page.unroute("**/_dash-update-component**")
    page.go_back()
    page.get_by_role("button", name="15秒接通率的口径与来源").click()
    expect(page.locator(DRAWER)).to_be_visible()
    assert someone.troubles == []


def test_a_drawer_stays_while_the_page_does(someone: Visitor) -> None:
    page = someone.open("/alerts")
    page.mouse.click(*opener(page))
    expect(page.locator(DRAWER)).to_be_visible()
    name_rule(someone.site, "二", "甲")
    expect(page.locator("tr", has_text="二").first).to_be_visible()
    expect(page.locator(DRAWER)).to_be_visible()
    assert someone.troubles == []


def test_a_press_counts_though_the_button_is_redrawn_under_it(someone: Visitor) -> None:
    page = someone.open("/alerts")
    page.mouse.move(*opener(page))
    page.mouse.down()
    name_rule(someone.site, "二", "甲")
    page.wait_for_timeout(REDRAWS_MS)
    page.mouse.up()
    expect(page.locator(DRAWER)).to_be_visible()
    expect(page.locator("tr", has_text="二").first).to_be_visible()
    assert someone.troubles == []


def test_a_click_counts_while_what_is_new_is_on_its_way(someone: Visitor) -> None:
    page = someone.open("/alerts")
    place = opener(page)
    late: list[Route] = []

    def hold_back(route: Route) -> None:
        body = json.loads(route.request.post_data or "{}")
        if body.get("changedPropIds") == ["data-version.data"] and "alerts-digests" in body["output"]:
            late.append(route)
        else:
            route.continue_()

    page.route("**/_dash-update-component**", hold_back)
    name_rule(someone.site, "二", "甲")
    for _ in range(200):
        page.wait_for_timeout(50)
        if late:
            break
    assert late
    page.mouse.click(*place)
    page.wait_for_timeout(300)
    for route in late:
        route.continue_()
    expect(page.locator(DRAWER)).to_be_visible()
    expect(page.locator("tr", has_text="二").first).to_be_visible()
    assert someone.troubles == []


def test_a_click_counts_though_its_answer_comes_after_what_is_new(someone: Visitor) -> None:
    page = someone.open("/alerts")
    place = opener(page)
    late: list[Route] = []

    def hold_back(route: Route) -> None:
        body = json.loads(route.request.post_data or "{}")
        if ids.DRAWER in body["output"] and len(body["changedPropIds"]) == 1:
            late.append(route)
        else:
            route.continue_()

    page.route("**/_dash-update-component**", hold_back)
    page.mouse.click(*place)
    with page.expect_response(lambda answer: "alerts-digests" in (answer.request.post_data or "")):
        name_rule(someone.site, "二", "甲")
    page.wait_for_timeout(500)
    assert len(late) == 1
    late[0].continue_()
    expect(page.locator(DRAWER)).to_be_visible()
    expect(page.locator("tr", has_text="二").first).to_be_visible()
    assert someone.troubles == []


def test_a_press_of_the_space_bar_counts_too(someone: Visitor) -> None:
    page = someone.open("/alerts")
    opener(page)
    page.locator("tr", has_text="甲").get_by_role("button", name="修改").focus()
    page.keyboard.down(" ")
    name_rule(someone.site, "二", "甲")
    page.wait_for_timeout(REDRAWS_MS)
    page.keyboard.up(" ")
    expect(page.locator(DRAWER)).to_be_visible()
    expect(page.locator("tr", has_text="二").first).to_be_visible()
    assert someone.troubles == []
