"""Customer files and files of users, through the command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, transaction

from accounts.models import Account, BookEntry
from cadences.models import Touchpoint
from contacts.models import Commitment, Concern, Contact, Interaction
from imports import pipeline
from imports.mapping import parse
from imports.models import ImportBatch
from tests.factories import make_concern, make_promise, make_touchpoint, make_user
from users.models import User
from users.services import deactivate

Write = Callable[..., Path]
HEAD = "customer_id,company_name,contact_name,contact_title,postal_code,country,phone,region\n"
ROWS = (
    "007,Åkesson & Söner,Eva de la Cruz,Chefsköparin,01234,Sweden,08-123 45 67,NULL\n"
    "ACME,\"Acme, Machining\",NULL,,,usa,(503) 555-7555,OR\n"
)  # fmt: skip


Bring = Callable[..., dict[str, Any]]


class TestAccounts:
    def test_what_the_file_says_is_kept_as_written(self, bring: Bring, write: Write) -> None:
        report = bring("accounts", write(HEAD + ROWS), None, "--as-of", "1998-01-30")
        assert report["exit"] == 0
        assert report["counts"] == {"new": 2, "changed": 0, "unchanged": 0, "refused": 0, "contacts": 1}
        account = Account.objects.get(external_id="007")
        assert (account.name, account.postal_code, account.country.code) == ("Åkesson & Söner", "01234", "SE")
        assert (account.phone, account.phone_e164) == ("08-123 45 67", "+4681234567")
        assert (account.region, account.status, account.owner) == ("", "prospect", None)
        assert (account.facts_from, account.time_zone) == (date(1998, 1, 30), "Europe/Stockholm")
        contact = Contact.objects.get()
        assert (contact.first_name, contact.last_name, contact.is_main) == ("Eva", "de la Cruz", True)
        assert Account.objects.get(external_id="ACME").country.code == "US"

    def test_the_same_again_changes_nothing(self, bring: Bring, write: Write) -> None:
        bring("accounts", write(HEAD + ROWS))
        before = list(Account.objects.order_by("id").values()) + list(Contact.objects.values())
        report = bring("accounts", write(HEAD + ROWS))
        assert report["counts"] == {"new": 0, "changed": 0, "unchanged": 2, "refused": 0}
        assert list(Account.objects.order_by("id").values()) + list(Contact.objects.values()) == before

    def test_a_change_updates_and_an_empty_cell_leaves(self, bring: Bring, write: Write) -> None:
        bring("accounts", write(HEAD + ROWS))
        changed = '007,Åkesson AB,eva de la cruz,Vd,,,,NULL\nACME,"Acme, Machining",Bo Ek,,,,,\n'
        report = bring("accounts", write(HEAD + changed))
        assert report["counts"] == {"new": 0, "changed": 2, "unchanged": 0, "refused": 0, "contacts": 1}
        account = Account.objects.get(external_id="007")
        assert (account.name, account.phone, account.postal_code) == ("Åkesson AB", "08-123 45 67", "01234")
        assert account.contacts.get().job_title == "Vd"  # the same person: case and accents do not count

    def test_samples_show_what_changes_and_nothing_else(
        self, bring: Bring, write: Write, tmp_path: Path
    ) -> None:
        make_user("salesperson", external_id="5")
        head = "customer_id,company,seller,revenue\n"
        bring("accounts", write(head + "1,A,5,1500.5\n"))
        with transaction.atomic():
            found = pipeline.run(write(head + "1,B,5,1500.50\n"), parse("accounts", {}), apply=False)
        changes = [{"field": "Account name", "before": "A", "after": "B"}]
        assert found.samples == [{"row": 2, "key": "1", "status": "changed", "changes": changes}]

    def test_a_second_contact_does_not_take_the_place_of_the_main_one(
        self, bring: Bring, write: Write
    ) -> None:
        bring("accounts", write(HEAD + ROWS))
        bring("accounts", write(HEAD + "007,Åkesson & Söner,Per Ny,,,,,\n"))
        assert list(Contact.objects.order_by("id").values_list("last_name", "is_main")) == [
            ("de la Cruz", True),
            ("Ny", False),
        ]

    @pytest.mark.parametrize(
        ("row", "column", "words"),
        [
            ("1,A,,,,67000,,", "country", "“67000” is no country"),
            ("1,,,,,,,", "company_name", "Empty, but needed"),
            (",A,,,,,,", "customer_id", "Empty, but needed"),
            (f"1,{'n' * 201},,,,,,", "company_name", "201 characters"),
            ("1,A,,Owner,,,,", "contact_name", "needs a last name"),
            ("1,A,b,c,d", "", "5 cells where the header has 8"),
            ("007,A,,,,,,\n007,B,,,,,,", "customer_id", "Lines 2, 3 of this file have the same key “007”"),
        ],
    )
    def test_a_refused_row_says_where_and_why(
        self, bring: Bring, write: Write, row: str, column: str, words: str
    ) -> None:
        report = bring("accounts", write(f"{HEAD}{row}\nGOOD,Good,,,,,,\n"))
        assert report["exit"] == 1
        assert report["counts"]["new"] == 1
        refusal = report["refused"][0]
        assert (refusal["row"], refusal["column"]) == (2, column)
        assert words in refusal["reason"]

    def test_a_good_row_with_the_key_of_a_refused_one_is_refused(self, bring: Bring, write: Write) -> None:
        report = bring("accounts", write(HEAD + "7,A,,,,Atlantis,,\n7,A,,,,Spain,,\n"))
        assert (report["exit"], report["counts"]["refused"]) == (2, 2)
        assert not Account.objects.exists()

    def test_owner_by_id_or_mail_and_last_contact(self, bring: Bring, write: Write) -> None:
        seller = make_user("salesperson", external_id="5", email="kari@tend.example")
        make_user("reader", external_id="6")
        text = "customer_id,company,seller,last_contact\n"
        text += "1,A,5,1998-01-05\n2,B,Kari@Tend.example,\n3,C,9,\n4,D,6,\n"
        report = bring("accounts", write(text), None, "--as-of", "1998-01-30")
        assert [refusal["reason"].split(".")[0] for refusal in report["refused"]] == [
            "No user has the id or e-mail “9”",
            "“6” cannot own accounts: an owner is an active salesperson or manager",
        ]
        assert set(Account.objects.values_list("owner", "owner_since")) == {(seller.pk, date(1998, 1, 30))}
        talk = Interaction.objects.get()
        assert (talk.kind, talk.reached, talk.by_owner_side, talk.happened_on, talk.source, talk.user) == (
            "call", True, True, date(1998, 1, 5), "import", seller,
        )  # fmt: skip
        assert bring("accounts", write(text))["counts"]["unchanged"] == 2
        assert Interaction.objects.count() == 1

    def test_default_owner(self, bring: Bring, write: Write) -> None:
        seller = make_user("salesperson", external_id="5")
        bring("accounts", write(HEAD + ROWS), {"options": {"default_owner": "5"}})
        assert set(Account.objects.values_list("owner", flat=True)) == {seller.pk}
        report = bring("accounts", write(HEAD + ROWS), {"default_owner": "nobody@tend.example"})
        assert (report["exit"], report["field"]) == (2, "default_owner")

    def test_whom_a_file_takes_it_over_from_is_kept_but_not_a_supposed_owner(
        self, bring: Bring, write: Write
    ) -> None:
        """So that a new owner introduces themself, and the first one does not."""
        supposed, seller = (
            make_user("salesperson", external_id="5"),
            make_user("salesperson", external_id="6"),
        )
        third = make_user("salesperson", external_id="7")
        bring("accounts", write("customer_id,company\n1,A\n"), {"options": {"default_owner": "5"}})
        account = Account.objects.get()
        assert (account.owner, account.owner_before) == (supposed, None)
        for owner, before in ((seller, None), (seller, None), (third, seller)):
            bring("accounts", write(f"customer_id,company,seller\n1,A,{owner.external_id}\n"))
            account.refresh_from_db()
            assert (account.owner, account.owner_before) == (owner, before)

    def test_a_new_owner_takes_it_out_of_the_book_of_the_former(self, bring: Bring, write: Write) -> None:
        former, new = make_user("salesperson", external_id="5"), make_user("salesperson", external_id="6")
        bring("accounts", write("customer_id,company,seller\n1,A,5\n2,B,5\n"))
        moved, kept = Account.objects.order_by("external_id")
        for account in (moved, kept):
            BookEntry.objects.create(user=former, account=account, added_on=date(1998, 1, 1))
        BookEntry.objects.create(user=new, account=moved, added_on=date(1998, 1, 1))
        bring("accounts", write("customer_id,company,seller\n1,A,6\n2,B,5\n"))
        assert set(BookEntry.objects.values_list("user", "account")) == {
            (new.pk, moved.pk),
            (former.pk, kept.pk),
        }

    @pytest.mark.parametrize("door", ["accounts", "purchases"])
    def test_what_an_owner_who_left_had_noted_goes_to_the_new_one(
        self, bring: Bring, write: Write, door: str
    ) -> None:
        gone, here = make_user("salesperson", external_id="5"), make_user("salesperson", external_id="6")
        new = make_user("salesperson", external_id="7")
        bring("accounts", write("customer_id,company\n1,A\n"), {"options": {"default_owner": "5"}})
        bring("accounts", write("customer_id,company\n2,B\n"), {"options": {"default_owner": "6"}})
        for account in Account.objects.all():
            due = date(1998, 3, 1)
            make_promise(account, account.owner, due)
            make_concern(account, owner=account.owner)
            make_touchpoint(account, account.owner, due, kind="todo")
        deactivate(make_user("admin"), gone)
        if door == "accounts":
            bring("accounts", write("customer_id,company,seller\n1,A,7\n2,B,7\n"))
        else:
            head = "order_id,customer_id,order_date,amount,seller\n"
            bring("purchases", write(f"{head}1,1,1998-01-20,9,7\n2,2,1998-01-20,9,7\n"))
        assert set(Account.objects.values_list("owner", flat=True)) == {new.pk}
        for rows, column in (
            (Commitment.objects, "user"),
            (Concern.objects, "owner"),
            (Touchpoint.objects.filter(kind="todo"), "assignee"),
        ):
            whose = dict(rows.values_list("account__name", f"{column}_id"))
            assert whose == {"A": new.pk, "B": here.pk}, column

    def test_a_dry_run_writes_nothing(self, bring: Bring, write: Write) -> None:
        report = bring("accounts", write(HEAD + ROWS), None, "--dry-run")
        assert (report["counts"]["new"], report["batch"]) == (2, None)
        assert not Account.objects.exists()

    def test_quoted_phones_of_our_exports_come_back(self, bring: Bring, write: Write) -> None:
        bring("accounts", write(HEAD + "1,A,,,,NO,'+47 22 12 34 56,\n"))
        assert Account.objects.get().phone == "+47 22 12 34 56"

    def test_an_ambiguous_date_is_a_question(self, bring: Bring, write: Write) -> None:
        text = "customer_id,company,last_contact\n1,A,03/04/1998\n"
        report = bring("accounts", write(text))
        assert (report["exit"], report["field"]) == (2, "account.last_contacted_on")
        assert "“last_contact” has dates such as “03/04/1998” (line 2)" in report["error"]
        report = bring("accounts", write(text), {"date_order": "month_first"})
        assert Interaction.objects.get().happened_on == date(1998, 3, 4)


class TestMappings:
    @pytest.mark.parametrize(
        ("mapping", "field", "words"),
        [
            ({"account.nme": "company_name"}, "account.nme", "Did you mean “account.name”"),
            (
                {"account.external_id": "customer_id", "account.name": "compny_name"},
                "account.name",
                "mean “company_name”",
            ),
            ({"account.name": "company_name"}, "account.external_id", "which is needed"),
            ({"speed": 3}, "speed", "Unknown option"),
            ({"as_of": "tomorrow"}, "as_of", "no date"),
            ({"currency": "Euro"}, "currency", "no currency"),
            ({"date_order": "any"}, "date_order", "day_first, month_first"),
            ({"roles": ["admin"]}, "roles", "salesperson"),
            ({"account.name": 7}, "account.name", "must be a text"),
        ],
    )  # fmt: skip
    def test_what_does_not_fit_is_named(
        self, bring: Bring, write: Write, mapping: dict[str, Any], field: str, words: str
    ) -> None:
        report = bring("accounts", write(HEAD + ROWS), mapping)
        assert (report["exit"], report["field"]) == (2, field)
        assert words in report["error"]

    @pytest.mark.parametrize(
        "error", [OperationalError("the server went away"), PermissionError(13, "Permission denied", "f.csv")]
    )
    def test_what_breaks_says_that_nothing_was_written(
        self, bring: Bring, write: Write, monkeypatch: pytest.MonkeyPatch, error: Exception
    ) -> None:
        def breaks(*_args: Any, **_more: Any) -> None:
            raise error

        monkeypatch.setattr(pipeline, "run", breaks)
        report = bring("accounts", write(HEAD + ROWS))
        assert report["exit"] == 2
        assert "went away" in report["error"] or "f.csv: Permission denied" in report["error"]

    def test_no_copy_of_the_file_is_kept(self, bring: Bring, write: Write) -> None:
        report = bring("accounts", write(HEAD + ROWS))
        assert not ImportBatch.objects.get(pk=report["batch"]).file

    def test_no_json_and_no_file(self, bring: Bring, write: Write, tmp_path: Path) -> None:
        broken = write("{", name="broken.json")
        path = write(HEAD + ROWS)
        assert "is no JSON" in bring("accounts", path, None, "--mapping", str(broken))["error"]
        assert "no file" in bring("accounts", tmp_path / "none.csv")["error"]


class TestUsers:
    TEXT = (
        "employee_id,last_name,first_name,title,email\n"
        "1,Davolio,Nancy,Rep,NULL\n2,Fuller,Andrew,VP,Andrew@Example.com\n"
    )

    def test_they_are_there_but_not_invited(self, bring: Bring, write: Write) -> None:
        report = bring("users", write(self.TEXT))
        assert report["counts"]["new"] == 2
        nancy = User.objects.get(external_id="1")
        assert (nancy.display_name, nancy.email, nancy.roles, nancy.invited_at) == (
            "Nancy Davolio", None, ["salesperson"], None,
        )  # fmt: skip
        assert not nancy.has_usable_password()
        assert User.objects.get(external_id="2").email == "andrew@example.com"
        assert bring("users", write(self.TEXT))["counts"]["unchanged"] == 2

    def test_roles_are_an_option(self, bring: Bring, write: Write) -> None:
        bring("users", write(self.TEXT), {"options": {"roles": ["manager", "salesperson"]}})
        assert User.objects.get(external_id="1").roles == ["manager", "salesperson"]

    def test_a_mail_of_somebody_else_is_refused(self, bring: Bring, write: Write, admin: User) -> None:
        User.objects.filter(pk=admin.pk).update(external_id="A1")
        report = bring(
            "users", write(f"employee_id,name,email\n9,Impostor,{admin.email}\nA1,Ada,new@example.com\n")
        )
        assert [
            "belongs to Ada Admin" in report["refused"][0]["reason"],
            "signs in as" in report["refused"][1]["reason"],
        ] == [True, True]
        assert report["exit"] == 2
        admin.refresh_from_db()
        assert admin.email.startswith("user")

    def test_who_exists_by_mail_gets_the_id(self, bring: Bring, write: Write, admin: User) -> None:
        bring("users", write(f"employee_id,name,email\n9,Ada Admin,{admin.email}\n"))
        admin.refresh_from_db()
        assert (admin.external_id, admin.roles) == ("9", ["admin"])
