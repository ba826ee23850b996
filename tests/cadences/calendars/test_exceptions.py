"""Exceptions: off, another interval, like another tier; with a reason, an end, and who may."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Tier
from cadences import exceptions
from cadences.exceptions import What, Wish
from cadences.models import Override, Plan, Slot, Touchpoint
from cadences.reconcile import reconcile
from tests import factories as make
from tests.cadences.calendars.conftest import TODAY, call, text
from tests.cadences.engine.seeded import customer

LIST = reverse("exceptions:list")


def slot(key: str) -> Slot:
    return Slot.objects.get(key=key)


@pytest.fixture
def rhythm(running) -> Any:
    """A Medium customer of long ago, last spoken to on 20 October: the relationship call is rolling."""
    found = customer(running.owner, date(2025, 1, 15), tier="Medium", name="Borg & Co")
    make.make_interaction(found, running.owner, happened_on=date(2026, 10, 20))
    reconcile(None, TODAY)
    return found


def rolling(account) -> Touchpoint | None:
    return Touchpoint.objects.open().filter(account=account, slot__key="relationship-call").first()


def typed(key="relationship-call", **fields) -> dict[str, Any]:
    return {
        "slot": slot(key).pk,
        "what": "interval",
        "every": "2",
        "unit": "week",
        "reason": "They ask a lot",
        **fields,
    }


def create(client, account, **fields):
    return client.post(reverse("exceptions:create", args=[account.pk]), typed(**fields))


class TestMaking:
    def test_another_interval_is_shown_and_then_moves_it(self, as_, rhythm, running):
        before = rolling(rhythm).due_on
        client = as_(running.owner)
        assert "moves to another day" in text(create(client, rhythm))
        assert not Override.objects.exists()
        create(client, rhythm, confirmed="1")
        assert rolling(rhythm).ideal_on == date(2026, 11, 3) < before
        page = text(client.get(reverse("exceptions:panel", args=[rhythm.pk])))
        assert "every 2 weeks" in page
        assert "They ask a lot" in page

    def test_off(self, as_, account, running):
        answer = create(as_(running.owner), account, key="one-week-call", what="off")
        assert "1 is no longer owed" in text(answer)
        create(as_(running.owner), account, key="one-week-call", what="off", confirmed="1")
        assert call(account).state == "cancelled"

    def test_like_another_tier_gives_what_the_own_tier_has_not(self, as_, rhythm, running):
        large = Tier.objects.get(name="Large")
        visit = make.make_slot("visit")
        plan = Plan.objects.get(state="running")
        make.make_item(visit, plan=plan, tier=large, kind="meeting", every=3, qualifying=["meeting"])
        create(
            as_(running.owner), rhythm, key="visit", what="tier", as_tier=large.pk, every="", confirmed="1"
        )
        assert Touchpoint.objects.open().filter(account=rhythm, slot=visit).exists()
        override = Override.objects.get()
        assert (override.as_tier, override.every, override.since) == (large, None, TODAY)
        assert "like Large" in exceptions.in_words(override)

    def test_one_per_account_and_slot(self, as_, rhythm, running):
        client = as_(running.owner)
        create(client, rhythm, confirmed="1")
        offered = client.get(reverse("exceptions:create", args=[rhythm.pk])).context["slots"]
        assert slot("relationship-call") not in offered
        with pytest.raises(ValidationError, match="has an exception"):
            exceptions.make_exception(running.owner, rhythm, slot("relationship-call"), Wish("off", "Twice"))

    def test_one_that_is_over_makes_room(self, rhythm, running):
        Override.objects.create(
            account=rhythm, slot=slot("relationship-call"), is_off=True, reason="Fair",
            since=date(2026, 1, 1), until=date(2026, 11, 23),
        )  # fmt: skip
        made = exceptions.make_exception(
            running.owner, rhythm, slot("relationship-call"), Wish("interval", "Again", every=1, unit="week")
        )
        assert (made.since, made.until, made.is_off) == (TODAY, None, False)
        assert Override.objects.count() == 1


class TestChangingAndEnding:
    def test_it_is_changed(self, as_, rhythm, running):
        client = as_(running.owner)
        create(client, rhythm, confirmed="1")
        at = reverse("exceptions:edit", args=[Override.objects.get().pk])
        assert 'value="2"' in text(client.get(at))
        client.post(
            at,
            {
                "what": "interval",
                "every": "1",
                "unit": "week",
                "reason": "More",
                "until": "2027-03-01",
                "confirmed": "1",
            },
        )
        assert rolling(rhythm).ideal_on == date(2026, 10, 27)
        assert Override.objects.get().until == date(2027, 3, 1)

    def test_end_now_gives_it_back_to_the_plan(self, as_, rhythm, running):
        before = rolling(rhythm).ideal_on
        client = as_(running.owner)
        create(client, rhythm, confirmed="1")
        Override.objects.update(since=date(2026, 11, 1))
        ending = reverse("exceptions:end", args=[Override.objects.get().pk])
        page = text(client.post(ending))
        assert "End the exception: Relationship call for" in page
        assert "1 touchpoint changes" in page
        assert Override.objects.get().until is None
        client.post(ending, {"confirmed": "1"})
        assert Override.objects.get().until == date(2026, 11, 23)
        assert rolling(rhythm).ideal_on == before
        assert "over" in text(client.get(LIST, {"state": "over"}))

    def test_one_of_today_is_taken_back(self, as_, rhythm, running):
        client = as_(running.owner)
        create(client, rhythm, confirmed="1")
        client.post(reverse("exceptions:end", args=[Override.objects.get().pk]), {"confirmed": "1"})
        assert not Override.objects.exists()

    def test_it_ends_by_itself(self, rhythm, running, tuesday):
        before = rolling(rhythm).ideal_on
        wish = Wish("interval", "Fair", every=1, unit="week", until=date(2026, 11, 30))
        exceptions.make_exception(running.owner, rhythm, slot("relationship-call"), wish)
        reconcile([rhythm.pk], date(2026, 11, 30))
        assert rolling(rhythm).ideal_on != before
        reconcile([rhythm.pk], date(2026, 12, 1))
        assert rolling(rhythm).ideal_on == before


class TestBadInput:
    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"every": "0"}, "between one day and five years"),
            ({"every": "10000", "unit": "day"}, "between one day and five years"),
            ({"every": "6", "unit": "year"}, "between one day and five years"),
            ({"every": ""}, "between one day and five years"),
            ({"every": "-1"}, "between one day and five years"),
            ({"every": "two"}, "Enter a whole number"),
            ({"unit": "fortnight"}, "Select a valid choice"),
            ({"reason": "  "}, "This field is required"),
            ({"until": "2026-11-23"}, "That day is over"),
            ({"until": "2027-02-29"}, "Enter a valid date"),
            ({"until": "9999-12-31"}, "more than ten years ahead"),
            ({"slot": "\x00"}, "Null characters are not allowed"),
            ({"as_tier": "9" * 30, "what": "tier"}, "Select a valid choice"),
            ({"what": "tier"}, "Choose the tier"),
            ({"what": "nonsense"}, "Select a valid choice"),
            ({"slot": "999999"}, "Select a valid choice"),
        ],
    )
    def test_it_is_named_and_kept(self, as_, rhythm, running, fields, words):
        data = typed() | fields
        answer = as_(running.owner).post(reverse("exceptions:create", args=[rhythm.pk]), data)
        assert answer.status_code == 422
        assert words in text(answer)
        assert fields.get("reason") or 'value="They ask a lot"' in text(answer)
        assert not Override.objects.exists()

    def test_an_interval_where_the_plan_has_none(self, as_, account, running):
        answer = create(as_(running.owner), account, key="one-week-call")
        assert "has no interval in the plan" in text(answer)

    def test_a_tier_that_gets_nothing_there_either(self, rhythm, running):
        empty = Slot.objects.create(key="unused", name="Lunch")
        large = Tier.objects.get(name="Large")
        with pytest.raises(ValidationError, match="gets no Lunch either"):
            exceptions.make_exception(running.owner, rhythm, empty, Wish("tier", "x", as_tier=large))
        with pytest.raises(ValidationError, match="no part of the plan"):
            exceptions.make_exception(running.owner, rhythm, slot("agreed"), Wish("off", "x"))


class TestWhoMay:
    def test_those_who_look_after_the_account(self, rhythm, running):
        wish = Wish("off", "They asked for none")
        for user in (running.colleague, running.desk, running.gone):
            with pytest.raises(PermissionDenied):
                exceptions.make_exception(user, rhythm, slot("relationship-call"), wish)
        made = exceptions.make_exception(running.deputy, rhythm, slot("relationship-call"), wish)
        for user in (running.colleague, running.desk, running.gone):
            with pytest.raises(PermissionDenied):
                exceptions.change_exception(user, made, wish)
            with pytest.raises(PermissionDenied):
                exceptions.end_exception(user, made)
        exceptions.change_exception(running.manager, made, Wish("interval", "y", every=1, unit="year"))
        exceptions.end_exception(running.admin, made)

    def test_a_forbidden_write_is_refused_before_the_form(self, as_, rhythm, running):
        answer = as_(running.colleague).post(reverse("exceptions:create", args=[rhythm.pk]), {})
        assert answer.status_code == 403
        assert as_(running.colleague).get(reverse("exceptions:panel", args=[rhythm.pk])).status_code == 200


class TestList:
    @pytest.fixture
    def many(self, running):
        call_slot, visit = slot("relationship-call"), make.make_slot("visit")
        large = Tier.objects.get(name="Large")
        rows = [
            ("Acme", running.owner, call_slot, {"is_off": True}),
            ("Borg", running.owner, visit, {"as_tier": large, "until": date(2026, 12, 1)}),
            ("Cold", running.colleague, call_slot, {"every": 2, "unit": "week", "until": date(2026, 11, 1)}),
        ]
        for name, owner, each, fields in rows:
            Override.objects.create(
                account=make.make_account(owner, name=name), slot=each, reason=f"={name}", **fields
            )

    @pytest.mark.parametrize(
        ("asked", "names"),
        [
            ({}, ["Borg", "Acme"]),
            ({"state": "soon"}, ["Borg"]),
            ({"state": "over"}, ["Cold"]),
            ({"state": "all"}, ["Cold", "Borg", "Acme"]),
            ({"kind": "off"}, ["Acme"]),
            ({"kind": "tier"}, ["Borg"]),
            ({"kind": "interval", "state": "all"}, ["Cold"]),
            ({"owner": "me"}, ["Borg", "Acme"]),
            ({"owner": "nobody"}, []),
            ({"q": "bor"}, ["Borg"]),
            (
                {"owner": "²", "slot": "x", "kind": "y", "state": "z", "page": "-1", "q": "\x00"},
                ["Borg", "Acme"],
            ),
        ],
    )
    def test_filters(self, as_, running, many, asked, names):
        answer = as_(running.owner).get(LIST, asked)
        assert [row.override.account.name for row in answer.context["rows"]] == names
        if not names:
            assert "No exception is like that" in text(answer)

    def test_by_slot(self, as_, running, many):
        answer = as_(running.owner).get(LIST, {"slot": slot("visit").pk})
        assert [row.override.account.name for row in answer.context["rows"]] == ["Borg"]

    def test_the_file_has_the_same_rows_and_runs_nothing(self, as_, running, many):
        answer = as_(running.desk).get(reverse("exceptions:export"), {"state": "all"})
        lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
        assert len(lines) == 4
        assert lines[1].startswith("Cold,,Ola Berg,Relationship call,every 2 weeks,'=Cold,,2026-11-01")

    def test_empty_says_how_to_begin(self, as_, running):
        assert "every account is served as the plan says" in text(as_(running.owner).get(LIST))

    def test_two_and_twenty_cost_the_same(self, as_, running):
        client, large = as_(running.owner), Tier.objects.get(name="Large")
        costs = []
        for number in (2, 18):
            for _ in range(number):
                found = make.make_account(make.make_user(), tier=large)
                Override.objects.create(
                    account=found, slot=make.make_slot("visit"), as_tier=large, reason="x"
                )
            with CaptureQueriesContext(connection) as seen:
                client.get(LIST)
            costs.append(len(seen))
        assert costs[0] == costs[1] <= 8


def test_what_it_is_is_one_of_three():
    assert {each.value for each in What} == {"interval", "tier", "off"}
