"""The calendar for other calendars: what stands in it, for whom, for how long, and who reads nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import vobject
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cadences.meetings import addresses, services
from cadences.models import CalendarFeed, Touchpoint
from tests import factories as make
from users.services import deactivate, reactivate


def read(secret: str, status: int = 200, **headers: str) -> Any:
    reply = Client(headers=headers).get(reverse("meetings:feed", args=[secret]))
    assert reply.status_code == status, reply.content[:300]
    assert not reply.cookies
    return reply


def events(secret: str) -> dict[str, Any]:
    """By summary; read by vobject."""
    found = vobject.readOne(read(secret).content.decode())
    return {event.summary.value: event for event in found.contents.get("vevent", [])}


@pytest.fixture
def secret(customer: SimpleNamespace) -> str:
    return addresses.make(customer.owner)


def test_an_empty_calendar_is_one(secret):
    reply = read(secret)
    assert reply["Content-Type"] == "text/calendar; charset=utf-8"
    assert "noindex" in reply["X-Robots-Tag"]
    assert events(secret) == {}


def test_meetings_have_their_time_and_what_is_owed_its_day(customer, terms, secret):
    made = services.agree(customer.owner, customer.account, terms())
    make.make_touchpoint(make.make_account(customer.owner, name="Acme"), customer.owner, date(2026, 11, 30))

    found = events(secret)

    assert set(found) == {"Meeting: Borg & Co", "Call: Acme"}
    meeting, call = found["Meeting: Borg & Co"], found["Call: Acme"]
    assert meeting.uid.value == str(made.uid)
    assert meeting.dtstart.value.astimezone(UTC) == datetime(2026, 12, 1, 13, tzinfo=UTC)
    assert (call.dtstart.value, call.dtend.value) == (date(2026, 11, 30), date(2026, 12, 1))
    assert call.transp.value == "TRANSPARENT"
    assert not {"description", "attendee"} & set(meeting.contents)


def test_words_and_people_go_out_only_when_asked_for(customer, terms, secret):
    services.agree(customer.owner, customer.account, terms())
    assert "Prices" not in read(secret).content.decode()

    addresses.say_notes(customer.owner, with_notes=True)

    assert events(secret)["Meeting: Borg & Co"].description.value == (
        "Eva " + customer.eva.last_name + "\nService contract 2027\n1. Pumps\n2. Prices"
    )


def test_a_colleague_who_comes_along_has_it_and_others_do_not(customer, terms, secret):
    services.agree(
        customer.owner, customer.account, terms(host=customer.owner, colleagues=[customer.colleague])
    )

    assert events(addresses.make(customer.colleague))
    assert not events(addresses.make(customer.desk))
    assert not events(addresses.make(customer.admin))


def test_an_update_has_a_higher_sequence_and_a_removed_one_is_cancelled_for_90_days(
    customer, terms, secret, tuesday
):
    made = services.agree(customer.owner, customer.account, terms())
    before = events(secret)["Meeting: Borg & Co"]
    tuesday.shift(60)
    services.change(customer.owner, made, terms(place="Kirkegata 2"))
    after = events(secret)["Meeting: Borg & Co"]
    assert after.uid.value == before.uid.value
    assert int(after.sequence.value) > int(before.sequence.value)
    assert after.contents["last-modified"][0].value > before.contents["last-modified"][0].value

    services.cancel(customer.owner, made, "They are ill")

    gone = events(secret)["Meeting: Borg & Co"]
    assert (gone.uid.value, gone.status.value) == (before.uid.value, "CANCELLED")
    tuesday.shift(timedelta(days=91))
    assert events(secret) == {}


def test_what_is_done_is_cancelled_there_and_a_new_day_is_a_higher_sequence(customer, secret, tuesday):
    row = make.make_touchpoint(customer.account, customer.owner, date(2026, 11, 30))
    first = int(events(secret)["Call: Borg & Co"].sequence.value)
    tuesday.shift(60)
    row.redate(date(2026, 12, 2), on=date(2026, 11, 24))
    row.save()
    moved = events(secret)["Call: Borg & Co"]
    assert (moved.dtstart.value, int(moved.sequence.value) > first) == (date(2026, 12, 2), True)

    Touchpoint.objects.filter(pk=row.pk).update(state="done", closed_on=date(2026, 11, 24))

    assert events(secret)["Call: Borg & Co"].status.value == "CANCELLED"


def test_a_row_with_a_meeting_is_shown_by_the_meeting(customer, terms, secret):
    row = make.make_touchpoint(
        customer.account, customer.owner, date(2026, 12, 10), kind="meeting", anchor="calendar"
    )
    services.agree(customer.owner, customer.account, terms(row=row))

    shown = vobject.readOne(read(secret).content.decode()).contents["vevent"]

    assert sorted(one.status.value for one in shown) == ["CANCELLED", "CONFIRMED"]


@pytest.mark.parametrize(("days", "is_in"), [(-91, False), (-89, True), (179, True), (181, False)])
def test_it_reaches_90_days_back_and_180_ahead(customer, secret, days, is_in):
    make.make_touchpoint(customer.account, customer.owner, date(2026, 11, 24) + timedelta(days=days))

    assert bool(events(secret)) is is_in


def test_unchanged_it_is_not_sent_again(customer, terms, secret, tuesday):
    made = services.agree(customer.owner, customer.account, terms())
    tuesday.shift(60)
    reply = read(secret)
    same = {"if-none-match": reply["ETag"]}
    assert not read(secret, 304, **same).content
    assert "Last-Modified" not in reply  # what goes to somebody else leaves no later moment behind
    assert "METHOD" not in reply.content.decode()

    tuesday.shift(60)
    services.change(customer.owner, made, terms(place="Kirkegata 2"))

    assert read(secret, 200, **same).content


def test_only_a_hash_of_the_address_is_kept(customer, secret):
    assert len(secret) >= 43
    feed = CalendarFeed.objects.get()
    assert secret not in [str(value) for value in feed.__dict__.values()]


def test_a_new_address_ends_the_one_before_and_giving_up_ends_it(customer, secret):
    fresh = addresses.make(customer.owner)
    read(secret, 404)
    read(fresh, 200)

    addresses.give_up(customer.owner)

    read(fresh, 404)


def test_it_ends_with_the_user_and_does_not_come_back_with_them(customer, secret):
    deactivate(customer.admin, customer.owner)
    read(secret, 404)

    reactivate(customer.admin, customer.owner)

    read(secret, 404)


def test_too_many_readings_are_told_to_wait(customer, secret, settings):
    settings.ACCOUNT_RATE_LIMITS = {"calendar": "2/h/key", "calendar_guess": "1/h/key"}
    read(secret)
    read(secret)

    assert read(secret, 429)["Retry-After"] == "3600"
    read("wrong", 404)
    read("wrong", 429)


def test_two_and_twenty_entries_cost_the_same(customer, terms, secret):
    addresses.say_notes(customer.owner, with_notes=True)

    def fill(n: int) -> None:
        for k in range(n):
            account = make.make_account(customer.owner)
            make.make_touchpoint(account, customer.owner, date(2026, 12, 1) + timedelta(days=k))
            contact = make.make_contact(account)
            services.agree(
                customer.owner, account, terms(contacts=[contact], colleagues=[customer.colleague])
            )

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            read(secret)
        return len(queries)

    fill(2)
    few = cost()
    fill(8)
    assert cost() == few
