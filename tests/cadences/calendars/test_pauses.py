"""Pauses of accounts and of people: until a day, with a reason, and they resume by themselves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from cadences.day import my_day
from cadences.models import Touchpoint
from cadences.reconcile import reconcile
from contacts.services import pause_contact
from tests import factories as make
from tests.cadences.calendars.conftest import TODAY, call, text

PAUSE = {"paused_until": "2026-12-31", "pause_reason": "Merging with Borg"}


def pause(client, account, **fields):
    return client.post(reverse("accounts:pause", args=[account.pk]), PAUSE | fields)


class TestAccounts:
    def test_what_lapses_is_shown_first_and_all_resumes_by_itself(self, as_, account, running, tuesday):
        client = as_(running.owner)
        assert " lapse" in text(pause(client, account))
        assert call(account).state == "open"
        pause(client, account, confirmed="1")
        assert (call(account).state, call(account).reason) == ("lapsed", "paused")
        page = text(client.get(reverse("accounts:detail", args=[account.pk])))
        assert "nothing is owed" in page
        assert "Merging with Borg" in page
        tuesday.move_to("2027-01-04 09:00+00:00")
        reconcile(None, date(2027, 1, 4))
        assert Touchpoint.objects.open().filter(account=account).exists()
        assert "nothing is owed" not in text(client.get(reverse("accounts:detail", args=[account.pk])))

    def test_it_is_ended_early(self, as_, account, running):
        client = as_(running.owner)
        pause(client, account, confirmed="1")
        assert "End the pause now" in text(client.get(reverse("accounts:pause", args=[account.pk])))
        page = text(client.post(reverse("accounts:end_pause", args=[account.pk])))
        assert "End the pause of Acme Machining" in page
        assert "owed again" in page
        assert call(account).state == "lapsed"
        client.post(reverse("accounts:end_pause", args=[account.pk]), {"confirmed": "1"})
        account.refresh_from_db()
        assert (account.paused_from, account.pause_reason) == (None, "")
        assert call(account).state == "open"

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"paused_until": ""}, "This field is required"),
            ({"pause_reason": " "}, "This field is required"),
            ({"paused_until": "2026-11-23", "paused_from": "2026-11-01"}, "That day is over"),
            ({"paused_until": "2036-11-23"}, "within two years"),
            ({"paused_from": "2027-01-01"}, "before its first day"),
            ({"paused_from": "0001-01-01"}, "at most a year back"),
            ({"paused_until": "2027-02-29"}, "Enter a valid date"),
        ],
    )
    def test_bad_input_is_named_and_kept(self, as_, account, running, fields, words):
        answer = pause(as_(running.owner), account, **fields)
        assert answer.status_code == 422
        assert words in text(answer)
        account.refresh_from_db()
        assert account.paused_from is None

    def test_who_may(self, as_, account, running):
        for user, status in (
            (running.colleague, 403),
            (running.desk, 403),
            (running.deputy, 302),
            (running.manager, 302),
        ):
            assert pause(as_(user), account, confirmed="1").status_code == status


class TestPeople:
    @pytest.fixture
    def eva(self, account):
        return make.make_contact(
            account, first_name="Eva", last_name="Lind", phone="+47 22 33 44 55", is_main=True
        )

    @pytest.fixture
    def sheet(self, as_, account, running):
        """The page of the call after a week."""
        return lambda: text(as_(running.owner).get(reverse("cadences:touchpoint", args=[call(account).pk])))

    def test_the_next_person_is_proposed(self, account, running, eva, sheet):
        make.make_contact(account, first_name="Per", last_name="Vik", phone="+47 55 66 77 88")
        assert "tel:+4722334455" in sheet()
        pause_contact(running.owner, eva, date(2026, 12, 3), "On parental leave")
        page = sheet()
        assert "tel:+4755667788" in page
        assert "tel:+4722334455" not in page
        assert "Eva Lind is not to be called until 3 Dec: On parental leave." in page
        assert "Nobody else is known here" not in page
        assert "Eva Lind (paused until 3 Dec)" in page

    def test_the_only_person_is_said_to_be_paused(self, account, running, eva, sheet):
        pause_contact(running.owner, eva, date(2026, 12, 3), "On parental leave")
        page = sheet()
        assert "Nobody else is known here" in page
        assert "tel:+4722334455" not in page

    def test_my_day_names_the_other_one(self, account, running, eva):
        pause_contact(running.owner, eva, date(2026, 12, 3), "Leave")
        Touchpoint.objects.filter(account=account).update(due_on=TODAY)
        line = my_day(running.owner, TODAY).lines[0]
        assert (line.person.name, line.person.phone, line.person.paused_until) == (
            "Eva Lind",
            "",
            date(2026, 12, 3),
        )
        make.make_contact(account, first_name="Per", last_name="Vik", phone="1234")
        assert my_day(running.owner, TODAY).lines[0].person.name == "Per Vik"
        Touchpoint.objects.filter(account=account).update(contact=eva)
        assert my_day(running.owner, TODAY).lines[0].person.name == "Per Vik"
        assert my_day(running.owner, date(2026, 12, 4)).lines[0].person.name == "Eva Lind"

    def test_through_the_page_and_back(self, as_, account, running, eva):
        client, at = as_(running.owner), reverse("contacts:pause", args=[eva.pk])
        client.post(at, {"paused_until": "2026-12-03", "pause_reason": "Leave"})
        detail = text(client.get(reverse("contacts:detail", args=[eva.pk])))
        assert "not to be called until 3 Dec" in detail
        assert "paused until 3 Dec" in text(client.get(reverse("contacts:list"), {"owner": "all"}))
        assert "paused until 3 Dec" in text(client.get(reverse("accounts:detail", args=[account.pk])))
        client.post(at, {"paused_until": "", "pause_reason": "Leave"})
        eva.refresh_from_db()
        assert (eva.paused_until, eva.pause_reason) == (None, "")

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"paused_until": "2026-11-23"}, "That day is over"),
            ({"paused_until": "2036-11-23"}, "within two years"),
            ({"pause_reason": ""}, "so that a colleague does not call them"),
            ({"paused_until": "soon"}, "Enter a valid date"),
        ],
    )
    def test_bad_input(self, as_, running, eva, fields, words):
        typed = {"paused_until": "2026-12-03", "pause_reason": "Leave", **fields}
        answer = as_(running.owner).post(reverse("contacts:pause", args=[eva.pk]), typed)
        assert answer.status_code == 422
        assert words in text(answer)

    def test_who_may(self, running, eva):
        for user in (running.colleague, running.desk, running.gone):
            with pytest.raises(PermissionDenied):
                pause_contact(user, eva, TODAY, "x")
        pause_contact(running.deputy, eva, TODAY + timedelta(days=1), "x")
        eva.left_on = TODAY
        eva.save()
        with pytest.raises(ValidationError, match="has left"):
            pause_contact(running.owner, eva, TODAY, "x")
