"""Owners as exports of other systems name them: known by name, else told, with a choice. No row is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from imports import services
from imports.models import ImportBatch, SavedMapping
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

    @pytest.mark.parametrize("people", [{"Sam Who": "nobody@tend.example"}, {"Sam Who": 7}, ["Sam Who"]])
    def test_a_choice_that_is_none_is_named(self, bring: Bring, write: Write, per: User, people: Any) -> None:
        report = bring("accounts", write(self.TEXT), {"options": {"people": people}})
        assert (report["exit"], report["field"]) == (2, "people")

    @pytest.mark.django_db(transaction=True)
    def test_by_page(
        self, admin: User, per: User, client: Client, settings: Any, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        settings.MEDIA_ROOT = str(tmp_path / "media")
        monkeypatch.setattr(services, "ring", services.work)
        client.force_login(admin)
        batch = services.upload(admin, "accounts", SimpleUploadedFile("a.csv", self.TEXT.encode()))
        page, form = reverse("imports:map", args=[batch.pk]), {
            "c0": "account.external_id", "c1": "account.name", "c2": "account.owner", "as_of": "2026-05-01",
        }  # fmt: skip
        client.post(page, form)
        found = client.get(reverse("imports:detail", args=[batch.pk])).content.decode()
        assert "Choose among the options who is meant" in found
        asked = client.get(page).content.decode()
        for name in ("Kari Holm", "Sam Who", "gone@tend.example"):
            assert f"The owner “{name}” is" in asked
        said = {"who0": "K1", "who2": "-", "save_as": "Ours"}
        client.post(page, form | said)
        batch.refresh_from_db()
        assert (batch.state, batch.counts["new"], batch.counts["refused"]) == ("checked", 4, 0)
        kept = {"Kari Holm": "K1", "gone@tend.example": None}
        assert batch.options["people"] == SavedMapping.objects.get().options["people"] == kept
        again = client.get(page).content.decode()
        assert '<option value="K1" selected>' in again
        assert '<option value="-" selected>' in again
        client.post(reverse("imports:confirm", args=[batch.pk]))
        assert ImportBatch.objects.get().state == "done"
        assert self.owners() == [("A", "K1"), ("B", "K1"), ("C", None), ("D", None)]
