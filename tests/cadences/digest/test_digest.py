"""The mails about day and team: who gets which, when, once, and what they say."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from cadences.digest import sending
from cadences.models.digest import Digest
from contacts.models import Commitment, Concern
from correspondence.models import Message
from correspondence.services import send_due
from tests import factories as make

TODAY = date(2026, 11, 24)  # a Tuesday
PASSWORD = "correct horse battery"


@pytest.fixture
def kari(people):
    """Salesperson in Oslo with a call that is late, by a day."""
    make.make_schedule()
    owner = people.owner
    owner.set_password(PASSWORD)
    owner.save()
    make.make_touchpoint(
        make.make_account(owner, name="Acme & Söner"),
        owner,
        TODAY - timedelta(days=1),
        make.make_slot("call", name="Monthly call"),
    )
    return owner


def at(clock, moment):
    clock.move_to(f"{moment}+00:00")
    return sending.tick(timezone.now())


def sent_to(user):
    send_due()
    return [one for one in mail.outbox if one.to == [user.email]]


def test_it_leaves_once_at_the_hour_of_their_place(kari, tuesday):
    assert at(tuesday, "2026-11-24 05:59") == 0  # 06:59 in Oslo
    assert at(tuesday, "2026-11-24 06:00") == 1
    assert at(tuesday, "2026-11-24 06:05") == 0
    (one,) = sent_to(kari)
    assert one.subject == "1 late"
    html = str(one.alternatives[0][0])
    for said in ("Acme &amp; Söner", "Monthly call", "1 day late", reverse("users:profile")):
        assert said in html
    assert "Acme & Söner: Monthly call, 1 day late" in one.body
    touchpoint = kari.touchpoints.get()
    assert reverse("cadences:touchpoint", args=[touchpoint.pk]) in one.body


def test_a_worker_that_was_away_catches_up_until_noon(kari, tuesday):
    assert at(tuesday, "2026-11-24 10:59") == 1
    assert at(tuesday, "2026-11-25 11:00") == 0  # noon in Oslo


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("switched off", {"digest_at": None}),
        ("deactivated", {"is_active": False}),
        ("never signed in", {"password": "!"}),
        ("no address", {"email": None}),
    ],
)
def test_who_gets_none(kari, tuesday, why, change):
    type(kari).objects.filter(pk=kari.pk).update(**change)
    assert at(tuesday, "2026-11-24 07:00") == 0, why


def test_none_on_days_off(kari, tuesday):
    assert at(tuesday, "2026-11-28 07:00") == 0  # a Saturday
    make.make_absence(kari, date(2026, 11, 30), date(2026, 11, 30))
    assert at(tuesday, "2026-11-30 07:00") == 0
    assert at(tuesday, "2026-12-01 07:00") == 1


def test_none_when_there_is_nothing_to_say(kari, tuesday):
    kari.touchpoints.all().delete()
    assert at(tuesday, "2026-11-24 07:00") == 0
    assert not Digest.objects.get().is_mailed
    assert not Message.objects.exists()


def test_none_before_the_schedule_is_switched_on(kari, tuesday):
    make.make_schedule(is_on=False)
    assert at(tuesday, "2026-11-24 07:00") == 0


def test_promises_concerns_and_todays_contacts_are_in_it(kari, people, tuesday):
    borg = make.make_account(kari, name="Borg")
    make.make_touchpoint(
        borg,
        kari,
        TODAY,
        make.make_slot("check-in"),
        due_at=make.at("2026-11-24 13:00"),
        anchor="agreed",
        basis="agreed",
    )
    Commitment.objects.create(account=borg, user=kari, what="Send the quote", due_on=TODAY)
    Commitment.objects.create(account=borg, user=kari, what="Not yet", due_on=TODAY + timedelta(days=1))
    Commitment.objects.create(account=borg, user=people.deputy, what="Of another", due_on=TODAY)
    Concern.objects.create(
        account=borg, what="Seal leaks", opened_on=TODAY - timedelta(days=1), raised_by=people.desk
    )
    Concern.objects.create(
        account=borg, what="Known for long", opened_on=TODAY - timedelta(days=2), raised_by=people.desk
    )
    Concern.objects.create(account=borg, what="Raised by herself", opened_on=TODAY, raised_by=kari)
    at(tuesday, "2026-11-24 06:00")
    (one,) = sent_to(kari)
    assert one.subject == "1 late, 1 today, 1 promise due, 1 new concern"
    for said in ("14:00 Borg", "Send the quote", "Seal leaks"):
        assert said in one.body
    for unsaid in ("Not yet", "Of another", "Known for long", "Raised by herself"):
        assert unsaid not in one.body


def test_what_a_deputy_finds_on_my_day_is_in_their_mail(kari, people, tuesday):
    make.make_absence(kari, TODAY, TODAY, deputy=people.deputy)
    people.deputy.set_password(PASSWORD)
    people.deputy.save()
    Commitment.objects.create(account=make.make_account(kari), user=kari, what="Send the quote", due_on=TODAY)
    at(tuesday, "2026-11-24 06:00")
    (one,) = sent_to(people.deputy)
    assert "Send the quote" in one.body


def test_on_a_monday_the_concerns_of_the_weekend_are_new(kari, people, tuesday):
    make.make_concern(kari.touchpoints.get().account, what="Since Friday", opened_on=date(2026, 11, 27))
    at(tuesday, "2026-11-30 06:00")
    (one,) = sent_to(kari)
    assert "Since Friday" in one.body


def test_what_is_done_before_it_leaves_is_not_in_it(kari, tuesday):
    at(tuesday, "2026-11-24 06:00")
    kari.touchpoints.update(state="cancelled", closed_on=TODAY, reason="x")
    assert sent_to(kari) == []
    assert Message.objects.get().state == "cancelled"


def test_a_mail_that_waited_until_tomorrow_is_dropped(kari, tuesday):
    at(tuesday, "2026-11-24 06:00")
    tuesday.move_to("2026-11-25 08:00+00:00")
    assert sent_to(kari) == []


def test_more_than_fits_is_counted(kari, tuesday):
    for number in range(20):
        make.make_touchpoint(make.make_account(kari), kari, TODAY, make.make_slot(f"slot-{number}"))
    at(tuesday, "2026-11-24 06:00")
    (one,) = sent_to(kari)
    assert "… and 8 more" in one.body


def test_a_mail_that_breaks_holds_up_nobody(kari, people, tuesday, monkeypatch):
    other = people.deputy
    other.set_password(PASSWORD)
    other.save()
    make.make_touchpoint(make.make_account(other), other, TODAY)
    told = sending._CONTENT[Digest.Kind.DAY]

    def broken(user, today):
        if user == kari:
            raise RuntimeError("a row that cannot be read")
        return told(user, today)

    monkeypatch.setitem(sending._CONTENT, Digest.Kind.DAY, broken)
    assert at(tuesday, "2026-11-24 06:00") == 1
    assert list(Digest.objects.values_list("user", flat=True)) == [other.pk]


class TestTeam:
    @pytest.fixture
    def mona(self, kari, people):
        mona = people.manager
        mona.set_password(PASSWORD)
        mona.digest_at = None
        mona.save()
        return mona

    def test_once_a_week_on_the_first_working_day(self, mona, kari, tuesday):
        make.make_absence(mona, date(2026, 11, 23), date(2026, 11, 23))
        assert at(tuesday, "2026-11-23 07:30") == 0 + kari_gets(kari, date(2026, 11, 23))
        at(tuesday, "2026-11-24 07:30")
        (one,) = sent_to(mona)
        assert one.subject.startswith("Your team: 1 late")
        assert "Kari Holm: 1 late" in one.body
        at(tuesday, "2026-11-25 07:30")
        assert len(sent_to(mona)) == 1
        at(tuesday, "2026-11-30 07:30")
        assert len(sent_to(mona)) == 2

    def test_not_for_who_wants_none(self, mona, tuesday):
        mona.team_digest = False
        mona.save()
        at(tuesday, "2026-11-24 07:30")
        assert sent_to(mona) == []

    def test_not_for_who_manages_no_more(self, mona, tuesday):
        at(tuesday, "2026-11-24 07:30")
        type(mona).objects.filter(pk=mona.pk).update(roles=["salesperson"])
        assert sent_to(mona) == []


def kari_gets(kari, day):
    """Whether the owner's own mail is among those of that morning."""
    return int(Digest.objects.filter(user=kari, day=day, is_mailed=True).exists())


class TestProfile:
    def test_hour_and_switch(self, client, people):
        client.force_login(people.manager)
        at_profile = reverse("users:profile")
        html = client.get(at_profile).content.decode()
        assert '<option value="07:00" selected>' in html
        client.post(at_profile, {"time_zone": "Europe/Oslo", "language": "en", "digest_at": "06:00"})
        people.manager.refresh_from_db()
        assert (people.manager.digest_at, people.manager.team_digest) == (time(6), False)
        client.post(
            at_profile, {"time_zone": "Europe/Oslo", "language": "en", "digest_at": "", "team_digest": "on"}
        )
        people.manager.refresh_from_db()
        assert (people.manager.digest_at, people.manager.team_digest) == (None, True)

    @pytest.mark.parametrize("hour", ["25:00", "13:00", "x"])
    def test_another_hour_is_refused(self, client, people, hour):
        client.force_login(people.owner)
        data = {"time_zone": "Europe/Oslo", "language": "en", "digest_at": hour}
        assert client.post(reverse("users:profile"), data).status_code == 422

    def test_only_managers_are_asked_about_the_team(self, client, people):
        client.force_login(people.owner)
        assert "The team by e-mail" not in client.get(reverse("users:profile")).content.decode()
