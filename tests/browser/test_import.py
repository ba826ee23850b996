"""The admin brings in the sample company in a real browser, at a desk and on a phone."""

from __future__ import annotations

import csv
import threading
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.db import connection
from playwright.sync_api import Page, expect

from accounts.models import Account
from imports import services
from sales.models import Purchase
from tests.factories import make_account, make_company, make_user
from tests.imports.conftest import northwind

__all__ = ["northwind"]

AXE = project.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "a-long-password-7"

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def office(
    request: Any, page: Page, live_server: Any, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Page:
    """An admin, signed in. A thread is the worker, so that the page sees it work."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    monkeypatch.setattr(services, "ring", lambda pk: threading.Thread(target=work, args=(pk,)).start())
    make_company(currency="EUR")
    admin = make_user("admin", password=PASSWORD, email="ada@tend.example")
    page.set_viewport_size({"width": request.param[0], "height": request.param[1]})
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    page.goto(f"{live_server.url}/auth/login/")
    page.fill("input[name=login]", admin.email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "login" not in address)
    page.goto(f"{live_server.url}/imports/")
    return page


def work(pk: int) -> None:
    services.work(pk)
    connection.close()


def check_page(page: Page) -> None:
    """Nothing wider than the screen, and what axe finds under WCAG 2.2 AA: nothing."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels too wide"
    page.evaluate("window.scrollTo(0, 0)")  # what lies half under the bars would count as too small
    # as a value, not as a script element: the content security policy refuses those
    page.evaluate(AXE.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate("tags => axe.run({runOnly: tags})", tags)
    problems = [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found["violations"]]
    assert not problems, f"{page.url}: {problems}"


def upload(page: Page, path: Path) -> None:
    page.goto(page.url.split("/imports/")[0] + "/imports/")
    page.get_by_role("link", name="Upload a file").first.click()
    expect(page.get_by_label("File")).to_be_visible()  # else the page before it would be looked at
    check_page(page)
    page.get_by_label("File").set_input_files(path)
    page.get_by_role("button", name="Upload").click()


def counts(page: Page) -> dict[str, int]:
    expect(page.locator("dl.counts")).to_be_visible(timeout=20_000)
    words = page.locator("dl.counts dt").all_inner_texts()
    numbers = page.locator("dl.counts dd").all_inner_texts()
    return {word: int(number.replace(",", "")) for word, number in zip(words, numbers, strict=True)}


def test_the_sample_company_comes_in(office: Page, northwind: Path, tmp_path: Path) -> None:
    expect(office.get_by_text("No file has come in yet")).to_be_visible()
    check_page(office)
    rows = {"employees": 9, "customers": 91, "orders": 830, "order-details": 2155}
    for name, expected in rows.items():
        upload(office, northwind / f"{name}.csv")
        expect(office.get_by_role("heading", name=f"{name}.csv")).to_be_visible()
        check_page(office)
        if office.get_by_label("Currency").count():
            office.get_by_label("Currency").fill("USD")
        office.get_by_role("button", name="Check the file").click()
        assert counts(office) == {"new": expected, "changed": 0, "unchanged": 0, "refused": 0}
        check_page(office)
        office.get_by_role("button", name=f"Import {expected:,} rows").click()
        expect(office.get_by_text("Done.")).to_be_visible()
        assert counts(office)["new"] == expected
    check_page(office)
    assert Purchase.objects.count() == 830
    assert Account.objects.filter(owner__external_id="2").count() == 16

    upload(office, northwind / "broken" / "customers.csv")
    office.get_by_role("button", name="Check the file").click()
    assert counts(office) == {"new": 0, "changed": 0, "unchanged": 67, "refused": 24}
    expect(office.get_by_text("“67000” is no country")).to_be_visible()
    check_page(office)
    with office.expect_download() as download:
        office.get_by_role("link", name="Download with reasons").click()
    target = tmp_path / download.value.suggested_filename
    download.value.save_as(target)
    with target.open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert len(lines) == 24
    assert all("is no country" in line["refused because"] for line in lines)


def test_an_address_list_without_ids_comes_in_and_is_taken_back(office: Page, tmp_path: Path) -> None:
    """Found by name, filled where empty; the columns kept for the next file; all of it undone."""
    make_account(name="Acme Machining", country="NO", city="Oslo", about="Rings on Fridays")
    path = tmp_path / "address-list.csv"
    rows = 'acme machining,Norway,Bergen,"1.250,5"\nBorg,Norway,Vik,2\n'
    path.write_text(f"Company,Country,Town,Turnover\n{rows}")
    upload(office, path)
    office.get_by_label("What happens where “Town”").select_option("fill")
    expect(office.get_by_label("An account is found by")).to_have_value("name_country")
    office.get_by_label("Keep columns and options as").fill("Address list of the fair")
    check_page(office)
    office.get_by_role("button", name="Check the file").click()
    assert counts(office) == {"new": 1, "changed": 1, "unchanged": 0, "refused": 0}
    expect(office.get_by_text("1,250.50")).to_be_visible()
    check_page(office)
    office.get_by_role("button", name="Import 2 rows").click()
    expect(office.get_by_text("Done.")).to_be_visible()
    check_page(office)
    Account.objects.filter(name="Borg").update(about="A promising one")

    office.get_by_role("link", name="Take it back …").click()
    assert counts(office) == {"removed again": 0, "as they were before": 1, "kept": 1}
    check_page(office)
    office.get_by_role("button", name="Take it back").click()
    expect(office.get_by_text("Taken back.")).to_be_visible(timeout=20_000)
    expect(office.get_by_text("Changed since the import.")).to_be_visible()
    check_page(office)
    acme = Account.objects.get(city="Oslo")
    assert (acme.name, acme.yearly_revenue, acme.about) == ("Acme Machining", None, "Rings on Fridays")

    upload(office, path)
    expect(office.get_by_text("as in “Address list of the fair”")).to_be_visible()
    check_page(office)
    office.get_by_role("link", name="All kept mappings").click()
    check_page(office)


def test_what_only_a_person_knows_is_asked_beside_the_column_and_among_the_options(
    office: Page, tmp_path: Path
) -> None:
    make_user("salesperson", display_name="Kari Holm", external_id="K1")
    path = tmp_path / "kunder.csv"
    path.write_text(
        "customer_id,company,owner,last_contact,revenue\n"
        '1,Acme Machining,Kåri Holm,03/04/2026,"1,250.50"\n2,Borg,Sam Who,05/04/2026,"900.00"\n'
    )
    upload(office, path)
    order = office.get_by_label("How “last_contact” is read")
    expect(order).to_be_visible()
    expect(office.get_by_label("How “revenue” is read")).to_have_count(0)
    check_page(office)
    office.get_by_role("button", name="Check the file").click()
    expect(office.get_by_text("can be read two ways")).to_be_visible(timeout=20_000)
    office.get_by_role("link", name="Change columns and options").click()
    expect(order).to_be_in_viewport()
    order.select_option("day_first")
    office.get_by_role("button", name="Check the file").click()
    assert counts(office)["new"] == 2
    expect(office.get_by_text("3 April 2026")).to_be_visible()
    expect(office.get_by_text("Choose among the options who is meant")).to_be_visible()
    office.get_by_role("link", name="Change columns and options").click()
    office.get_by_label("The owner “Sam Who” is").select_option("Kari Holm")
    check_page(office)
    office.get_by_role("button", name="Check the file").click()
    counts(office)
    expect(office.get_by_text("Choose among the options who is meant")).to_have_count(0)
    office.get_by_role("button", name="Import 2 rows").click()
    expect(office.get_by_text("Done.")).to_be_visible(timeout=20_000)
    assert set(Account.objects.values_list("owner__external_id", flat=True)) == {"K1"}
