"""A whole import taken back: what it changed and made is as before, what somebody went on with stays."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.utils import timezone

from accounts.models import Account, BookEntry
from cadences.models import Touchpoint
from contacts.models import Contact, Interaction
from imports import services
from imports.duplicates import finding
from imports.models import AccountPair, ChangedRow, CreatedRows, ImportBatch, ImportedOwner
from imports.targets import OF_KIND
from imports.undo import rules
from imports.undo import services as undo
from sales.models import Purchase, PurchaseLine
from tests.factories import make_concern, make_user
from users.models import Company, User

Bring = Callable[..., dict[str, Any]]
Write = Callable[..., Path]
HEAD = "customer_id,company,city,phone,contact_name,last_contact,seller\n"
KEPT = (Account, Contact, Interaction, Purchase, PurchaseLine, ImportedOwner, BookEntry, User, Company)


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    """A day of its own, on which time goes on."""
    with time_machine.travel("2026-11-26 10:00+00:00"):
        yield


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "ring", services.work)


def everything() -> dict[str, list[Any]]:
    """Every record, but for the time stamp of the last change."""
    found = {}
    for model in KEPT:
        rows = [dict(row) for row in model._base_manager.order_by("pk").values()]
        for row in rows:
            row.pop("updated_at", None)
        found[model._meta.label] = rows
    return found


def taken_back(report: dict[str, Any], user: User) -> ImportBatch:
    batch = ImportBatch.objects.get(pk=report["batch"])
    assert undo.ask(user, batch)
    batch.refresh_from_db()
    assert (batch.state, batch.error) == ("undone", "")
    return batch


class TestWhole:
    def test_what_was_made_is_gone(self, bring: Bring, write: Write, admin: User) -> None:
        make_user("salesperson", external_id="5")
        before = everything()
        text = HEAD + "1,Acme,Oslo,22 11,Eva Lind,2026-01-05,5\n2,Borg,Vik,,Per Vik,,\n"
        report = bring("accounts", write(text), {"options": {"as_of": "2026-01-10"}})
        batch = ImportBatch.objects.get(pk=report["batch"])
        assert undo.foresee(batch) == {"restored": 0, "removed": 5, "kept": 0}
        batch = taken_back(report, admin)
        assert batch.undo_counts == {"restored": 0, "removed": 5, "gone": 0, "kept": 0}
        assert everything() == before
        assert not Touchpoint.objects.exists()
        assert not undo.can_be_undone(batch)

    def test_what_a_night_found_alike_is_nobodys_work(self, bring: Bring, write: Write, admin: User) -> None:
        bring("accounts", write(HEAD + "1,Borg & Co,Vik,22 11,,,\n"))
        report = bring("accounts", write(HEAD + "2,Borg and Co,Vik,22 11,,,\n"))
        finding.run(date(2026, 11, 26), "test", again=True)
        assert AccountPair.objects.exists(), "else this test shows nothing"
        assert taken_back(report, admin).undo_counts["kept"] == 0
        assert Account.objects.get().external_id == "1"

    def test_what_was_changed_is_as_it_was(self, bring: Bring, write: Write, admin: User) -> None:
        kari, _per = (make_user("salesperson", external_id=number) for number in "56")
        bring("accounts", write(HEAD + "1,Acme,Oslo,22 11,Eva Lind,,5\n2,Borg,Vik,,,,\n"))
        BookEntry.objects.create(
            user=kari, account=Account.objects.get(external_id="1"), added_on="2026-01-05"
        )
        before = everything()
        text = HEAD + "1,Acme AS,Bergen,33 22,eva LIND,2026-01-07,6\n2,Borg,Vik,,Bo Ek,,6\n3,New,,,,,\n"
        report = bring("accounts", write(text))
        assert not BookEntry.objects.exists()
        batch = taken_back(report, admin)
        assert batch.undo_counts["kept"] == 0
        assert everything() == before

    def test_purchases_and_their_owners(self, bring: Bring, write: Write, admin: User) -> None:
        for number in "56":
            make_user("salesperson", external_id=number)
        bring("accounts", write(HEAD + "1,Acme,,,,,\n2,Borg,,,,,\n"), {"options": {"default_owner": "5"}})
        head = "order_id,customer_id,date,amount,sales_rep\n"
        bring("purchases", write(head + "10,1,2026-01-05,100,5\n"))
        before = everything()
        text = head + "10,2,2026-01-06,150,6\n11,1,2026-02-06,9,6\n"
        report = bring("purchases", write(text), None, "--currency", "SEK")
        lines = bring("purchase_lines", write("order_id,line_no,price,quantity\n10,1,7,2\n11,1,5,1\n"))
        assert Purchase.objects.get(external_id="10").amount == 14
        taken_back(lines, admin)
        taken_back(report, admin)
        assert everything() == before
        assert Account.objects.get(external_id="2").status == "prospect"

    def test_users(self, bring: Bring, write: Write, admin: User) -> None:
        bring("users", write("id,name,title\n1,Ann,Boss\n"))
        before = everything()
        report = bring("users", write("id,name,title\n1,Anna,Chief\n2,Bo,\n"))
        taken_back(report, admin)
        assert everything() == before

    def test_the_history_names_the_door(self, bring: Bring, write: Write, admin: User) -> None:
        bring("accounts", write(HEAD + "1,Acme,,,,,\n"))
        taken_back(bring("accounts", write(HEAD + "1,Other,,,,,\n")), admin)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.metadata->>'user', c.metadata->>'door' FROM accounts_accountevent e "
                "JOIN pghistory_context c ON c.id = e.pgh_context_id WHERE e.name = 'Other'"
            )
            assert cursor.fetchall() == [(str(admin.pk), "import undo")]


class TestKept:
    """Somebody has gone on with a row."""

    def test_edited_since(self, bring: Bring, write: Write, admin: User) -> None:
        bring("accounts", write(HEAD + "1,Acme,Oslo,,,,\n2,Borg,Vik,,,,\n"))
        report = bring(
            "accounts", write(HEAD + "1,Acme,Bergen,,,,\n2,Borg,Voss,,,,\n3,New,,,,,\n4,Newer,,,,,\n")
        )
        Account.objects.filter(external_id="1").update(city="Trondheim")
        Account.objects.filter(external_id="2").update(about="a big one")  # not what the import wrote
        Account.objects.filter(external_id="3").update(name="Newest")
        batch = taken_back(report, admin)
        assert batch.undo_counts == {"restored": 1, "removed": 1, "gone": 0, "kept": 2}
        assert sorted((kept.name, kept.reason) for kept in batch.kept_rows.all()) == [
            ("Acme", "Changed since the import."), ("Newest", "Changed since the import."),
        ]  # fmt: skip
        found = Account.objects.order_by("external_id").values_list("name", "city", "about")
        assert list(found) == [("Acme", "Trondheim", ""), ("Borg", "Vik", "a big one"), ("Newest", "", "")]

    def test_work_that_hangs_on_it(self, bring: Bring, write: Write, admin: User) -> None:
        report = bring("accounts", write(HEAD + "1,Acme,,,Eva Lind,2026-01-05,\n2,Borg,,,Per Vik,,\n"))
        eva = Contact.objects.get(last_name="Lind")
        make_concern(eva.account, contact=eva)
        batch = taken_back(report, admin)
        assert set(batch.kept_rows.values_list("name", "reason")) == {
            ("Acme", "Somebody has gone on with it: concern."),
            ("Eva Lind", "Somebody has gone on with it: concern."),
        }
        assert list(Account.objects.values_list("name", flat=True)) == ["Acme"]
        assert not Interaction.objects.exists()

    def test_what_the_night_wrote_is_nobodys_work(self, bring: Bring, write: Write, admin: User) -> None:
        report = bring("accounts", write(HEAD + "1,Acme,,,,,\n"))
        Account.objects.update(status="former", tier_reason="a rule", former_since="2026-01-05")
        assert taken_back(report, admin).undo_counts["removed"] == 1

    def test_a_later_import_first_then_this_one(self, bring: Bring, write: Write, admin: User) -> None:
        accounts = bring("accounts", write(HEAD + "1,Acme,,,,,\n"))
        purchases = bring("purchases", write("order_id,customer_id,date,amount\n10,1,2026-01-05,100\n"))
        batch = taken_back(accounts, admin)
        assert batch.kept_rows.get().reason == "Somebody has gone on with it: purchase."
        taken_back(purchases, admin)
        batch = taken_back(accounts, admin)
        assert (batch.undo_counts["kept"], batch.undo_counts["removed"]) == (0, 1)
        assert not Account.objects.exists()

    def test_what_was_deleted_since_is_counted(self, bring: Bring, write: Write, admin: User) -> None:
        bring("accounts", write(HEAD + "1,Acme,,,,,\n"))
        report = bring("accounts", write(HEAD + "1,Other,,,,,\n"))
        Account.objects.all().delete()
        assert taken_back(report, admin).undo_counts == {"restored": 0, "removed": 0, "gone": 1, "kept": 0}

    def test_an_id_that_somebody_else_has_now(self, bring: Bring, write: Write, admin: User) -> None:
        bring("users", write("id,name,email\nA,Ann,ann@tend.example\n"))
        report = bring("users", write("id,name,email\nA2,Ann,ann@tend.example\n"))
        if report["exit"]:  # ids of users are not exchanged by import
            return
        make_user("reader", external_id="A")
        assert "belongs to another record" in taken_back(report, admin).kept_rows.get().reason


class TestWhen:
    def test_for_30_days(self, bring: Bring, write: Write, admin: User) -> None:
        report = bring("accounts", write(HEAD + "1,Acme,,,,,\n"))
        batch = ImportBatch.objects.get(pk=report["batch"])
        with time_machine.travel(timezone.now() + timedelta(days=29)):
            assert (undo.can_be_undone(batch), undo.forget_journals()) == (True, 0)
        with time_machine.travel(timezone.now() + timedelta(days=31)):
            assert not undo.ask(admin, batch)
            assert undo.forget_journals() == 1
        assert not CreatedRows.objects.exists()

    def test_prior_values_of_an_erased_person_are_gone(self, bring: Bring, write: Write) -> None:
        bring("accounts", write(HEAD + "1,Acme,,,Eva Lind,,\n"))
        bring("accounts", write(HEAD + "1,Acme,,,EVA Lind,,\n"))
        contact = Contact.objects.get()
        assert ChangedRow.objects.get().before == {"first_name": "Eva"}
        assert undo.forget_values("contacts.Contact", [contact.pk]) == 1


def test_machine_made_models_are_models() -> None:
    """A model that is renamed would else silently count as somebody's work, or a column as nobody's."""
    for name in rules.MACHINE_MADE:
        app, model, *field = name.split(".")
        found = apps.get_model(app, model)
        assert not field or found._meta.get_field(field[0])
    for label, columns in rules.MACHINE_COLUMNS.items():
        known = {field.column for field in apps.get_model(label)._meta.concrete_fields}
        assert set(columns) <= known


@pytest.mark.parametrize("kind", sorted(OF_KIND))
def test_what_a_kind_of_file_changes_is_watched(kind: str) -> None:
    """Records changed or deleted by SQL without being watched before could not be taken back."""
    source = inspect.getsource(inspect.getmodule(OF_KIND[kind]) or OF_KIND[kind])
    writes = re.findall(r"(?:UPDATE|DELETE FROM|INSERT INTO) (?!judged|touched)[a-z]+_[a-z]+", source)
    assert not writes or "watch(" in source, f"{kind}: {writes}"
