"""The board: which of my accounts needs me, and in what words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import BookEntry
from cadences.book import board
from contacts.models import Commitment, Concern
from tests import factories as make

TODAY = date(2026, 11, 24)
BOARD = reverse("book:board")


def in_book(user, name, **fields):
    return make.make_book_entry(user, make.make_account(user, name=name, status="customer"), **fields)


def promise(entry, due_on, what="a quote", **fields):
    return Commitment.objects.create(
        account=entry.account, user=entry.user, what=what, due_on=due_on, **fields
    )


def placed(user):
    """Name of the account -> the question under which it stands."""
    cards = board.cards_of(board.book_of(user, user).select_related("user"), TODAY)
    return {card.account.name: column.key for column in board.columns(cards) for card in column.cards}


def test_each_account_stands_under_the_question_it_asks(people):
    owner = people.owner
    late = in_book(owner, "Late call")
    make.make_touchpoint(late.account, owner, TODAY - timedelta(days=4))
    promise(in_book(owner, "Promised for today"), TODAY)
    make.make_concern(in_book(owner, "Grave concern").account, severity=Concern.Severity.HIGH)
    theirs = in_book(owner, "They owe us")
    promise(theirs, TODAY - timedelta(days=9), by_us=False)
    make.make_touchpoint(theirs.account, owner, TODAY + timedelta(days=4))
    in_book(owner, "Unknown", stage=BookEntry.Stage.RESEARCH)
    in_book(owner, "Nothing agreed")
    old = in_book(owner, "Long here", added_on=TODAY - timedelta(days=90))
    make.make_touchpoint(old.account, owner, TODAY + timedelta(days=4))
    assert placed(owner) == {
        "Late call": "act",
        "Promised for today": "act",
        "Grave concern": "act",
        "They owe us": "going",
        "Unknown": "research",
        "Nothing agreed": "decide",
        "Long here": "decide",
    }


def test_what_is_due_comes_before_research(people):
    entry = in_book(
        people.owner, "Unknown and late", stage=BookEntry.Stage.RESEARCH, proposed="never reached"
    )
    make.make_touchpoint(entry.account, people.owner, TODAY)
    assert placed(people.owner) == {"Unknown and late": "act"}


def test_a_card_speaks_in_words(client, people):
    entry = in_book(people.owner, "Acme", added_on=TODAY - timedelta(days=30))
    make.make_interaction(entry.account, people.desk, happened_on=date(2026, 11, 20), sentiment=2)
    make.make_interaction(entry.account, people.owner, happened_on=date(2026, 11, 9), sentiment=4)
    make.make_concern(entry.account, what="Seal leaks")
    promise(entry, TODAY - timedelta(days=2))
    make.make_purchase(entry.account, date(2026, 5, 2), "1200")
    make.make_purchase(entry.account, date(2025, 5, 2), "900")
    client.force_login(people.owner)
    html = client.get(BOARD).content.decode()
    for said in (
        "late promise, 2 days: a quote",
        "open concern: Seal leaks",
        "mood 2, before 4",
        "30 days in the book",
        "nothing agreed",
        "Jon Desk",
        "1,200",
        "900",
        "24 free places",
    ):
        assert said in html, said


def test_a_colleague_reads_the_book_without_its_verbs(client, people):
    entry = in_book(people.owner, "Acme")
    client.force_login(people.colleague)
    html = client.get(BOARD, {"of": people.owner.pk}).content.decode()
    assert "Book of Kari Holm" in html
    assert "Acme" in html
    assert reverse("book:finish", args=[entry.pk]) not in html
    assert reverse("book:refill") not in html


def test_an_empty_book_offers_what_should_come_in(client, people):
    client.force_login(people.owner)
    html = client.get(BOARD).content.decode()
    assert "Your book is empty" in html
    assert reverse("book:refill") in html


@pytest.mark.parametrize("address", [BOARD, reverse("book:team")])
def test_many_accounts_cost_the_queries_of_two(client, people, address):
    client.force_login(people.manager)

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    def fill(first: int, last: int) -> None:
        for number in range(first, last):
            for user in (people.manager, people.owner):
                entry = in_book(user, f"Account {user.pk}-{number}")
                make.make_concern(entry.account)
                promise(entry, TODAY)
                make.make_touchpoint(entry.account, user, TODAY)

    fill(0, 1)
    client.get(address)
    few = cost()
    fill(1, 10)
    assert cost() == few


def test_the_teams_books_stand_side_by_side(client, people):
    in_book(people.owner, "Kari's own")
    in_book(people.deputy, "Dag's own")
    in_book(people.colleague, "Of another team")
    client.force_login(people.manager)
    html = client.get(reverse("book:team")).content.decode()
    assert html.index("Dag Moe") < html.index("Kari Holm")
    assert "Kari&#x27;s own" in html
    assert "Of another team" not in html
