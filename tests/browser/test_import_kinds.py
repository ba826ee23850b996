"""A move from another CRM in a real browser: a workbook with sheets, then an export that is recognised."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from accounts.models import Account
from contacts.models import Interaction
from tests.browser.test_import import check_page, counts, office, upload

__all__ = ["office"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CALLS = (
    "Record ID,Call Title,Call notes,Activity date,Activity assigned to,Call outcome,Call direction,"
    "Associated Company IDs\n"
    "77,Pump,<p>The seal leaks</p>,2024-03-05 14:30,Kari Holm,Connected,Outbound,9001\n"
    "78,Offer,,2024-03-06 09:00,Kari Holm,No answr,Outbound,9001\n"
)


def test_a_workbook_and_the_calls_of_another_crm(office: Page, tmp_path: Path) -> None:
    made = Workbook()
    made.active.title = "Old"
    made.active.append(["customer_id", "company_name"])
    made.active.append(["1", "Nobody"])
    sheet = made.create_sheet("Customers")
    sheet.append(["Record ID", "Company name", "Company owner", "Annual Revenue"])
    sheet.append([9001, "Acme Machining", "Kari Holm", 1234.5])
    made.save(tmp_path / "crm.xlsx")

    upload(office, tmp_path / "crm.xlsx")
    expect(office.get_by_text("“Old” is read")).to_be_visible()
    check_page(office)
    office.get_by_label("Sheet", exact=True).select_option("Customers")
    office.get_by_role("button", name="Read again").click()
    expect(office.get_by_label("Annual Revenue", exact=True)).to_have_value("account.yearly_revenue")
    office.get_by_role("button", name="Check the file").click()
    assert counts(office)["new"] == 1
    office.get_by_role("button", name="Import 1 row").click()
    expect(office.get_by_text("Done.")).to_be_visible()
    assert Account.objects.get().name == "Acme Machining"

    (tmp_path / "calls.csv").write_text(CALLS)
    upload(office, tmp_path / "calls.csv")
    expect(office.get_by_text("Recognised as an export of HubSpot: calls")).to_be_visible()
    expect(office.get_by_label("Rows that do not say their kind are", exact=True)).to_have_value("call")
    check_page(office)
    office.get_by_role("button", name="Check the file").click()
    assert counts(office) == {"new": 1, "changed": 0, "unchanged": 0, "refused": 1}
    expect(office.get_by_text("Did you mean “No answer”?")).to_be_visible()
    expect(office.get_by_text("no user here (Kari Holm)")).to_be_visible()
    check_page(office)
    office.get_by_role("button", name="Import 1 row").click()
    expect(office.get_by_text("Done.")).to_be_visible()
    assert Interaction.objects.get().summary == "Pump\nThe seal leaks\nBy Kari Holm."

    office.goto(office.url.split("/imports/")[0] + "/imports/")
    check_page(office)
    with office.expect_download() as download:
        office.get_by_role("link", name="Interactions: calls").click()
    assert download.value.suggested_filename == "interactions.csv"
