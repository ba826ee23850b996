"""Everything is taken out, a person is read and erased, words are forgotten: at a desk and on a phone."""

from __future__ import annotations

import io
import threading
from datetime import date
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from imports.taking_out import archives
from tests.browser.test_import import check_page
from tests.factories import (
    make_account,
    make_company,
    make_contact,
    make_interaction,
    make_promise,
    make_user,
)

PASSWORD = "a-long-password-7"

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def office(
    request: Any, page: Page, live_server: Any, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> Page:
    """An admin, signed in. A thread is the worker, so that the page sees it work."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.TAKEN_OUT_ROOT = str(tmp_path / "taken_out")
    settings.ERASURES_FILE = str(tmp_path / "erasures.jsonl")
    monkeypatch.setattr(archives, "ring", lambda pk: threading.Thread(target=work, args=(pk,)).start())
    make_company(currency="EUR")
    admin = make_user("admin", password=PASSWORD, email="ada@tend.example")
    page.set_viewport_size({"width": request.param[0], "height": request.param[1]})
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    page.goto(f"{live_server.url}/auth/login/")
    page.fill("input[name=login]", admin.email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "login" not in address)
    return page


def work(pk: int) -> None:
    archives.work(pk)
    connection.close()


def test_take_out_erase_and_forget(office: Page, live_server: Any) -> None:
    account = make_account(name="Borg & Co")
    eva = make_contact(account, first_name="Eva", last_name="Lind", email="eva@borg.example")
    make_interaction(account, contact=eva, summary="She likes fish")
    make_interaction(account, summary="Eva Lind is on holiday")
    make_promise(account, None, date(2026, 12, 1), contact=eva)
    _take_everything_out(office, live_server.url)
    _read_and_erase(office, f"{live_server.url}/contacts/{eva.pk}/")
    _forget_old_words(office)


def _take_everything_out(page: Page, site: str) -> None:
    page.goto(f"{site}/data/")
    check_page(page)
    page.get_by_label("With the uploaded files").check()
    page.get_by_role("button", name="Make an archive").click()
    download = page.get_by_role("button", name="Download")
    expect(download).to_be_visible(timeout=60_000)
    check_page(page)
    with page.expect_download() as found:
        download.click()
    with open(found.value.path(), "rb") as content:
        archive = ZipFile(io.BytesIO(content.read()))
    assert b"eva@borg.example" in archive.read("csv/contacts_contact.csv")


def _read_and_erase(page: Page, person: str) -> None:
    page.goto(person)
    check_page(page)
    with page.expect_download() as found:
        page.get_by_role("link", name="All we hold, to read").click()
    assert found.value.suggested_filename.endswith(".pdf")
    page.get_by_role("link", name="Erase …").click()
    expect(page.get_by_role("heading", name="Erase Eva Lind")).to_be_visible()
    check_page(page)
    expect(page.get_by_label("Eva Lind is on holiday")).to_be_checked()
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text("Tick this: an erasure cannot be undone.")).to_be_visible()
    check_page(page)
    page.get_by_label("I know that this cannot be undone").check()
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_role("cell", name="They asked for it")).to_be_visible()
    check_page(page)
    page.goto(person)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Erased person")
    expect(page.get_by_text("She likes fish")).to_have_count(0)


def _forget_old_words(page: Page) -> None:
    page.goto(f"{page.url.split('/contacts/')[0]}/erase/")
    page.get_by_role("link", name="Change", exact=True).click()
    page.get_by_label("Notes", exact=True).select_option("2")
    page.get_by_role("button", name="Show what would go").click()
    expect(page.get_by_text("0 rows would lose their words tonight")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="These are the rules from tonight on").click()
    expect(page.get_by_role("heading", name="How long words are kept")).to_be_visible()
    expect(page.get_by_text("2 years")).to_be_visible()
