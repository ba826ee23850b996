"""Two files as an old German system writes them: everything at once that single tests take apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Account
from contacts.models import Contact, Interaction
from sales.models import Purchase
from tests.factories import make_user
from tests.imports.conftest import FILES

Bring = Callable[..., dict[str, Any]]
MAPPING = {
    "account.external_id": "Kundennummer",
    "account.name": "Firma",
    "contact.name": "Ansprechpartner",
    "contact.job_title": "Position",
    "account.street": "Straße",
    "account.postal_code": "PLZ",
    "account.city": "Ort",
    "account.country": "Land",
    "account.phone": "Telefon",
    "account.last_contacted_on": "Letzter Kontakt",
    "account.yearly_revenue": "Umsatz",
    "account.about": "Bemerkung",
}


def test_customers(bring: Bring) -> None:
    report = bring("accounts", FILES / "kunden.csv", MAPPING)
    assert "byte 0xDF in line 1), therefore read as Windows-1252" in report["notes"][0]
    assert (report["exit"], report["counts"]["new"], report["counts"]["refused"]) == (1, 2, 4)
    reasons = {refusal["row"]: (refusal["column"], refusal["reason"]) for refusal in report["refused"]}
    assert "Lines 5, 9 of this file have the same key “0003”" in reasons[5][1]
    assert reasons[5] == reasons[9]
    assert "13 cells where the header has 12" in reasons[7][1]
    assert reasons[8][0] == "Land"
    mill, oil = Account.objects.order_by("external_id")
    assert (mill.name, mill.street, mill.postal_code) == (
        "Müller & Söhne GmbH",
        "Hauptstraße 5; Hof",
        "01067",
    )
    assert (mill.phone, mill.phone_e164) == ("0351 / 49 11 22-0", "+493514911220")
    assert (mill.yearly_revenue, mill.about) == (Decimal("1234567.89"), 'mag "Tee",\r\nkeinen Kaffee')
    assert (oil.name, oil.postal_code, oil.about, oil.country.code) == (
        "Öl, Gas + Wärme",
        "08022",
        "=1+1",
        "CH",
    )
    people = Contact.objects.order_by("id").values_list("first_name", "last_name", "job_title")
    assert list(people) == [("Eva", "Lind", "Einkauf"), ("Piet", "van den Berg", "")]
    talks = Interaction.objects.order_by("id").values_list("happened_on", flat=True)
    assert list(talks) == [date(1998, 1, 5), date(1997, 12, 31)]
    assert bring("accounts", FILES / "kunden.csv", MAPPING)["counts"]["unchanged"] == 2


def test_orders(bring: Bring) -> None:
    make_user("salesperson", email="k.moe@example.com")
    bring("accounts", FILES / "kunden.csv", MAPPING)
    mapping = {
        "purchase.external_id": "Bestellnummer",
        "purchase.account": "Kundennummer",
        "purchase.sold_by": "Verkaeufer",
        "purchase.purchased_on": "Bestelldatum",
        "purchase.amount": "Betrag",
        "purchase.credit_note": "Gutschrift",
    }
    report = bring("purchases", FILES / "bestellungen.tsv", mapping, "--currency", "CHF")
    assert [(refusal["row"], refusal["column"]) for refusal in report["refused"]] == [
        (5, "Bestelldatum"),
        (6, "Betrag"),
    ]
    found = Purchase.objects.order_by("external_id").values_list("purchased_on", "amount", "currency")
    assert list(found) == [
        (date(1998, 2, 3), Decimal("1500.25"), "CHF"),
        (date(1998, 2, 28), Decimal("-250"), "CHF"),
        (date(1998, 3, 4), Decimal("99.9"), "CHF"),
    ]
    assert Account.objects.get(external_id="0001").owner.email == "k.moe@example.com"
    assert Account.objects.get(external_id="0002").owner is None
