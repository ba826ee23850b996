"""Calendars: working weeks, public holidays, closures; what moves is shown before it is saved."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cadences import consequences, public_holidays
from cadences.calendar_pages.forms import CalendarForm
from cadences.reconcile import reconcile
from tests import factories as make
from tests.cadences.calendars.conftest import call, text
from tests.cadences.engine.seeded import customer
from users import services
from users.models import Calendar, Closure, Company, PublicHoliday

LIST = reverse("calendars:list")
WEEK = {"name": "Bavaria", "weekdays": ["1", "2", "3", "4", "5"], "country": "DE", "subdivision": "BY"}


def at(name, calendar):
    return reverse(f"calendars:{name}", args=[calendar.pk])


class TestCalendars:
    def test_an_admin_makes_one_and_sees_its_holidays(self, as_, running):
        client = as_(running.admin)
        made = client.post(reverse("calendars:create"), WEEK, follow=True)
        calendar = Calendar.objects.get(name="Bavaria")
        assert (calendar.country, calendar.subdivision, calendar.weekdays) == ("DE", "BY", [1, 2, 3, 4, 5])
        page = text(made)
        assert "Nobody yet" in page
        assert "12 public holidays in 2026" in page
        assert "Fronleichnam" in page or "Corpus Christi" in page
        assert "Germany, Bayern" in text(client.get(LIST))

    def test_regions_follow_the_country(self, as_, running):
        client = as_(running.admin)
        place = reverse("calendars:place")
        assert "Bayern" in text(client.get(place, {"country": "DE"}))
        norway = text(client.get(place, {"country": "NO", "subdivision": "BY"}))
        assert "Bayern" not in norway
        assert "public holidays in 2026" in norway
        assert text(client.get(place, {"country": "NO", "year": "2027"})).count("2027") == 1
        wrong = client.post(reverse("calendars:create"), WEEK | {"country": "NO"})
        assert wrong.status_code == 422
        assert "Select a valid choice" in text(wrong)

    @pytest.mark.parametrize("nonsense", ["\x00", "D", "²", "../..", "DE'--"])
    def test_nonsense_in_the_address_breaks_nothing(self, as_, running, nonsense):
        asked = {"country": nonsense, "subdivision": nonsense, "year": nonsense}
        answer = as_(running.admin).get(reverse("calendars:place"), asked)
        assert "Without a country there are no public holidays" in text(answer)
        answer = as_(running.admin).get(reverse("calendars:place"), asked | {"country": "DE"})
        assert "9 public holidays in 2026" in text(answer)

    def test_two_admins_do_not_undo_each_other(self, as_, running, company):
        """One renames it while the other's form, opened before, still has the old week."""
        form = CalendarForm(
            {"name": "Firm", "weekdays": ["1", "2", "3", "4", "5"], "country": "", "subdivision": ""},
            calendar=company,
        )
        services.save_calendar(running.admin, company, weekdays=[1, 2])
        assert form.is_valid()
        services.save_calendar(running.admin, company, **form.changes)
        company.refresh_from_db()
        assert (company.name, company.weekdays) == ("Firm", [1, 2])

    def test_a_country_without_holidays_is_said_and_saved(self, as_, running, monkeypatch):
        monkeypatch.setattr(public_holidays, "_supported", dict)
        monkeypatch.setattr(public_holidays, "_days", lambda *_: {})
        client = as_(running.admin)
        fields = WEEK | {"name": "Ice", "country": "AQ", "subdivision": ""}
        done = client.post(reverse("calendars:create"), fields, follow=True)
        assert "No public holidays are known" in text(done)
        assert Calendar.objects.filter(country="AQ").exists()
        assert "no public holidays known" in text(client.get(LIST))

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"weekdays": []}, "Choose at least one day"),
            ({"weekdays": ["8"]}, "Select a valid choice"),
            ({"name": " "}, "This field is required"),
            ({"name": "company"}, "There is a calendar of this name already"),
            ({"name": "x" * 81}, "at most 80 characters"),
            ({"country": "XX"}, "Select a valid choice"),
            ({"country": "\x00", "subdivision": "\x00"}, "Select a valid choice"),
        ],
    )
    def test_bad_input_is_named(self, as_, running, fields, words):
        answer = as_(running.admin).post(reverse("calendars:create"), WEEK | fields)
        assert answer.status_code == 422
        assert words in text(answer)

    def test_another_week_shows_what_moves(self, as_, account, company, running):
        """The call is owed on Friday 27 November; without Fridays it is on Monday."""
        client = as_(running.admin)
        fields = {"name": "Company", "weekdays": ["1", "2", "3", "4"], "country": "", "subdivision": ""}
        page = text(client.post(at("edit", company), fields))
        assert "moves to another day" in page or "move to another day" in page
        assert call(account).due_on == date(2026, 11, 27)
        client.post(at("edit", company), fields | {"confirmed": "1"})
        assert call(account).due_on == date(2026, 11, 30)
        company.refresh_from_db()
        assert company.weekdays == [1, 2, 3, 4]

    def test_too_many_accounts_are_said_and_moved_all_the_same(
        self, as_, account, company, running, monkeypatch
    ):
        monkeypatch.setattr(consequences, "MOST_ACCOUNTS", 0)
        fields = {"name": "Company", "weekdays": ["1", "2", "3", "4"]}
        page = text(as_(running.admin).post(at("edit", company), fields))
        assert "1 account is concerned: too many to list here" in page
        as_(running.admin).post(at("edit", company), fields | {"confirmed": "1"})
        assert call(account).due_on == date(2026, 11, 30)

    def test_what_is_more_than_twenty_is_counted(self, as_, account, company, running):
        for _ in range(24):
            customer(running.owner, date(2026, 11, 20))
        reconcile(None, date(2026, 11, 24))
        fields = {"name": "Company", "weekdays": ["1", "2", "3", "4"]}
        answer = as_(running.admin).post(at("edit", company), fields)
        found = answer.context["found"]
        assert len(found.moves) == 20
        assert found.total == found.left_out + 20 >= 25
        assert f"and {found.left_out} more" in text(answer)

    def test_another_country_brings_its_holidays(self, as_, running, company):
        fields = {"name": "Company", "weekdays": ["1", "2", "3", "4", "5"], "country": "NO"}
        as_(running.admin).post(at("edit", company), fields | {"confirmed": "1"})
        assert PublicHoliday.objects.filter(country="NO", day=date(2027, 5, 17)).exists()

    def test_the_companys_is_made_another(self, as_, account, company, running):
        other = make.make_calendar(name="Short", weekdays=[1, 2, 3, 4])
        client = as_(running.admin)
        assert "What moves" in text(client.post(at("make_default", other)))
        client.post(at("make_default", other), {"confirmed": "1"})
        assert Company.get().calendar == other
        assert call(account).due_on == date(2026, 11, 30)

    def test_only_an_unused_one_is_deleted(self, as_, company, running):
        used = make.make_calendar()
        running.owner.calendar = used
        running.owner.save()
        client = as_(running.admin)
        assert "1 user works by" in text(client.post(at("delete", used), follow=True))
        assert "is the company's calendar" in text(client.post(at("delete", company), follow=True))
        running.owner.calendar = None
        running.owner.save()
        client.post(at("delete", used))
        assert not Calendar.objects.filter(pk=used.pk).exists()

    def test_nobody_else_changes_them(self, company, running):
        for user in (running.owner, running.manager, running.desk):
            for verb in (
                lambda user=user: services.save_calendar(user, company, name="x"),
                lambda user=user: services.delete_calendar(user, company),
                lambda user=user: services.add_closure(user, company, date(2026, 12, 1), None, "x"),
                lambda user=user: services.remove_closure(user, company, date.min, date.max),
                lambda user=user: services.make_company_calendar(user, company),
                lambda user=user: services.set_calendars(user, {}),
                lambda user=user: services.set_capacities(user, {}),
                lambda user=user: services.set_company_capacity(user, 1),
            ):
                with pytest.raises(PermissionDenied):
                    verb()

    def test_two_and_twenty_cost_the_same(self, as_, running):
        client = as_(running.admin)
        costs = []
        for number in (2, 18):
            for _ in range(number):
                make.make_calendar(country="NO")
            with CaptureQueriesContext(connection) as seen:
                client.get(LIST)
            costs.append(len(seen))
        assert costs[0] == costs[1] <= 10


class TestClosures:
    def test_a_range_is_shown_then_closed_then_opened_again(self, as_, account, company, running):
        client = as_(running.admin)
        fields = {"name": "Inventory", "first": "2026-11-26", "last": "2026-11-30"}
        assert "moves to another day" in text(client.post(at("add_closure", company), fields))
        assert not Closure.objects.exists()
        done = client.post(at("add_closure", company), fields | {"confirmed": "1"}, follow=True)
        assert "5 days are closed." in text(done)
        assert call(account).due_on == date(2026, 12, 1)
        closures = done.context["closures"]
        assert [(days.first, days.last, days.count) for days in closures] == [
            (date(2026, 11, 26), date(2026, 11, 30), 5)
        ]
        days = {"first": "2026-11-26", "last": "2026-11-30"}
        page = text(client.post(at("remove_closure", company), days))
        assert "Open closed days of Company" in page
        assert "1 moves to another day" in page
        assert Closure.objects.count() == 5
        client.post(at("remove_closure", company), days | {"confirmed": "1"})
        assert not Closure.objects.exists()
        assert call(account).due_on == date(2026, 11, 27)

    def test_days_that_are_over_stay_closed(self, as_, company, running, tuesday):
        services.add_closure(running.admin, company, date(2026, 11, 24), date(2026, 11, 27), "Inventory")
        tuesday.shift(timedelta(days=2))
        days = {"first": "2026-11-24", "last": "2026-11-27"}
        as_(running.admin).post(at("remove_closure", company), days)
        assert [closure.day.day for closure in Closure.objects.order_by("day")] == [24, 25]

    def test_a_single_day_and_days_beside_it(self, running, company):
        assert services.add_closure(running.admin, company, date(2026, 12, 24), None, "Eve") == 1
        between = (date(2026, 12, 23), date(2026, 12, 28))
        assert services.add_closure(running.admin, company, *between, "Holidays") == 5
        with pytest.raises(ValidationError, match="closed already"):
            services.add_closure(running.admin, company, *between, "Again")

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"name": ""}, "This field is required"),
            ({"name": "  "}, "This field is required"),
            ({"last": "2026-11-25"}, "The last day is before the first."),
            ({"last": "2028-11-25"}, "at most 92 days"),
            ({"first": "2226-11-25", "last": ""}, "more than five years away"),
            ({"first": "no day"}, "Enter a valid date"),
        ],
    )
    def test_bad_input_is_named_and_kept(self, as_, running, company, fields, words):
        typed = {"name": "Inventory", "first": "2026-11-26", "last": "2026-11-27", **fields}
        answer = as_(running.admin).post(at("add_closure", company), typed)
        assert answer.status_code == 422
        assert words in text(answer)
        assert not Closure.objects.exists()

    def test_february_29(self, running, company):
        assert services.add_closure(running.admin, company, date(2028, 2, 28), date(2028, 3, 1), "Leap") == 3

    def test_nonsense_opens_nothing(self, as_, running, company):
        services.add_closure(running.admin, company, date(2026, 12, 24), None, "Eve")
        for first in ("", "x", "2026-13-45"):
            as_(running.admin).post(at("remove_closure", company), {"first": first, "last": "2026-12-24"})
        assert Closure.objects.count() == 1


class TestPeople:
    TABLE = reverse("calendars:people")

    def test_a_calendar_and_minutes_in_one_table(self, as_, account, running):
        short = make.make_calendar(name="Short", weekdays=[1, 2, 3, 4])
        client = as_(running.admin)
        rows = {f"calendar-{running.owner.pk}": short.pk, f"minutes-{running.owner.pk}": "90"}
        assert "moves to another day" in text(client.post(self.TABLE, rows))
        assert "1 user is changed." in text(client.post(self.TABLE, rows | {"confirmed": "1"}, follow=True))
        running.owner.refresh_from_db()
        assert (running.owner.calendar, running.owner.capacity_minutes) == (short, 90)
        assert call(account).due_on == date(2026, 11, 30)
        client.post(
            self.TABLE,
            {f"calendar-{running.owner.pk}": "", f"minutes-{running.owner.pk}": "", "confirmed": "1"},
        )
        running.owner.refresh_from_db()
        assert (running.owner.calendar, running.owner.capacity_minutes) == (None, None)

    def test_capacity_alone_moves_nothing_and_is_saved_at_once(self, as_, account, running):
        answer = as_(running.admin).post(self.TABLE, {f"minutes-{running.owner.pk}": "0"})
        assert answer.status_code == 302
        running.owner.refresh_from_db()
        assert running.owner.capacity_minutes == 0

    def test_all_that_are_found(self, as_, running):
        calendar = make.make_calendar(name="North")
        url = f"{self.TABLE}?team={running.owner.team_id}"
        as_(running.admin).post(url, {"all_calendar": calendar.pk, "all_minutes": "60", "confirmed": "1"})
        for person in (running.owner, running.deputy, running.colleague):
            person.refresh_from_db()
        assert {running.owner.calendar, running.deputy.calendar} == {calendar}
        assert running.colleague.calendar is None
        assert running.deputy.capacity_minutes == 60

    @pytest.mark.parametrize("typed", ["1441", "-3", "many", "²", "1.5", "9" * 30])
    def test_wrong_minutes_are_named_in_their_row(self, as_, running, typed):
        name = f"minutes-{running.owner.pk}"
        answer = as_(running.admin).post(self.TABLE, {name: typed, f"minutes-{running.deputy.pk}": "30"})
        assert answer.status_code == 422
        assert "A whole number between 0 and 1440" in text(answer)
        assert f'value="{typed}"' in text(answer)
        running.deputy.refresh_from_db()
        assert running.deputy.capacity_minutes is None

    def test_a_calendar_that_is_gone(self, as_, running):
        answer = as_(running.admin).post(self.TABLE, {f"calendar-{running.owner.pk}": "999999"})
        assert "This calendar is gone" in text(answer)

    def test_the_companys_minutes(self, as_, running):
        url = reverse("calendars:company_capacity")
        as_(running.admin).post(url, {"minutes": "75"})
        assert Company.get().capacity_minutes == 75
        assert "between 0 and 1440" in text(as_(running.admin).post(url, {"minutes": "x"}, follow=True))

    def test_two_hundred_users_are_searched_and_paged(self, as_, running):
        for _ in range(60):
            make.make_user()
        client = as_(running.admin)
        first = client.get(self.TABLE)
        assert len(first.context["page"].rows) == 50
        assert first.context["page"].has_next
        assert [row.display_name for row in client.get(self.TABLE, {"q": "kari"}).context["page"].rows] == [
            "Kari Holm"
        ]
        assert "No user is like that" in text(client.get(self.TABLE, {"q": "nobody at all"}))

    def test_two_and_twenty_cost_the_same(self, as_, running):
        client = as_(running.admin)
        costs = []
        for number in (2, 18):
            for _ in range(number):
                make.make_user(team=make.make_team(), calendar=make.make_calendar())
            with CaptureQueriesContext(connection) as seen:
                client.get(self.TABLE)
            costs.append(len(seen))
        assert costs[0] == costs[1] <= 9
