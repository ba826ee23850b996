"""Dates and numbers are read column by column: by choice, by what the column tells, else like the others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from contacts.models import Commitment, Concern
from imports import habits, services
from imports.models import ImportBatch, SavedMapping
from tests.factories import make_account
from users.models import User

Bring = Callable[..., dict[str, Any]]
Write = Callable[..., Path]

PROMISES = "id,company,what,due_on,completed_on,by_us\n"
CONCERNS = "id,company,subject,opened,due,completed\n1,Acme,Leak,25/04/2026,04/30/2026,05/06/2026\n"
CONCERN = {
    "concern.external_id": "id", "concern.account": "company", "concern.what": "subject",
    "concern.opened_on": "opened", "concern.due_on": "due", "concern.resolved_on": "completed",
}  # fmt: skip
CUSTOMERS = 'customer_id,company,last_contact,revenue\n1,A,03/04/2026,"1,250"\n'


def test_each_column_tells_its_own(bring: Bring, write: Write) -> None:
    make_account(name="Acme")
    text = f"{PROMISES}1,Acme,Visit,04/25/2026,25/04/2026,us\n2,Acme,Call,05/06/2026,06/05/2026,us\n"
    assert bring("commitments", write(text))["exit"] == 0
    found = Commitment.objects.get(external_id="2")
    assert (found.due_on, found.closed_on) == (date(2026, 5, 6), date(2026, 5, 6))


def test_the_mark_of_one_column_is_none_of_the_other(bring: Bring, write: Write) -> None:
    text = "customer_id;company;revenue;employees\n1;A;1.234,50;1,234\n2;B;7,5;1,234,567\n"
    assert bring("accounts", write(text))["exit"] == 0
    assert Account.objects.values_list("yearly_revenue", "employees").get(name="A") == (1234.5, 1234)


def test_a_doubtful_column_is_read_like_the_others_and_it_is_said(bring: Bring, write: Write) -> None:
    make_account(name="Acme")
    text = f"{PROMISES}1,Acme,Visit,04/25/2026,,us\n3,Acme,Call,05/06/2026,05/07/2026,us\n"
    report = bring("commitments", write(text))
    assert "“05/07/2026” in column “completed_on” can be read two ways" in report["notes"][0]
    assert "month first, like the others" in report["notes"][0]
    assert Commitment.objects.get(external_id="3").closed_on == date(2026, 5, 7)


def test_where_the_others_differ_a_person_says_it_for_that_column(bring: Bring, write: Write) -> None:
    make_account(name="Acme")
    report = bring("concerns", write(CONCERNS), CONCERN)
    assert (report["exit"], report["field"]) == (2, "concern.resolved_on")
    assert "“completed” has dates such as “05/06/2026” (line 2)" in report["error"]
    chosen = {"options": {"habits": {"concern.resolved_on": "day_first"}}}
    assert bring("concerns", write(CONCERNS), CONCERN | chosen)["exit"] == 0
    assert Concern.objects.get().resolved_on == date(2026, 6, 5)


def test_a_choice_for_the_whole_file_gives_way_to_that_of_a_column(bring: Bring, write: Write) -> None:
    make_account(name="Acme")
    said = {"date_order": "day_first", "habits": {"concern.due_on": "month_first"}}
    assert bring("concerns", write(CONCERNS), CONCERN | {"options": said})["exit"] == 0
    found = Concern.objects.get()
    assert (found.due_on, found.resolved_on) == (date(2026, 4, 30), date(2026, 6, 5))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"concern.resolved_on": ","}, "no way to write"),
        ({"concern.what": "day_first"}, "no way to write"),
        ({"concern.resolved_on": "any"}, "one of"),
        ({"concern.resolved_on": ["day_first"]}, "one of"),
        (["concern.resolved_on"], "one of"),
        ({"concern.nothing": "day_first"}, "Unknown field"),
    ],
)
def test_what_is_no_habit_is_named(bring: Bring, write: Write, said: Any, words: str) -> None:
    report = bring("concerns", write(CONCERNS), CONCERN | {"options": {"habits": said}})
    assert report["exit"] == 2
    assert words in report["error"]


def uploaded(admin: User, text: str) -> ImportBatch:
    return services.upload(admin, "accounts", SimpleUploadedFile("customers.csv", text.encode()))


def read(batch: ImportBatch) -> dict[str, list[tuple[str, ...]]]:
    return {name: [cell.meant for cell in cells] for name, cells in habits.readings(batch).items()}


@pytest.mark.django_db(transaction=True)
class TestOnThePage:
    FORM = {"c0": "account.external_id", "c1": "account.name", "c2": "account.last_contacted_on",
            "c3": "account.yearly_revenue", "as_of": "2026-05-01"}  # fmt: skip

    def test_only_a_doubtful_column_is_asked_for(self, office: Client, admin: User) -> None:
        batch = uploaded(admin, CUSTOMERS + '2,B,03/05/2026,"1,250.50"\n')
        page = office.get(reverse("imports:map", args=[batch.pk])).content.decode()
        assert 'aria-label="How “last_contact” is read"' in page
        assert 'name="h2"' in page
        assert 'name="h3"' not in page

    def test_a_kept_mapping_keeps_the_choice(self, office: Client, admin: User) -> None:
        batch = uploaded(admin, CUSTOMERS)
        form = self.FORM | {"h2": "month_first", "h3": ",", "save_as": "Ours"}
        office.post(reverse("imports:map", args=[batch.pk]), form)
        kept = {"account.last_contacted_on": "month_first", "account.yearly_revenue": ","}
        assert SavedMapping.objects.get().options["habits"] == kept
        batch.refresh_from_db()
        assert (batch.state, batch.layout["habits"]) == ("checked", kept)
        again = uploaded(admin, CUSTOMERS)
        assert read(again) == {"last_contact": [("4 March 2026",)], "revenue": [("1.25",)]}

    def test_one_that_was_kept_for_whole_files_speaks_for_all_columns(
        self, office: Client, admin: User
    ) -> None:
        header = ["customer_id", "company", "last_contact", "revenue"]
        columns = {self.FORM[f"c{at}"]: name for at, name in enumerate(header)}
        SavedMapping.objects.create(
            name="Old", kind="accounts", columns=columns, uses=sorted(columns.values()), created_by=admin,
            options={"date_order": "day_first", "decimal_mark": "."},
        )  # fmt: skip
        batch = uploaded(admin, CUSTOMERS)
        assert read(batch) == {"last_contact": [("3 April 2026",)], "revenue": [("1,250.00",)]}
        page = office.get(reverse("imports:map", args=[batch.pk])).content.decode()
        assert '<option value="day_first" selected>' in page
        assert '<option value="." selected>' in page
