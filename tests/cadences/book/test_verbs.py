"""Refilling, beginning and finishing: by page and by service, by everybody who may and may not."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.models import BookEntry, BookFinish
from cadences.book import services
from cadences.book.proposals import proposals, reason
from tests import factories as make

TODAY = date(2026, 11, 24)
REFILL = reverse("book:refill")


def account(user, name, **fields):
    return make.make_account(user, name=name, status="customer", **fields)


def spoken(row, days):
    return make.make_interaction(row, happened_on=TODAY - timedelta(days=days))


def ticked(html):
    return len(re.findall(r'id="take-\d+" checked', html))


def names(user):
    return [row.name for row in proposals(user, TODAY)]


class TestProposals:
    def test_never_reached_first_then_silence_then_sale_then_tier(self, people):
        owner = people.owner
        small, large = make.make_tier(1), make.make_tier(2)
        spoken(account(owner, "Silent 10"), 10)
        spoken(account(owner, "Silent 200"), 200)
        tried = account(owner, "Only tried")
        make.make_interaction(tried, happened_on=TODAY, outcome="no_answer", reached=False)
        sold = account(owner, "Never reached, sold")
        make.make_purchase(sold, date(2026, 3, 3))
        account(owner, "Never reached, small", tier=small)
        account(owner, "Never reached, large", tier=large)
        assert names(owner) == [
            "Never reached, sold",
            "Never reached, large",
            "Never reached, small",
            "Only tried",
            "Silent 200",
            "Silent 10",
        ]

    def test_only_own_accounts_that_can_be_worked(self, people):
        owner = people.owner
        make.make_book_entry(owner, account(owner, "In the book"))
        account(owner, "Paused", paused_from=TODAY, paused_until=TODAY)
        account(people.colleague, "Of a colleague")
        make.make_account(owner, name="Former", status="former")
        account(owner, "Pause is over", paused_from=date(2026, 1, 1), paused_until=date(2026, 2, 1))
        assert names(owner) == ["Pause is over"]

    def test_what_was_finished_lately_waits_behind_the_others(self, people):
        owner = people.owner
        for name, days in (("Lately", 89), ("Long ago", 90)):
            on = TODAY - timedelta(days=days)
            BookFinish.objects.create(
                user=owner,
                account=account(owner, name),
                added_on=on,
                finished_on=on,
                why="content",
                outcome="Fine",
            )
        spoken(account(owner, "Spoken to today"), 0)
        assert names(owner) == ["Long ago", "Spoken to today", "Lately"]

    def test_the_reason_says_silence_sale_and_tier(self, people):
        row = account(people.owner, "Acme", tier=make.make_tier(2, name="Large"))
        spoken(row, 212)
        make.make_purchase(row, date(2026, 3, 3))
        assert reason(proposals(people.owner, TODAY).get(), TODAY).replace("\xa0", " ") == (
            "silent for 212 days, last sale 3 Mar, Large"
        )


class TestRefill:
    @pytest.fixture(autouse=True)
    def _small_book(self, people):
        make.make_company(book_size=2)

    def test_the_page_ticks_what_fits_and_takes_it_in_with_its_reason(self, client, people):
        rows = [account(people.owner, f"Account {n}") for n in range(3)]
        client.force_login(people.owner)
        html = client.get(REFILL).content.decode()
        assert ticked(html) == 2
        client.post(REFILL, {"account": [rows[0].pk, rows[2].pk]})
        entries = BookEntry.objects.filter(user=people.owner).order_by("account__name")
        assert [(one.account.name, one.stage, one.added_on) for one in entries] == [
            ("Account 0", "research", TODAY),
            ("Account 2", "research", TODAY),
        ]
        assert all("never reached" in one.proposed for one in entries)

    def test_more_than_fits_is_refused_and_nothing_comes_in(self, client, people):
        rows = [account(people.owner, f"Account {n}") for n in range(3)]
        client.force_login(people.owner)
        answer = client.post(REFILL, {"account": [row.pk for row in rows]})
        assert answer.status_code == 422
        html = answer.content.decode()
        assert "room for 2 accounts; you chose 3" in html
        assert ticked(html) == 3  # what was ticked stays ticked
        assert not BookEntry.objects.exists()

    def test_nothing_chosen_is_said(self, people):
        with pytest.raises(ValidationError, match="at least one"):
            services.refill(people.owner, [])

    def test_what_is_no_longer_proposed_is_left_out(self, people):
        mine, gone = account(people.owner, "Mine"), account(people.colleague, "Not mine")
        taken = services.refill(people.owner, [mine.pk, gone.pk])
        assert [one.account for one in taken] == [mine]

    @pytest.mark.parametrize("text", ["x", "", "-1", "9" * 30])
    def test_nonsense_chooses_nothing(self, client, people, text):
        client.force_login(people.owner)
        assert client.post(REFILL, {"account": text}).status_code == 422

    def test_who_owns_nothing_has_no_book(self, client, people):
        client.force_login(people.desk)
        assert client.get(REFILL).status_code == 403


@pytest.fixture
def entry(people):
    return make.make_book_entry(
        people.owner, account(people.owner, "Acme"), stage="research", added_on=date(2026, 11, 3)
    )


class TestBegin:
    def test_work_begins_with_what_stays_open(self, client, people, entry):
        client.force_login(people.owner)
        client.post(reverse("book:begin", args=[entry.pk]), {"unanswered": "The decider is new"})
        entry.refresh_from_db()
        assert (entry.stage, entry.unanswered) == ("working", "The decider is new")

    def test_open_questions_want_an_answer_or_a_reason(self, client, people, entry):
        at = reverse("book:begin", args=[entry.pk])
        client.force_login(people.owner)
        answer = client.post(at, {"unanswered": " "})
        assert answer.status_code == 422
        assert "Not answered yet: Who, What, Where, When" in answer.content.decode()
        make.make_answers(entry.account)
        client.post(at)
        entry.refresh_from_db()
        assert (entry.stage, entry.unanswered) == ("working", "")

    @pytest.mark.parametrize("who", ["colleague", "desk", "gone"])
    def test_nobody_else_begins(self, people, entry, who):
        with pytest.raises(PermissionDenied):
            services.begin_work(getattr(people, who), entry)
        entry.refresh_from_db()
        assert entry.stage == "research"


class TestFinish:
    @pytest.mark.parametrize("who", ["owner", "deputy", "manager", "admin"])
    def test_it_leaves_with_why_and_what_came_of_it(self, people, entry, who):
        done = services.finish(getattr(people, who), entry, why="agreed", outcome=" Meeting on 4 Dec ")
        assert not BookEntry.objects.exists()
        assert (done.user, done.why, done.outcome) == (people.owner, "agreed", "Meeting on 4 Dec")
        assert (done.added_on, done.finished_on) == (date(2026, 11, 3), TODAY)
        done.account.refresh_from_db()
        assert done.account.owner == people.owner

    @pytest.mark.parametrize("who", ["colleague", "desk", "gone"])
    def test_nobody_else_finishes(self, people, entry, who):
        with pytest.raises(PermissionDenied):
            services.finish(getattr(people, who), entry, why="agreed", outcome="x")
        assert BookEntry.objects.exists()

    @pytest.mark.parametrize(("field", "data"), [("why", {"why": "x"}), ("outcome", {"outcome": "  "})])
    def test_both_are_asked_for(self, people, entry, field, data):
        with pytest.raises(ValidationError) as refused:
            services.finish(people.owner, entry, **({"why": "agreed", "outcome": "Fine"} | data))
        assert list(refused.value.message_dict) == [field]
        assert BookEntry.objects.exists()

    def test_the_next_is_proposed_and_comes_in(self, client, people, entry):
        make.make_company(book_size=1)
        spoken(account(people.owner, "Later"), 5)
        nearest = account(people.owner, "Next one")
        client.force_login(people.owner)
        at = reverse("book:finish", args=[entry.pk])
        html = client.get(at).content.decode()
        assert f'<option value="{nearest.pk}" selected>' in html
        client.post(at, {"why": "content", "outcome": "Happy", "then": nearest.pk})
        assert [one.account for one in BookEntry.objects.all()] == [nearest]

    def test_what_was_typed_stays_when_refused(self, client, people, entry):
        client.force_login(people.owner)
        answer = client.post(reverse("book:finish", args=[entry.pk]), {"outcome": "Meeting in June"})
        assert answer.status_code == 422
        assert "Meeting in June" in answer.content.decode()

    def test_twice_says_that_it_is_gone(self, people, entry):
        services.finish(people.owner, entry, why="content", outcome="Fine")
        with pytest.raises(ValidationError, match="no longer in the book"):
            services.finish(people.owner, entry, why="content", outcome="Fine")
        assert BookFinish.objects.count() == 1

    def test_a_mistake_is_taken_back_with_its_first_day(self, client, people, entry):
        done = services.finish(people.owner, entry, why="content", outcome="Fine")
        client.force_login(people.owner)
        client.post(reverse("book:take_back", args=[done.pk]))
        back = BookEntry.objects.get()
        assert (back.account, back.added_on, back.stage) == (done.account, date(2026, 11, 3), "research")
        assert not BookFinish.objects.exists()

    def test_what_was_to_research_is_so_again(self, client, people, entry):
        entry.proposed = "never reached"
        entry.save()
        done = services.finish(people.owner, entry, why="content", outcome="Fine")
        client.force_login(people.owner)
        client.post(reverse("book:take_back", args=[done.pk]))
        back = BookEntry.objects.get()
        assert (back.stage, back.proposed) == ("research", "never reached")

    def test_what_is_in_the_book_again_or_somebody_elses_stays_as_it_is(self, client, people, entry):
        done = services.finish(people.owner, entry, why="content", outcome="Fine")
        again = make.make_book_entry(people.owner, done.account, unanswered="New decider")
        client.force_login(people.owner)
        client.post(reverse("book:take_back", args=[done.pk]))
        again.refresh_from_db()
        assert again.unanswered == "New decider"
        again.delete()
        type(done.account).objects.filter(pk=done.account_id).update(owner=people.colleague)
        assert client.post(reverse("book:take_back", args=[done.pk])).status_code == 302
        assert not BookEntry.objects.exists()

    def test_a_book_that_was_made_smaller_proposes_nobody(self, client, people, entry):
        make.make_company(book_size=1)
        make.make_book_entry(people.owner, account(people.owner, "One too many"))
        account(people.owner, "Waits")
        client.force_login(people.owner)
        at = reverse("book:finish", args=[entry.pk])
        assert "Waits" not in client.get(at).content.decode()
        client.post(at, {"why": "content", "outcome": "Fine"})
        assert BookFinish.objects.exists()

    def test_taking_back_needs_room(self, client, people, entry):
        make.make_company(book_size=1)
        done = services.finish(people.owner, entry, why="content", outcome="Fine")
        make.make_book_entry(people.owner, account(people.owner, "Came after"))
        client.force_login(people.owner)
        client.post(reverse("book:take_back", args=[done.pk]))
        assert BookFinish.objects.filter(pk=done.pk).exists()
        assert BookEntry.objects.count() == 1
