"""From the queue of letters to the post, and the paper they are printed on; at a desk and on a phone."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from contacts.models import Interaction
from correspondence.letters import batches
from correspondence.models import Letterhead, Piece, PrintBatch
from tests import factories as make
from tests.browser.test_day import DESK, PASSWORD, PHONE, check_page, sign_in
from tests.browser.test_outbox import shot
from tests.correspondence.letters.conftest import letter
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAMES = ("Borg & Co", "Fjord Kraft", "Vereinigte Maschinenbau- und Anlagentechnikgesellschaft mbH & Co. KG")


@pytest.fixture
def ann(live_server: Any, settings: Any, tmp_path: Path) -> User:
    settings.MEDIA_ROOT = tmp_path
    make.make_company()
    fields = {"display_name": "Ann Admin", "email": "ann@tend.example", "password": PASSWORD}
    return make.make_user("salesperson", "admin", **fields)


@pytest.fixture
def queued(ann: User) -> list[Piece]:
    """Letters in two languages; one address lacks its street, one postal code is odd."""
    found = [letter(ann, name=name, language=language) for name in NAMES for language in ("nb", "de")]
    found.append(letter(ann, name="Acme Machining", street="", language="en"))
    found.append(letter(ann, name="Zumsteg AG", country="CH", postal_code="80", city="Zürich"))
    return found


@pytest.mark.parametrize(("size", "name"), [(DESK, "desk"), (PHONE, "phone")])
def test_from_the_queue_to_the_post(
    page: Page, live_server: Any, ann: User, queued: list[Piece], size: tuple[int, int], name: str
) -> None:
    sign_in(page, live_server, ann, size)
    page.goto(f"{live_server.url}/letters/")
    expect(page.get_by_text("letter stays behind when you print")).to_be_visible()
    check_page(page)
    shot(page, f"letters-queue-{name}")

    page.get_by_role("button", name="Print all 8").click()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    check_page(page)
    shot(page, f"letters-busy-{name}")
    batch = PrintBatch.objects.get()
    batches.work(batch.pk)  # what the worker does when it hears the bell
    expect(page.get_by_role("link", name="Open the PDF")).to_be_visible()
    expect(page.get_by_text("Missing in the address: street.")).to_be_visible()
    check_page(page)
    shot(page, f"letters-batch-{name}")

    page.get_by_role("button", name=re.compile("Print again .*Zumsteg AG")).click()
    expect(page.get_by_text("1 letter waits to be printed again.")).to_be_visible()
    page.get_by_label("Posted on").fill(date.today().isoformat())
    page.get_by_role("button", name="Posted: note it on 6 accounts").click()
    expect(page.get_by_text("Posted, and noted on the accounts.")).to_be_visible()
    check_page(page)
    assert Interaction.objects.filter(kind="letter").count() == 6
    page.get_by_role("link", name="Letters to print").first.click()
    expect(page.get_by_text("Printed lately")).to_be_visible()
    check_page(page)
    shot(page, f"letters-after-{name}")


@pytest.mark.parametrize(("size", "name"), [(DESK, "desk"), (PHONE, "phone")])
def test_the_paper_follows_what_is_typed(
    page: Page, live_server: Any, ann: User, size: tuple[int, int], name: str
) -> None:
    sign_in(page, live_server, ann, size)
    page.goto(f"{live_server.url}/letters/letterhead/")
    before = page.locator("#paper img").get_attribute("src")
    page.get_by_label("Street").fill("Storgata 1")
    page.get_by_label("City").fill("Oslo")
    expect(page.locator("#paper img")).not_to_have_attribute("src", before or "")
    check_page(page)
    shot(page, f"letterhead-{name}")
    assert not Letterhead.objects.exists()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert Letterhead.get().street == "Storgata 1"
