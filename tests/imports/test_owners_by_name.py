"""Owners as exports of other systems name them: known by name, else told, with a choice. No row is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from imports import saved_mappings, services
from imports.models import ImportBatch, SavedMapping
from imports.targets import named_owners
from tests.factories import make_user
from users.models import User

Bring = Callable[..., dict[str, Any]]
Write = Callable[..., Path]

EXPORTS = {
    "HubSpot": "Record ID,Company name,Company owner,City,Lifecycle Stage\n1,Acme,{0},Oslo,Lead\n",
    "Salesforce": "Account ID,Account Name,Billing State/Province,Account Owner\n1,Acme,Viken,{0}\n",
    "EspoCRM": "id,name,billingAddressCity,assignedUserName\n1,Acme,Oslo,{0}\n",
    "Odoo": "External ID,Display Name,Company Type,Salesperson\n1,Acme,Company,{0}\n",
}


FORM = {"c0": "account.external_id", "c1": "account.name", "c2": "account.owner", "as_of": "2026-05-01"}


def owner() -> User | None:
    found: User | None = Account.objects.get().owner
    return found


@pytest.mark.parametrize("said", ["Åse Lind", "ASE LIND", "ase@tend.example", "U7"])
@pytest.mark.parametrize("system", list(EXPORTS))
def test_are_known_by_name_mail_or_id(bring: Bring, write: Write, system: str, said: str) -> None:
    ase = make_user("salesperson", display_name="Åse Lind", email="ase@tend.example", external_id="U7")
    make_user("salesperson", display_name="Åse Lindgren")
    make_user("salesperson", display_name="Åse Lind", is_active=False)
    text = EXPORTS[system].format(said)
    report = bring("accounts", write(text))
    assert (report["exit"], report["refused"], owner()) == (0, [], ase)
    assert not any("owner" in note for note in report["notes"])
    assert bring("accounts", write(text))["counts"]["unchanged"] == 1


class TestStrangers:
    TEXT = "customer_id,company,owner\n1,A,Kari Holm\n2,B,Kari Holm\n3,C,Sam Who\n4,D,gone@tend.example\n"

    @pytest.fixture
    def per(self, admin: User) -> User:
        """Somebody here; and two who are called the same."""
        make_user("salesperson", display_name="Kari Holm", external_id="K1")
        make_user("manager", display_name="Kåri Holm", external_id="K2")
        found: User = make_user("salesperson", display_name="Per Vik", external_id="P")
        return found

    def owners(self) -> list[tuple[str, str | None]]:
        return list(Account.objects.order_by("name").values_list("name", "owner__external_id"))

    def test_cost_no_row_and_are_told(self, bring: Bring, write: Write, per: User) -> None:
        report = bring("accounts", write(self.TEXT), {"options": {"default_owner": "P"}})
        assert [refusal["row"] for refusal in report["refused"]] == [5]
        nobody, several = report["notes"]
        assert "1 row names an owner who is no salesperson or manager here (Sam Who)" in nobody
        assert "2 rows name owners as several people here are called (Kari Holm)" in several
        assert self.owners() == [("A", "P"), ("B", "P"), ("C", "P")]

    def test_an_owner_who_is_there_stays(self, bring: Bring, write: Write, per: User) -> None:
        bring("accounts", write("customer_id,company,owner\n1,A,Per Vik\n"))
        assert (
            bring("accounts", write("customer_id,company,owner\n1,A,Sam Who\n"))["counts"]["unchanged"] == 1
        )
        assert self.owners() == [("A", "P")]

    def test_a_choice_says_who_they_are(self, bring: Bring, write: Write, per: User) -> None:
        people = {"kari holm": "K2", "Sam Who": None, "Gone@Tend.example": "P"}
        report = bring("accounts", write(self.TEXT), {"options": {"people": people}})
        assert (report["exit"], report["notes"]) == (0, [])
        assert self.owners() == [("A", "K2"), ("B", "K2"), ("C", None), ("D", "P")]

    def test_a_choice_is_taken_for_the_one_it_was_found_by(
        self, bring: Bring, write: Write, per: User
    ) -> None:
        make_user("salesperson", display_name="Ole Vang", email="ole@tend.example", external_id=None)
        people = {"Sam Who": "OLE@Tend.example", "Kari Holm": "K1", "gone@tend.example": "P"}
        report = bring("accounts", write(self.TEXT), {"options": {"people": people}})
        assert (report["exit"], report["refused"]) == (0, [])
        assert Account.objects.get(name="C").owner == User.objects.get(display_name="Ole Vang")

    def test_one_name_in_two_spellings_has_one_owner(self, bring: Bring, write: Write, per: User) -> None:
        people = {"Kari Holm": "K1", "KARI HOLM": "K2", "gone@tend.example": "P"}
        report = bring("accounts", write(self.TEXT), {"options": {"people": people}})
        assert (report["exit"], report["field"]) == (2, "people")
        assert "are one name" in report["error"]
        for same in ("K1", "k1@tend.example"):
            User.objects.filter(external_id="K1").update(email="k1@tend.example")
            mapping = {"options": {"people": people | {"KARI HOLM": same}}}
            assert bring("accounts", write(self.TEXT), mapping)["exit"] == 0
            assert self.owners()[:2] == [("A", "K1"), ("B", "K1")]

    @pytest.mark.parametrize("people", [{"Sam Who": "nobody@tend.example"}, {"Sam Who": 7}, ["Sam Who"]])
    def test_a_choice_that_is_none_is_named(self, bring: Bring, write: Write, per: User, people: Any) -> None:
        report = bring("accounts", write(self.TEXT), {"options": {"people": people}})
        assert (report["exit"], report["field"]) == (2, "people")

    @pytest.mark.django_db(transaction=True)
    def test_by_page(self, admin: User, per: User, office: Client) -> None:
        batch = services.upload(admin, "accounts", SimpleUploadedFile("a.csv", self.TEXT.encode()))
        page, form = reverse("imports:map", args=[batch.pk]), FORM
        office.post(page, form)
        found = office.get(reverse("imports:detail", args=[batch.pk])).content.decode()
        assert "Choose among the options who is meant" in found
        asked = office.get(page).content.decode()
        for name in ("Kari Holm", "Sam Who", "gone@tend.example"):
            assert f"The owner “{name}” is" in asked
        said = {"who0": "K1", "who2": "-", "save_as": "Ours"}
        office.post(page, form | said)
        batch.refresh_from_db()
        assert (batch.state, batch.counts["new"], batch.counts["refused"]) == ("checked", 4, 0)
        kept = {"Kari Holm": "K1", "gone@tend.example": None}
        assert batch.options["people"] == SavedMapping.objects.get().options["people"] == kept
        again = office.get(page).content.decode()
        assert '<option value="K1" selected>' in again
        assert '<option value="-" selected>' in again
        office.post(reverse("imports:confirm", args=[batch.pk]))
        assert ImportBatch.objects.get().state == "done"
        assert self.owners() == [("A", "K1"), ("B", "K1"), ("C", None), ("D", None)]

    @pytest.mark.django_db(transaction=True)
    def test_each_name_is_asked_for_once_and_a_choice_of_nobody_stays(
        self, admin: User, per: User, office: Client
    ) -> None:
        text = "customer_id,company,owner\n1,A,Sam Who\n2,B,SAM WHO\n3,C,sam who\n4,D,Eva Lind\n"
        batch = services.upload(admin, "accounts", SimpleUploadedFile("a.csv", text.encode()))
        page, form = reverse("imports:map", args=[batch.pk]), FORM
        office.post(page, form)
        batch.refresh_from_db()
        assert [(one["name"], one["rows"]) for one in batch.layout["strangers"]] == [
            ("Sam Who", 3), ("Eva Lind", 1),
        ]  # fmt: skip
        office.post(page, form | {"who0": "-"})
        batch.refresh_from_db()
        assert batch.options["people"] == {"Sam Who": None}
        shown = office.get(page).context["options"]
        office.post(page, form | {f"who{at}": shown[f"who{at}"].value() for at in range(len(shown.named))})
        batch.refresh_from_db()
        assert batch.options["people"] == {"Sam Who": None}

    @pytest.mark.django_db(transaction=True)
    def test_other_columns_ask_for_no_owner_of_the_old_ones(
        self, admin: User, per: User, office: Client
    ) -> None:
        batch = services.upload(admin, "accounts", SimpleUploadedFile("a.csv", self.TEXT.encode()))
        page = reverse("imports:map", args=[batch.pk])
        office.post(page, FORM)
        assert "The owner “Sam Who” is" in office.get(page).content.decode()
        columns = {"account.external_id": "customer_id", "account.name": "company"}
        saved = SavedMapping.objects.create(
            name="Less", kind="accounts", columns=columns, uses=sorted(columns.values()), created_by=admin
        )
        batch.refresh_from_db()
        assert saved_mappings.use(admin, batch, saved)
        assert "The owner “Sam Who” is" not in office.get(page).content.decode()


NAMES = ["Kari Holm", "Kari", "K. Holm 2", "Kari\u00a07", "7 Dwarfs", "Åse", ""]
IDS = ["K1", "7", "gone@tend.example", "Ünal9", "a\n7"]


@pytest.mark.django_db
@pytest.mark.parametrize("text", [*NAMES, *IDS])
def test_a_name_is_one_to_python_and_to_postgresql(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text !~ %s", [text, f"^{named_owners.ONE_WORD}$"])
        assert named_owners.is_name(text) is cursor.fetchone()[0] is (text in NAMES)
