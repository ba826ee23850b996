"""Likely pairs among what is stored, what is typed and what is imported."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from accounts.models import Account
from core.models import JobRun
from imports.duplicates import deciding, finding
from imports.duplicates.found import ACCOUNTS, CONTACTS
from imports.duplicates.likely import accounts_like, contacts_like, likely_of
from imports.duplicates.rules import Facts, Reason
from imports.models import AccountPair, ContactPair
from tests import factories as make

pytestmark = pytest.mark.django_db


def pairs() -> list[tuple[str, str, list[str]]]:
    rows = AccountPair.objects.filter(state="open").order_by("first__name", "second__name")
    return [(row.first.name, row.second.name, row.reasons) for row in rows]


def test_pairs_are_found_whatever_tells_them() -> None:
    make.make_account(name="Borg & Co", phone="+47 22 33 44 55")
    make.make_account(name="Borg AS")
    make.make_account(name="Vik Pumps", email="post@vik.example", phone="55 00 11 22")
    make.make_account(name="Pumper fra Vik", website="https://www.vik.example", phone="+47 55001122")
    make.make_account(name="Alone")
    assert finding.find(ACCOUNTS) == 2
    assert pairs() == [
        ("Borg & Co", "Borg AS", ["name"]),
        ("Vik Pumps", "Pumper fra Vik", ["domain", "phone"]),
    ]


def test_the_same_person_at_two_accounts_says_something() -> None:
    one, other = make.make_account(name="Hollerbeck Tools"), make.make_account(name="Hollerbek Tools")
    for account in (one, other):
        make.make_contact(account, email="Eva@gmail.com")
    finding.find(ACCOUNTS)
    assert pairs() == [("Hollerbeck Tools", "Hollerbek Tools", ["name_alike", "person"])]


def test_a_number_of_many_says_nothing() -> None:
    for n in range(finding.MOST_PER_KEY + 1):
        make.make_account(
            name=f"Shop {n} {'abcdefghijklmnopqrstuvwxyz'[n] * 6}",
            phone="800 123 456",
            email="a@mall.example",
        )
    assert finding.find(ACCOUNTS) == 0


def test_looking_again_follows_the_facts_and_keeps_what_was_said() -> None:
    admin = make.make_user("admin")
    one, two, three = (make.make_account(name=name) for name in ("Borg", "Borg AS", "Borg Ltd"))
    finding.find(ACCOUNTS)
    said = AccountPair.objects.get(first=one, second=two)
    deciding.decide(admin, said, different=True)
    Account.objects.filter(pk=three.pk).update(name="Vik")
    assert finding.find(ACCOUNTS) == 0
    said.refresh_from_db()
    assert (said.state, said.decided_by) == ("different", admin)

    Account.objects.filter(pk=three.pk).update(name="Borg Ltd")
    finding.find(ACCOUNTS)
    assert len(pairs()) == 2
    deciding.decide(admin, said, different=False)
    assert len(pairs()) == 3


def test_people_meet_within_their_account() -> None:
    one, other = make.make_account(), make.make_account()
    first = make.make_contact(one, first_name="Eva", last_name="Lind")
    second = make.make_contact(one, first_name="Lind", last_name="Eva")
    make.make_contact(other, first_name="Eva", last_name="Lind")
    assert finding.find(CONTACTS) == 1
    found = ContactPair.objects.get()
    assert (found.first, found.second, found.reasons) == (first, second, ["name"])


def test_the_job_runs_once_a_day_and_again_when_asked() -> None:
    day = date(2026, 11, 23)
    make.make_account(name="Borg"), make.make_account(name="Borg AS")
    run = finding.run(day, "tick")
    assert run is not None
    assert run.counts == {"accounts": 1, "people": 0, "forgotten": 0}
    assert finding.run(day, "tick") is None
    assert finding.run(day, "Ada", again=True) is not None
    assert JobRun.objects.filter(job="duplicates").count() == 1


# -- while somebody types ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        (Facts("borg & co gmbh"), Reason.NAME),
        (Facts("Borg Maskin"), None),
        (Facts("Hollerbek Tools"), Reason.NAME_ALIKE),
        (Facts("Tools Hollerbeck"), Reason.NAME),
        (Facts("Something", phones=("0047 22334455",)), Reason.PHONE),
        (Facts("Something", email="info@borg.example"), Reason.DOMAIN),
        (Facts("", website="www.borg.example"), Reason.DOMAIN),
        (Facts("100% _ \\ ' %s", phones=("x",)), None),
    ],
)
def test_what_is_typed_looks_like_what_is_there(typed: Facts, reason: Reason | None) -> None:
    make.make_account(name="Borg", phone="+47 22 33 44 55", email="post@borg.example")
    make.make_account(name="Hollerbeck Tools AB")
    found = accounts_like(typed)
    assert [one.likeness.reasons for one in found] == ([(reason,)] if reason else [])


def test_an_account_does_not_look_like_itself() -> None:
    account = make.make_account(name="Borg")
    assert accounts_like(Facts("Borg"), besides=account.pk) == []


def test_people_here_and_the_same_mail_elsewhere() -> None:
    here, there = make.make_account(), make.make_account()
    one = make.make_contact(here, first_name="Eva", last_name="Lind")
    other = make.make_contact(there, first_name="E", last_name="L", email="eva@borg.example")
    found = contacts_like(here, Facts("Lind Eva", email="EVA@borg.example"))
    assert [row.record for row in found] == [one, other]


def test_rows_of_a_file_against_all_accounts() -> None:
    borg = make.make_account(name="Borg")
    make.make_account(name="Vik")
    found = likely_of({2: Facts("Borg & Co. KG"), 3: Facts("Nobody"), 4: Facts("BORG", country="NO")})
    assert {row: pk for row, (pk, _likeness) in found.items()} == {2: borg.pk, 4: borg.pk}


def test_typing_costs_the_same_with_many_accounts(django_assert_max_num_queries: Any) -> None:
    for n in range(30):
        make.make_account(name=f"Borg {n}", postal_code="0155", street="Storgata 1")
    with django_assert_max_num_queries(6):
        accounts_like(Facts("Borg", street="Storgata 1", postal_code="0155"))
