"""Pages of meetings and the calendar: what each shows, refuses and keeps, and what it costs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cadences.meetings import services
from cadences.meetings.calendar import Entry
from cadences.meetings.lanes import ROWS, place
from cadences.models import Appointment
from tests import factories as make
from users.models import Closure, PublicHoliday


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def see(user: Any, name: str, *args: Any, status: int = 200, **query: str) -> str:
    reply = browser(user).get(reverse(f"meetings:{name}", args=args), query)
    assert reply.status_code == status, reply.content.decode()[:500]
    return " ".join(reply.content.decode().split())


def form(customer: SimpleNamespace, **changed: Any) -> dict[str, Any]:
    usual = {
        "kind": "meeting", "on": "2026-12-01", "at": "14:00", "until": "15:00", "place": "Storgata 1",
        "time_zone": "Europe/Oslo", "contacts": [customer.eva.pk], "host": customer.owner.pk,
        "purpose": "Service contract 2027", "agenda": "", "token": str(uuid4()),
    }  # fmt: skip
    return usual | changed


def agree(customer: SimpleNamespace, **changed: Any) -> Any:
    address = reverse("meetings:agree", args=[customer.account.pk])
    return browser(customer.owner).post(address, form(customer, **changed), follow=True)


def test_the_form_knows_the_place_the_person_and_the_clock_there(customer):
    shown = see(customer.owner, "agree", customer.account.pk)
    assert 'value="Europe/Oslo"' in shown
    assert f'value="{customer.eva.pk}" id="meet_contacts_0" checked' in shown
    assert 'name="row"' not in shown


def test_a_meeting_that_is_owed_is_offered_first(customer):
    row = make.make_touchpoint(
        customer.account, customer.owner, date(2026, 12, 10), kind="meeting",
        slot=make.make_slot("quarterly-meeting"),
    )  # fmt: skip
    shown = see(customer.owner, "agree", customer.account.pk)
    assert f'<option value="{row.pk}" selected>Quarterly meeting, owed' in shown
    assert "2026-12-10" in shown


def test_it_is_agreed_and_says_to_whom_no_invitation_goes(customer):
    customer.per.email = ""
    customer.per.save()

    page = agree(customer, contacts=[customer.eva.pk, customer.per.pk], invites="on").content.decode()

    assert "Agreed: " in page
    assert "No invitation goes to Per Borg (no e-mail address)." in page
    assert "invitation: waiting" in page
    assert "no e-mail address, no invitation" in page


def test_the_same_time_with_somebody_else_is_named(customer):
    make.make_appointment(make.make_account(name="Acme"), customer.owner, make.at("2026-12-01 13:30"))
    assert "Kari Holm is with Acme, too" in agree(customer).content.decode()


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept(customer):
    reply = agree(customer, until="13:00", contacts=[])
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "This field is required" in page
    assert "Service contract 2027" in page
    reply = agree(customer, until="13:00")
    assert "choose a later time" in reply.content.decode()


def test_a_form_that_a_colleague_overtook_overwrites_nothing(customer, terms, tuesday):
    made = services.agree(customer.owner, customer.account, terms())
    address = reverse("meetings:change", args=[made.pk])
    typed = form(customer, at="16:00", until="17:00", version=made.updated_at.isoformat(), token="")
    tuesday.shift(60)
    services.change(customer.manager, made, terms(place="Kirkegata 2"))

    reply = browser(customer.owner).post(address, typed)

    page = reply.content.decode()
    assert reply.status_code == 422
    assert "A colleague changed this meeting" in page
    assert "Kirkegata 2" in page
    assert 'value="16:00"' in page
    made.refresh_from_db()
    assert made.local_start.hour == 14


def test_a_changed_hour_keeps_what_was_not_touched(customer, terms):
    made = services.agree(customer.owner, customer.account, terms(colleagues=[customer.colleague]))
    made.refresh_from_db()
    typed = form(
        customer, at="16:00", until="17:00", version=made.updated_at.isoformat(), token="",
        colleagues=[customer.colleague.pk], agenda="1. Pumps",
    )  # fmt: skip
    browser(customer.owner).post(reverse("meetings:change", args=[made.pk]), typed)
    made.refresh_from_db()
    assert (made.local_start.hour, made.local_end.hour, made.place) == (16, 17, "Storgata 1")
    assert list(made.colleagues.all()) == [customer.colleague]


def test_holding_shows_the_log_form_with_the_meeting_in_it(customer, terms, tuesday):
    made = services.agree(
        customer.owner, customer.account, terms(kind="visit", contacts=[customer.per, customer.eva])
    )
    tuesday.move_to("2026-12-01 15:00+00:00")
    shown = see(customer.owner, "hold", made.pk)
    assert '<option value="visit" selected>' in shown
    assert f'<option value="{customer.per.pk}"' in shown
    assert "What they need" in shown

    reply = browser(customer.owner).post(
        reverse("meetings:hold", args=[made.pk]),
        {
            "outcome": "held", "kind": "visit", "contact": customer.per.pk, "summary": "A second pump",
            "needs": "Less noise", "expectation": "An offer", "next_on": "2026-12-08", "next_kind": "call",
            "token": str(uuid4()),
        },
        follow=True,
    )  # fmt: skip

    page = reply.content.decode()
    for words in ("took place", "A second pump", "Less noise", "An offer"):
        assert words in page


def test_the_sheet_of_its_touchpoint_shows_it_and_fills_the_log_form(customer, terms, tuesday):
    made = services.agree(customer.owner, customer.account, terms(kind="lunch"))
    tuesday.move_to("2026-12-01 15:00+00:00")
    reply = browser(customer.owner).get(reverse("cadences:touchpoint", args=[made.touchpoint_id]))
    page = reply.content.decode()
    assert reverse("meetings:detail", args=[made.pk]) in page
    assert '<option value="lunch" selected>' in page


def test_a_meeting_row_without_a_time_offers_to_agree_one(customer):
    row = make.make_touchpoint(customer.account, customer.owner, date(2026, 11, 24), kind="meeting")
    page = browser(customer.owner).get(reverse("cadences:touchpoint", args=[row.pk])).content.decode()
    assert f"{reverse('meetings:agree', args=[customer.account.pk])}?row={row.pk}" in page


def test_the_panel_shows_what_is_to_come_first(customer, terms):
    assert "None yet" in see(customer.desk, "panel", customer.account.pk)
    held = make.make_appointment(
        customer.account, customer.owner, make.at("2026-12-20 10:00"), purpose="Past", state="held",
        closed_at=make.at("2026-11-23 10:00"),
    )  # fmt: skip
    services.agree(customer.owner, customer.account, terms())
    shown = see(customer.desk, "panel", customer.account.pk)
    assert shown.index("Service contract 2027") < shown.index(str(held.purpose))


def test_the_page_says_the_time_there_and_by_the_readers_clock(customer, terms):
    made = services.agree(customer.owner, customer.account, terms())
    customer.desk.time_zone = "America/New_York"
    customer.desk.save()
    shown = see(customer.desk, "detail", made.pk)
    assert "14:00" in shown
    assert "Tue 08:00 by your clock" in shown
    assert "by your clock" not in see(customer.owner, "detail", made.pk)
    assert reverse("meetings:change", args=[made.pk]) not in shown


# -- The calendar ------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["day", "week", "month"])
def test_it_shows_meetings_what_is_due_absences_and_holidays(customer, terms, view):
    calendar = make.make_calendar(country="NO")
    customer.owner.calendar = calendar
    customer.owner.save()
    services.agree(customer.owner, customer.account, terms())
    make.make_touchpoint(make.make_account(name="Acme"), customer.owner, date(2026, 12, 1))
    make.make_absence(customer.owner, date(2026, 11, 30), date(2026, 12, 2), reason="Course")
    PublicHoliday.objects.create(country="NO", day=date(2026, 12, 1), name="A day off")
    Closure.objects.create(calendar=calendar, day=date(2026, 12, 1), name="Inventory")

    shown = see(customer.owner, "calendar", view=view, on="2026-12-01")

    assert "14:00" in shown
    assert "Borg &amp; Co" in shown
    assert "Away: Course" in shown
    assert "A day off" in shown
    assert "Inventory" in shown
    assert "1 due" in shown if view == "month" else "Acme" in shown


def test_ones_own_by_default_and_a_colleagues_or_the_teams_by_choice(customer, terms):
    services.agree(customer.owner, customer.account, terms())
    week = {"on": "2026-12-01"}
    assert "Borg &amp; Co" not in see(customer.manager, "calendar", **week)
    assert "Borg &amp; Co" in see(customer.manager, "calendar", who="team", **week)
    assert "Borg &amp; Co" in see(customer.deputy, "calendar", who="team", **week)
    assert "Borg &amp; Co" in see(customer.desk, "calendar", who=str(customer.owner.pk), **week)
    assert "Borg &amp; Co" not in see(customer.colleague, "calendar", who="team", **week)


def test_what_a_colleague_has_not_done_is_for_those_who_see_their_ledger(customer):
    for name, day, kind in (("Late", 23, "call"), ("Coming", 25, "call"), ("Note", 25, "todo")):
        account = make.make_account(customer.owner, name=name)
        make.make_touchpoint(account, customer.owner, date(2026, 11, day), kind=kind)

    def shown(user: Any) -> list[str]:
        page = see(user, "calendar", who=str(customer.owner.pk), on="2026-11-24")
        return [name for name in ("Late", "Coming", "Note") if f"<b>{name}</b>" in page]

    assert (
        shown(customer.owner)
        == shown(customer.manager)
        == shown(customer.admin)
        == ["Late", "Coming", "Note"]
    )
    assert shown(customer.desk) == shown(customer.colleague) == ["Coming"]


def test_cancelled_ones_are_gone_and_a_touchpoint_is_shown_once(customer, terms):
    made = services.agree(customer.owner, customer.account, terms())
    day = {"view": "day", "on": "2026-12-01"}
    assert see(customer.owner, "calendar", **day).count("<b>Borg &amp; Co</b>") == 1
    services.cancel(customer.owner, made, "They are ill")
    assert "<b>Borg &amp; Co</b>" not in see(customer.owner, "calendar", **day)


@pytest.mark.parametrize("on", ["", "rubbish", "9999-12-31", "0001-01-01", "2026-02-30"])
def test_a_day_that_nobody_can_mean_is_today(customer, on):
    assert "24 November" in see(customer.owner, "calendar", view="day", on=on)


@pytest.mark.parametrize("view", ["day", "week", "month"])
def test_two_and_twenty_cost_the_same(customer, terms, view):
    def fill(n: int) -> None:
        for _ in range(n):
            account = make.make_account(customer.owner)
            services.agree(
                customer.owner, account,
                terms(contacts=[make.make_contact(account)], colleagues=[customer.colleague]),
            )  # fmt: skip
            make.make_touchpoint(account, customer.owner, date(2026, 12, 1))

    def cost() -> int:
        client = browser(customer.manager)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("meetings:calendar"), {"view": view, "on": "2026-12-01", "who": "team"})
        return len(queries)

    fill(2)
    few = cost()
    fill(6)
    assert cost() == few


def test_what_runs_at_the_same_time_stands_side_by_side_and_everything_stays_in_the_grid():
    def entry(start: str, minutes: int) -> Entry:
        moment = datetime.fromisoformat(f"2026-12-01 {start}")
        return Entry(start, "/", "meeting", start=moment, end=moment + timedelta(minutes=minutes))

    found = {
        one.title: one.placed
        for one in place(
            [
                entry("09:00", 60),
                entry("09:30", 60),
                entry("10:00", 30),
                entry("05:00", 30),
                entry("19:50", 600),
            ]
        )
    }

    assert [found[at].lane for at in ("09:00", "09:30", "10:00")] == [0, 1, 0]
    assert (found["09:00"].row, found["09:00"].span) == (8, 4)
    assert all(one.row >= 0 and one.row + one.span <= ROWS for one in found.values())


def test_the_address_is_shown_once(customer):
    client = browser(customer.owner)
    made = client.post(reverse("meetings:address"), {"do": "make"}).content.decode()
    assert "/calendar/feed/" in made
    again = client.get(reverse("meetings:address")).content.decode()
    assert "/calendar/feed/" not in again
    assert "An address was made" in again
    client.post(reverse("meetings:address"), {"do": "notes", "with_notes": "on"})
    customer.owner.calendar_feed.refresh_from_db()
    assert customer.owner.calendar_feed.with_notes
    client.post(reverse("meetings:address"), {"do": "give_up"})
    assert "There is no address yet" in client.get(reverse("meetings:address")).content.decode()
    assert not Appointment.objects.exists()
