"""What a file may do to records that are there: keys, modes, policies of columns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Account
from contacts.models import Contact
from imports.cleaners import Habits, reference
from sales.models import Purchase
from tests.factories import make_account, make_contact, make_user

Write = Callable[..., Path]
Bring = Callable[..., dict[str, Any]]


def opted(**options: Any) -> dict[str, Any]:
    return {"options": options}


class TestKeys:
    """By what a row finds its account."""

    def test_by_name_and_country(self, bring: Bring, write: Write) -> None:
        acme = make_account(name="Åcme  GmbH", country="DE")
        make_account(name="Acme GmbH", country="AT")
        text = "company,country,city,customer_id\nacme  gmbh,Germany,Köln,77\nBorg,Norway,Oslo,\n"
        report = bring("accounts", write(text), opted(match="name_country"))
        assert report["counts"] == {"new": 1, "changed": 1, "unchanged": 0, "refused": 0}
        acme.refresh_from_db()
        assert (acme.city, acme.external_id, acme.name) == ("Köln", "77", "Åcme  GmbH")
        assert Account.objects.get(name="Borg").external_id is None
        again = bring("accounts", write(text), opted(match="name_country"))
        assert again["counts"] == {"new": 0, "changed": 0, "unchanged": 2, "refused": 0}

    def test_without_ids_and_without_a_word_name_and_country_find_them(
        self, bring: Bring, write: Write
    ) -> None:
        acme = make_account(name="Acme", country="NO")
        report = bring("accounts", write("company,country,city\nAcme,Norway,Oslo\nBorg,Norway,Vik\n"))
        assert report["counts"] == {"new": 1, "changed": 1, "unchanged": 0, "refused": 0}
        assert "found by name and country" in " ".join(report["notes"])
        acme.refresh_from_db()
        assert acme.city == "Oslo"

    def test_without_a_column_of_ids_none_is_needed(self, bring: Bring, write: Write) -> None:
        columns = {"account.name": "company", "account.city": "city"}  # said, and none of them is an id
        report = bring("accounts", write("company,city\nAcme,Oslo\n"), columns)
        assert report["field"] == "account.external_id"
        assert bring("accounts", write("company,city\nAcme,Oslo\n"), opted(match="name_country"))["exit"] == 0

    def test_several_that_fit_are_named_and_none_is_chosen(self, bring: Bring, write: Write) -> None:
        make_account(name="Acme", city="Oslo", external_id="A1")
        make_account(name="ACME", city="Bergen", external_id="A2")
        report = bring("accounts", write("company,phone\nAcme,1\nBorg,2\n"), opted(match="name_country"))
        assert report["counts"]["refused"] == 1
        refusal = report["refused"][0]
        assert (refusal["row"], refusal["column"]) == (2, "company")
        assert "2 accounts fit this row: Acme (Oslo, id A1); ACME (Bergen, id A2)" in refusal["reason"]
        assert not Account.objects.exclude(phone="2").exclude(phone="").exists()

    def test_by_email_of_the_account_or_of_somebody_there(self, bring: Bring, write: Write) -> None:
        acme = make_account(name="Acme", email="Info@Acme.example")
        borg = make_account(name="Borg")
        make_contact(borg, email="per@borg.example", last_name="Vik", first_name="Per")
        text = (
            "company,company_email,contact_name,contact_email,city\n"
            "ACME Ltd,info@acme.example,,,Oslo\nBorg,,Per Vik,per@borg.example,Bergen\nNew,,,,Vik\n"
        )
        report = bring("accounts", write(text), opted(match="email"))
        assert report["counts"] == {"new": 0, "changed": 2, "unchanged": 0, "refused": 1}
        assert "found by it" in report["refused"][0]["reason"]
        acme.refresh_from_db()
        borg.refresh_from_db()
        assert (acme.city, borg.city, Contact.objects.count()) == ("Oslo", "Bergen", 1)

    def test_by_phone_however_it_is_written(self, bring: Bring, write: Write) -> None:
        acme = make_account(name="Acme", country="NO", phone="22 12 34 56", phone_e164="+4722123456")
        text = "company,phone,city\nAcme AS,+47 (22) 123456,Oslo\nBorg,22 33,Bergen\n"
        report = bring("accounts", write(text), opted(match="phone"))
        assert report["counts"] == {"new": 0, "changed": 1, "unchanged": 0, "refused": 1}
        assert "cannot be dialled" in report["refused"][0]["reason"]
        acme.refresh_from_db()
        assert (acme.city, acme.name) == ("Oslo", "Acme AS")

    def test_two_rows_for_one_account(self, bring: Bring, write: Write) -> None:
        make_account(name="Acme", email="info@acme.example")
        make_contact(Account.objects.get(), email="eva@acme.example")
        text = "company,company_email\nAcme,info@acme.example\nAcme,eva@acme.example\n"
        report = bring("accounts", write(text), opted(match="email"))
        assert report["exit"] == 2
        assert "Lines 2, 3 of this file are the same account, “Acme”" in report["refused"][1]["reason"]

    @pytest.mark.parametrize(
        ("match", "rows"),
        [
            ("name_country", "Åcme  Maskin,Norway,,,\nacme maskin,NO,,,\n"),
            ("name_country", "Straße,Norway,,,\nSTRASSE,NO,,,\n"),
            ("name_country", "Acme,Norway,,,\nACME,,,,\n"),
            ("name_country", "Acme,Norway,,,\nACME,Norway,no address,,\n"),
            ("email", "Acme,,Info@Acme.example,,\nAcme AS,,post@acme.example,info@acme.example,Eva Lind\n"),
        ],
    )
    def test_two_rows_for_one_new_account(self, bring: Bring, write: Write, match: str, rows: str) -> None:
        """Neither is taken, and both are named: which of them holds is nobody's guess."""
        text = f"company,country,company_email,contact_email,contact_name\n{rows}Borg,Norway,b@b.example,,\n"
        report = bring("accounts", write(text), opted(match=match))
        assert [refusal["row"] for refusal in report["refused"]] == [2, 3]
        assert "Lines 2, 3 of this file" in report["refused"][0]["reason"]
        assert [account.name for account in Account.objects.all()] == ["Borg"]
        again = bring("accounts", write(text), opted(match=match))
        assert (again["counts"]["new"], again["counts"]["unchanged"]) == (0, 1)

    def test_one_name_in_two_countries_is_two_accounts(self, bring: Bring, write: Write) -> None:
        text = "company,country\nAcme,Norway\nAcme,Sweden\n"
        assert bring("accounts", write(text), opted(match="name_country"))["counts"]["new"] == 2
        assert bring("accounts", write(text), opted(match="name_country"))["counts"]["unchanged"] == 2

    def test_an_id_that_another_account_has(self, bring: Bring, write: Write) -> None:
        make_account(name="Borg", external_id="7")
        make_account(name="Vik", external_id="8")
        text = "company,customer_id\nAcme,7\nVik,9\nA,3\nB,3\n"
        report = bring("accounts", write(text), opted(match="name_country"))
        reasons = {refusal["row"]: refusal["reason"] for refusal in report["refused"]}
        assert "“7” belongs to another account, “Borg”" in reasons[2]
        assert set(reasons) == {2, 4, 5}
        assert Account.objects.get(name="Vik").external_id == "8"  # given once, never exchanged

    def test_only_for_accounts(self, bring: Bring, write: Write) -> None:
        report = bring("users", write("id,name\n1,A\n"), opted(match="email"))
        assert (report["exit"], report["field"]) == (2, "match")


class TestModes:
    @pytest.fixture
    def acme(self) -> Account:
        account: Account = make_account(name="Acme", external_id="1", city="Oslo")
        return account

    FILE = "customer_id,company,city,contact_name\n1,Acme,Bergen,Eva Lind\n2,Borg,Vik,Per Vik\n"

    def test_only_new_ones(self, bring: Bring, write: Write, acme: Account) -> None:
        report = bring("accounts", write(self.FILE), opted(mode="create"))
        assert report["counts"] == {
            "new": 1, "changed": 0, "unchanged": 0, "refused": 0, "skipped": 1, "contacts": 1,
        }  # fmt: skip
        acme.refresh_from_db()
        assert (acme.city, acme.contacts.count()) == ("Oslo", 0)

    def test_only_those_that_are_there_by_their_id_alone(
        self, bring: Bring, write: Write, acme: Account
    ) -> None:
        report = bring("accounts", write("customer_id,city\n1,Bergen\n2,Vik\n"), opted(mode="update"))
        assert report["counts"] == {"new": 0, "changed": 1, "unchanged": 0, "refused": 0, "skipped": 1}
        acme.refresh_from_db()
        assert (acme.name, acme.city, Account.objects.count()) == ("Acme", "Bergen", 1)

    @pytest.mark.parametrize(("mode", "count"), [("both", 2), ("create", 2), ("update", 1)])
    def test_of_purchases(self, bring: Bring, write: Write, acme: Account, mode: str, count: int) -> None:
        head = "order_id,customer_id,date,amount\n"
        bring("purchases", write(head + "10,1,2026-01-05,100\n"))
        bring("purchases", write(head + "10,1,2026-01-05,150\n11,1,2026-01-06,1\n"), opted(mode=mode))
        assert Purchase.objects.count() == count
        assert Purchase.objects.get(external_id="10").amount == (100 if mode == "create" else 150)


class TestPolicies:
    HEAD = "customer_id,company,city,phone,remarks,seller,employees,contact_name,contact_title\n"

    def test_overwrite_fill_never(self, bring: Bring, write: Write) -> None:
        kari, per = (make_user("salesperson", external_id=number) for number in "56")
        bring(
            "accounts", write(f"{self.HEAD}1,Acme,Oslo,,old,5,,Eva Lind,\n2,Borg,,22 11,,,7,Per Vik,Boss\n")
        )
        policies = {
            "account.city": "fill", "account.phone": "fill", "account.about": "never",
            "account.owner": "fill", "account.employees": "fill", "contact.job_title": "fill",
            "account.name": "overwrite",
        }  # fmt: skip
        text = (
            f"{self.HEAD}1,Acme AS,Bergen,33 44,new,6,9,Eva Lind,Chief\n2,Borg,Vik,55 66,new,6,9,Per Vik,Ex\n"
        )
        report = bring("accounts", write(text), opted(policies=policies))
        assert report["counts"]["changed"] == 2
        acme, borg = Account.objects.order_by("external_id")
        assert (acme.name, acme.city, acme.phone, acme.about) == ("Acme AS", "Oslo", "33 44", "old")
        assert (acme.owner, acme.employees, borg.owner, borg.employees) == (kari, 9, per, 7)
        assert (borg.city, borg.phone, borg.about, acme.owner_before) == ("Vik", "22 11", "", None)
        titles = Contact.objects.order_by("last_name").values_list("job_title", flat=True)
        assert list(titles) == ["Chief", "Boss"]
        again = bring("accounts", write(text), opted(policies=policies))
        assert again["counts"]["unchanged"] == 2

    def test_every_column_kept(self, bring: Bring, write: Write) -> None:
        bring("accounts", write("customer_id,company\n1,Acme\n"))
        keep = {"account.name": "never"}
        report = bring("accounts", write("customer_id,company\n1,Other\n2,New\n"), opted(policies=keep))
        assert (report["counts"]["new"], report["counts"]["unchanged"]) == (1, 1)
        assert set(Account.objects.values_list("name", flat=True)) == {"Acme", "New"}

    def test_of_purchases_and_users(self, bring: Bring, write: Write) -> None:
        make_account(external_id="1")
        head = "order_id,customer_id,date,about\n"
        bring("purchases", write(head + "10,1,2026-01-05,\n11,1,2026-01-05,first\n"))
        fill = opted(policies={"purchase.about": "fill", "purchase.purchased_on": "never"})
        bring("purchases", write(head + "10,1,2026-02-05,then\n11,1,2026-02-05,then\n"), fill)
        found = Purchase.objects.order_by("external_id").values_list("about", "purchased_on__month")
        assert list(found) == [("then", 1), ("first", 1)]
        bring("users", write("id,name,title\n7,Ann,Boss\n"))
        report = bring(
            "users", write("id,name,title\n7,Anna,X\n"), opted(policies={"user.job_title": "fill"})
        )
        assert report["counts"]["changed"] == 1

    @pytest.mark.parametrize(
        ("options", "field"),
        [
            ({"policies": {"account.nmae": "fill"}}, "account.nmae"),
            ({"policies": {"account.name": "maybe"}}, "policies"),
            ({"policies": ["account.name"]}, "policies"),
            ({"mode": "replace"}, "mode"),
            ({"match": "colour"}, "match"),
        ],
    )
    def test_what_is_not_known_is_said(
        self, bring: Bring, write: Write, options: dict[str, Any], field: str
    ) -> None:
        report = bring("accounts", write("customer_id,company\n1,A\n"), opted(**options))
        assert (report["exit"], report["field"]) == (2, field)


def test_a_name_with_a_comma_is_one_name_and_several_ids_are_not() -> None:
    said = [
        reference(cell, Habits()) for cell in ("Hansen, Olsen", "Müller, Anna", "a1, b2;c3", "003A; 003B")
    ]
    assert said == ["Hansen, Olsen", "Müller, Anna", "a1", "003A"]
