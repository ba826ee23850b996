"""Absences: what moves is shown before it is saved, and is what the engine then does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from cadences.why import explain
from tests import factories as make
from tests.cadences.calendars.conftest import call, text
from users.models import Absence, User

NEW = reverse("calendars:create_absence")
AWAY = {"starts_on": "2026-11-26", "ends_on": "2026-12-02", "reason": "Skiing"}


def plan(client, user, **fields):
    return client.post(NEW, {"user": user.pk, **AWAY, **fields})


class TestWhatMoves:
    def test_the_deputy_is_shown_first_and_gets_it_then(self, as_, account, running):
        client = as_(running.owner)
        shown = plan(client, running.owner)
        page = text(shown)
        assert shown.status_code == 200
        assert "1 touchpoint changes" in page
        assert "1 goes to somebody else" in page
        assert "Acme Machining" in page
        assert reverse("accounts:why", args=[account.pk, call(account).pk]) in page
        assert "Dag Moe" in page
        assert not Absence.objects.exists()
        assert call(account).assignee == running.owner
        done = plan(client, running.owner, confirmed="1")
        assert done["Location"] == reverse("calendars:absences")
        assert call(account).assignee == running.deputy
        assert call(account).due_on == date(2026, 11, 27)

    def test_nobody_stands_in_so_it_waits_for_the_return(self, as_, account, running):
        client = as_(running.owner)
        page = text(plan(client, running.owner, deputy="nobody"))
        assert "1 moves to another day" in page
        plan(client, running.owner, deputy="nobody", confirmed="1")
        assert (call(account).assignee, call(account).due_on) == (running.owner, date(2026, 12, 3))
        absence = Absence.objects.get()
        page = text(client.get(reverse("calendars:absences")))
        assert "nobody: it waits" in page
        why = " ".join(explain(call(account)))
        assert "and it waits for the return" in why
        assert "moved to Thursday, 3 December 2026" in why
        removal = reverse("calendars:remove_absence", args=[absence.pk])
        page = text(client.post(removal))
        assert "Remove the absence of Kari Holm" in page
        assert "1 moves to another day" in page
        assert "Leave it as it is" in page
        assert call(account).due_on == date(2026, 12, 3)
        client.post(removal, {"change": "1"})
        assert Absence.objects.exists()
        client.post(removal, {"confirmed": "1"})
        assert not Absence.objects.exists()
        assert call(account).due_on == date(2026, 11, 27)

    def test_back_early_it_ends_with_yesterday_and_stays_known(self, as_, account, running, tuesday):
        client = as_(running.owner)
        plan(client, running.owner, deputy="nobody", confirmed="1")
        absence = Absence.objects.get()
        tuesday.shift(timedelta(days=3))  # Friday, the second day of it
        client = as_(running.owner)
        assert "End now" in text(client.get(reverse("calendars:absences")))
        assert "End now" in text(client.get("/users/profile/"))
        removal = reverse("calendars:remove_absence", args=[absence.pk])
        page = text(client.post(removal))
        assert "Kari Holm is back today" in page
        assert "1 moves to another day" in page
        told = client.post(removal, {"confirmed": "1", "back": "/users/profile/"}, follow=True)
        assert "The absence ended yesterday" in text(told)
        assert told.redirect_chain[-1][0] == "/users/profile/"
        absence.refresh_from_db()
        assert absence.ends_on == date(2026, 11, 26)
        assert call(account).due_on == date(2026, 11, 27)

    def test_where_nothing_moves_back_it_is_removed_at_once(self, as_, account, running):
        absence = make.make_absence(running.owner, date(2027, 11, 26), date(2027, 12, 2))
        client = as_(running.owner)
        assert client.post(reverse("calendars:remove_absence", args=[absence.pk])).status_code == 302
        assert not Absence.objects.exists()

    def test_somebody_named_goes_before_the_standing_deputy(self, as_, account, running):
        plan(as_(running.owner), running.owner, deputy=running.colleague.pk, confirmed="1")
        assert call(account).assignee == running.colleague

    def test_nothing_moves_so_it_is_saved_at_once(self, as_, running):
        quiet = running.deputy
        quiet.deputy = running.owner
        quiet.save()
        assert plan(as_(quiet), quiet).status_code == 302
        assert Absence.objects.get().user == quiet

    def test_back_to_the_form_keeps_what_was_typed(self, as_, account, running):
        answer = plan(as_(running.owner), running.owner, change="1")
        assert answer.status_code == 200
        assert 'value="Skiing"' in text(answer)
        assert not Absence.objects.exists()

    def test_a_changed_absence_moves_again(self, as_, account, running):
        absence = make.make_absence(running.owner, date(2026, 11, 26), date(2026, 12, 2), waits=True)
        at = reverse("calendars:edit_absence", args=[absence.pk])
        client = as_(running.owner)
        assert 'value="nobody" selected' in text(client.get(at))
        later = {"starts_on": "2026-11-26", "ends_on": "2026-12-07", "deputy": "nobody", "confirmed": "1"}
        client.post(at, later)
        assert call(account).due_on == date(2026, 12, 8)


class TestDeputies:
    def test_a_deputy_who_is_away_too_is_said_with_who_then_does_it(self, as_, account, running):
        make.make_absence(running.deputy, date(2026, 11, 27), date(2026, 11, 30))
        page = text(plan(as_(running.owner), running.owner))
        assert "27 November to 30 November 2026: Dag Moe is away as well" in page
        assert "Mona Vik, who manages the team, does it." in page
        plan(as_(running.owner), running.owner, confirmed="1")
        assert call(account).assignee == running.manager

    def test_nobody_at_all(self, as_, account, running):
        for person in (running.deputy, running.manager):
            make.make_absence(person, date(2026, 11, 20), date(2026, 12, 20))
        page = text(plan(as_(running.owner), running.owner))
        assert "Dag Moe is away as well and nobody else stands in: it waits" in page
        plan(as_(running.owner), running.owner, confirmed="1")
        assert (call(account).assignee, call(account).due_on) == (running.owner, date(2026, 12, 3))

    def test_without_deputy_and_team_it_is_said_too(self, as_, running):
        alone = make.make_user(display_name="Una Alone")
        page = text(plan(as_(alone), alone))
        assert "nobody stands in, so what falls due waits until 3 December" in page

    def test_what_is_said_is_what_the_engine_does(self, as_, account, running):
        """Each day of an absence: the person that the page names is the one who gets a call due that day."""
        from cadences.calendar_pages.standing_in import stretches

        make.make_absence(running.deputy, date(2026, 11, 27), date(2026, 11, 27))
        absence = make.make_absence(running.owner, date(2026, 11, 26), date(2026, 12, 2))
        from cadences.reconcile import reconcile

        reconcile([account.pk], date(2026, 11, 24))
        told = {day: each.who for each in stretches(absence) for day in (each.first, each.last)}
        assert told[call(account).due_on] == call(account).assignee == running.manager


class TestBadInput:
    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"ends_on": "2026-11-25"}, "The last day is before the first."),
            ({"ends_on": "2035-02-12"}, "at most 366 days"),
            ({"starts_on": "2026-11-01", "ends_on": "2026-11-23"}, "That is over already"),
            ({"starts_on": "2062-11-01", "ends_on": "2062-11-02"}, "more than three years ahead"),
            ({"starts_on": "31.02.2026"}, "Enter a valid date"),
            ({"deputy": "999999999"}, "Select a valid choice"),
            ({"deputy": "\x00"}, "Select a valid choice"),
        ],
    )
    def test_it_is_named_and_nothing_typed_is_lost(self, as_, running, fields, words):
        answer = plan(as_(running.owner), running.owner, **fields)
        assert answer.status_code == 422
        assert words in text(answer)
        assert 'value="Skiing"' in text(answer)
        assert not Absence.objects.exists()

    def test_oneself_as_deputy(self, as_, running):
        answer = plan(as_(running.owner), running.owner, deputy=running.owner.pk)
        assert "Nobody is their own deputy" in text(answer)

    def test_one_upon_another(self, as_, running):
        make.make_absence(running.owner, date(2026, 12, 1), date(2026, 12, 24))
        answer = plan(as_(running.owner), running.owner)
        assert answer.status_code == 422
        assert "There is an absence from 1 December 2026 to 24 December 2026 already" in text(answer)

    def test_a_single_day_is_fine(self, as_, running):
        quiet = running.colleague
        plan(as_(quiet), quiet, starts_on="2026-12-01", ends_on="2026-12-01", confirmed="1")
        assert Absence.objects.filter(user=quiet, starts_on=date(2026, 12, 1)).exists()

    def test_somebody_elses_is_not_offered(self, as_, running):
        assert plan(as_(running.colleague), running.owner).status_code == 422
        assert plan(as_(running.manager), running.owner, confirmed="1").status_code == 302
        absence = Absence.objects.get()
        at = reverse("calendars:edit_absence", args=[absence.pk])
        assert as_(running.colleague).post(at, {"starts_on": "nonsense"}).status_code == 403


class TestList:
    def test_everybody_sees_who_is_away_and_changes_only_their_own(self, as_, running):
        make.make_absence(running.owner, date(2026, 11, 20), date(2026, 11, 24))
        make.make_absence(running.colleague, date(2026, 12, 1), date(2026, 12, 2))
        over = make.make_absence(running.owner, date(2026, 11, 1), date(2026, 11, 3))
        answer = as_(running.colleague).get(reverse("calendars:absences"))
        assert [row.user for row in answer.context["page"].rows] == [running.owner, running.colleague]
        assert "away now" in text(answer)
        assert len(answer.context["editable"]) == 1
        past = as_(running.colleague).get(reverse("calendars:absences"), {"over": "1", "q": "KARI"})
        assert list(past.context["page"].rows) == [over]
        assert "No absence is like that" in text(
            as_(running.owner).get(reverse("calendars:absences"), {"q": "x"})
        )

    def test_the_profile_shows_ones_own(self, as_, running):
        client = as_(running.owner)
        assert "You are not going to be away" in text(client.get("/users/profile/"))
        make.make_absence(running.owner, date(2026, 12, 1), date(2026, 12, 5), deputy=running.colleague)
        assert "deputy Ola Berg" in text(client.get("/users/profile/"))

    def test_two_and_twenty_cost_the_same(self, as_, running, django_assert_num_queries):
        client = as_(running.admin)
        costs = []
        for number in (2, 18):
            for _ in range(number):
                boss = make.make_user("manager")
                away = make.make_user(deputy=make.make_user(), team=make.make_team(boss))
                make.make_absence(away, date(2026, 12, 1), date(2026, 12, 2))
            with django_assert_num_queries(6) as seen:
                client.get(reverse("calendars:absences"))
            costs.append(len(seen))
        assert costs[0] == costs[1]


def test_time_zones_are_civil(as_, running):
    """Who lives a day ahead plans by their own date."""
    User.objects.filter(pk=running.owner.pk).update(time_zone="Pacific/Kiritimati")  # 22:00 on the 24th
    answer = plan(as_(running.owner), running.owner, starts_on="2026-11-23", ends_on="2026-11-23")
    assert "That is over already" in text(answer)
