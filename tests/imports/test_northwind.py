"""The public sample company: a customer file, an order history and a sales force nobody here wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from contacts.models import Contact
from imports import services
from imports.models import ImportBatch
from sales.models import Purchase
from users.models import Company, User

Bring = Callable[..., dict[str, Any]]
FILES = {
    "users": "employees",
    "accounts": "customers",
    "purchases": "orders",
    "purchase_lines": "order-details",
}


def everything() -> list[Any]:
    models = (Account, Contact, Purchase)
    return [row for model in models for row in model.objects.order_by("id").values()]


def check_records() -> None:
    people = User.objects.filter(external_id__isnull=False)
    assert people.count() == 9
    assert {(user.email, user.invited_at, *user.roles) for user in people} == {(None, None, "salesperson")}
    assert (Account.objects.count(), Contact.objects.count()) == (91, 91)
    assert Contact.objects.filter(is_main=True).count() == 91
    assert Purchase.objects.count() == 830
    total = Purchase.objects.aggregate(total=Sum("amount"))["total"]
    assert total == Decimal("1265793.0395")
    assert f"{total:.2f}" == "1265793.04"
    assert set(Purchase.objects.values_list("currency", flat=True)) == {Company.get().currency} == {"USD"}
    owned = Counter(Account.objects.values_list("owner__external_id", flat=True))
    assert (owned["2"], owned["5"], owned[None]) == (16, 2, 2)
    strangers = Account.objects.filter(owner=None).values_list("external_id", "status")
    assert set(strangers) == {("FISSA", "prospect"), ("PARIS", "prospect")}
    assert Account.objects.filter(status="customer").count() == 89
    anatr = Account.objects.get(external_id="ANATR")
    assert (anatr.postal_code, anatr.city, anatr.phone, anatr.region) == (
        "05021",
        "México D.F.",
        "(5) 555-4729",
        "",
    )
    lacor = Account.objects.get(external_id="LACOR")
    assert str(lacor.became_customer_on) == "1998-01-29"
    assert str(lacor.facts_from) == str(lacor.owner_since) == "1998-01-30"


def test_by_command(bring: Bring, northwind: Path) -> None:
    for kind, name in FILES.items():
        report = bring(kind, northwind / f"{name}.csv", None, "--as-of", "1998-01-30", "--currency", "USD")
        assert (report["exit"], report["counts"]["refused"]) == (0, 0)
    check_records()
    before = everything()
    for kind, name in FILES.items():
        counts = bring(kind, northwind / f"{name}.csv")["counts"]
        assert (counts["new"], counts["changed"], counts["refused"]) == (0, 0, 0)
    assert everything() == before


def test_the_damaged_export_loses_exactly_its_shifted_customers(bring: Bring, northwind: Path) -> None:
    report = bring("accounts", northwind / "broken" / "customers.csv")
    assert (report["exit"], report["counts"]["new"], report["counts"]["refused"]) == (1, 67, 24)
    assert {refusal["column"] for refusal in report["refused"]} == {"country"}
    assert not Account.objects.filter(external_id__in=["LACOR", "BLONP", "SUPRD"]).exists()
    bring("users", northwind / "employees.csv")
    report = bring("purchases", northwind / "broken" / "orders.csv")
    assert report["counts"]["new"] + report["counts"]["refused"] == 830
    assert {refusal["column"] for refusal in report["refused"]} == {"customerID"}


@pytest.mark.django_db(transaction=True)
def test_by_page(
    admin: User,
    client: Client,
    northwind: Path,
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    monkeypatch.setattr(services, "ring", services.work)
    client.force_login(admin)
    for kind, name in FILES.items():
        content = (northwind / f"{name}.csv").read_bytes()
        client.post(reverse("imports:upload"), {"file": SimpleUploadedFile(f"{name}.csv", content)})
        batch = ImportBatch.objects.latest("id")
        assert batch.kind == kind  # found out from the columns
        chosen = {column: key for key, column in batch.mapping.items()}
        form = {f"c{i}": chosen.get(column, "") for i, column in enumerate(batch.layout["header"])}
        client.post(
            reverse("imports:map", args=[batch.pk]),
            form | {"as_of": "1998-01-30", "currency": "USD", "roles": ["salesperson"]},
        )
        client.post(reverse("imports:confirm", args=[batch.pk]))
        batch.refresh_from_db()
        assert (batch.state, batch.counts["refused"], batch.error) == ("done", 0, "")
    check_records()
