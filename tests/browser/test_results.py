"""Released survey results as a manager reads them, at a desk and on a phone."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.ballots import Ballots
from tests.browser.test_day import DESK, PASSWORD, PHONE, check_page, sign_in
from tests.surveys.results import worlds

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_results_fit_and_are_readable_by_all(
    page: Page, live_server: Any, ballots: Ballots, size: tuple[int, int]
) -> None:
    make.make_company()
    manager = make.make_user("manager", email="mona@tend.example", password=PASSWORD)
    programme = worlds.make_programme()
    first = worlds.make_wave(programme, "2025 Q3", closes=date(2025, 10, 28))
    invited = {"": 140, "tier:Large": 80, "tier:Small": 40, "tier:Medium": 20}
    worlds.settle(ballots, first, worlds.happy(60, seed=3), invited)
    second = worlds.make_wave(programme, "2025 Q4")
    said = worlds.happy(40) + worlds.happy(30, tier="Medium", seed=2) + worlds.happy(7, tier="Small", seed=9)
    worlds.settle(ballots, second, said, invited)
    few = worlds.make_wave(programme, "2026 Q1", closes=date(2026, 4, 28))
    worlds.settle(ballots, few, worlds.happy(4), invited)
    surplus = worlds.make_wave(programme, "2026 Q2", closes=date(2026, 7, 28))
    worlds.settle(ballots, surplus, worlds.happy(43), invited, mailed=42)

    sign_in(page, live_server, manager, size)
    page.goto(f"{live_server.url}/surveys/results/")
    expect(page.get_by_text("Fewer than 8 answers, held.")).to_be_visible()
    expect(page.get_by_text("more answers came than mails were sent")).to_be_visible()
    check_page(page)
    _keep(page, f"list-{size[0]}")
    page.get_by_role("link", name="2025 Q4").click()
    expect(page.get_by_role("heading", name="Would you recommend us?")).to_be_visible()
    expect(page.get_by_text("Not shown:").first).to_be_visible()
    check_page(page)
    _keep(page, f"detail-{size[0]}")
    page.get_by_role("link", name="Over time").click()
    expect(page.get_by_role("heading", name="After a purchase over time")).to_be_visible()
    check_page(page)
    _keep(page, f"history-{size[0]}")
    page.goto(f"{live_server.url}/feedback/contact/")
    check_page(page)
    _keep(page, f"contact-{size[0]}")


def _keep(page: Page, name: str) -> None:
    """A picture to look at, where somebody wants one."""
    if folder := os.environ.get("TEND_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
