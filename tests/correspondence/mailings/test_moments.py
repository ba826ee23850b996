"""Paused, resumed and stopped while a worker has some of it: nothing is lost, nothing leaves that may not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import OperationalError, connection
from django.utils import timezone

from correspondence.mailing_querysets import PAUSED, STOPPED
from correspondence.mailings import preparing, services
from correspondence.models import Mailing, Message, Piece, Throttle
from correspondence.services import send_due, sending
from tests import factories as make
from tests.correspondence.mailings.conftest import outcomes, person, run, scheduled


@pytest.fixture
def people(team):
    return [person(team.kari, n) for n in range(1, 4)]


def held_afterwards(mailing):
    """As a dispatcher that asked while it was paused writes it down after somebody has resumed it."""
    waiting = Message.objects.filter(pk=mailing.pieces.first().message_id)
    waiting.update(state="cancelled", reason=PAUSED)


def at(monkeypatch, step, verb):
    """Somebody acts while a dispatcher is there, once."""
    done = []

    def reached(where):
        if where == step and not done:
            done.append(True)
            verb()

    monkeypatch.setattr(sending, "kill_point", reached)


class TestResume:
    def test_what_is_held_back_afterwards_waits_again(self, team, people):
        mailing = scheduled(team.kari)
        preparing.prepare(mailing.pk)
        held_afterwards(mailing)
        send_due()
        assert not preparing.finish(mailing)
        assert run(mailing).state == "done"
        assert len(django_mail.outbox) == 3

    def test_it_goes_on_at_its_pace_from_now_whatever_an_outage_left(self, team, people, clock):
        mailing = scheduled(team.kari, per_hour=2)
        preparing.prepare(mailing.pk)
        Throttle.objects.create(name=f"mailing {mailing.pk}", full_at=timezone.now() + timedelta(days=9))
        services.pause(team.kari, mailing)
        services.resume(team.kari, mailing)
        for _ in range(3):
            send_due()
            clock.shift(timedelta(minutes=30))
        assert len(django_mail.outbox) == 3
        assert run(mailing).state == "done"
        assert not Throttle.objects.filter(name__startswith="mailing").exists()


class TestABatchThatHasBeenAskedAbout:
    def test_a_pause_holds_it(self, team, people, monkeypatch):
        mailing = scheduled(team.kari)
        preparing.prepare(mailing.pk)
        at(monkeypatch, "outbox rendered", lambda: services.pause(team.kari, mailing))
        send_due()
        assert django_mail.outbox == []
        assert set(Message.objects.values_list("state", "reason", "attempts")) == {("cancelled", PAUSED, 0)}
        services.resume(team.kari, mailing)
        assert run(mailing).state == "done"
        assert len(django_mail.outbox) == 3

    def test_what_was_given_back_is_written_anew(self, team, people, monkeypatch):
        mailing = scheduled(team.kari)
        preparing.prepare(mailing.pk)
        at(monkeypatch, "outbox rendered", lambda: services.pause(team.kari, mailing))
        send_due()
        assert "Lind 1" in Piece.objects.get(contact=people[0]).body
        type(people[0]).objects.filter(pk=people[0].pk).update(last_name="Berg")
        services.resume(team.kari, mailing)
        run(mailing)
        assert ["Dear Eva Berg," in mail.body for mail in django_mail.outbox] == [True, False, False]

    def test_a_stop_holds_the_rest_of_it(self, team, people, monkeypatch):
        monkeypatch.setattr(sending.claiming, "AT_ONCE", 2)
        mailing = scheduled(team.kari)
        preparing.prepare(mailing.pk)
        at(monkeypatch, "outbox recorded", lambda: services.stop(team.kari, mailing))
        send_due()
        assert len(django_mail.outbox) == 2
        assert Message.objects.get(state="cancelled").reason == STOPPED
        preparing.tick()
        assert outcomes(mailing) == {"sent": 2, "stopped": 1}
        assert not Piece.objects.filter(state="queued").exists()

    def test_what_comes_back_after_a_stop_is_settled(self, team, people):
        mailing = scheduled(team.kari)
        preparing.prepare(mailing.pk)
        ids = list(Message.objects.order_by("pk").values_list("pk", flat=True))
        Message.objects.update(state="sending", lease_until=timezone.now() + timedelta(minutes=5))
        services.stop(team.kari, mailing)
        preparing.tick()
        assert Piece.objects.filter(state="queued").count() == 3
        for pk, fields in zip(
            ids,
            ({"state": "pending"}, {"state": "cancelled", "reason": PAUSED},
             {"state": "failed", "last_error": "550 no"}), strict=True,
        ):  # fmt: skip
            Message.objects.filter(pk=pk).update(lease_until=None, **fields)
        preparing.tick()
        assert outcomes(mailing) == {"stopped": 2, "failed": 1}
        assert list(mailing.recipients.exclude(reason="").values_list("reason", flat=True)) == ["550 no"]
        assert Piece.objects.filter(state="cancelled").count() == 2


def test_a_corrected_address_is_not_written_to_at_the_old_one(team, people):
    mailing = scheduled(team.kari)
    preparing.prepare(mailing.pk)
    type(people[0]).objects.filter(pk=people[0].pk).update(email="eva.lind@borg.example")
    mailing = run(mailing)
    assert outcomes(mailing) == {"dropped": 1, "sent": 2}
    assert sorted(mail.to[0] for mail in django_mail.outbox) == ["eva2@borg.example", "eva3@borg.example"]
    assert "write to the new one" in mailing.recipients.get(contact=people[0]).reason


def test_a_letter_that_no_printer_could_set_is_left_out_and_the_mailing_ends(team):
    text = make.make_template("greeting", "letter")
    address = {"street": "Gata 1", "city": "Oslo", "postal_code": "0150", "country": "NO"}
    person(team.kari, 1, make.make_account(team.kari, **address))
    person(team.kari, 2, make.make_account(team.kari, **address | {"postal_code": ""}))
    person(team.kari, 3, make.make_account(team.kari, **address, name="Acme 李"))
    mailing = make.make_mailing(team.kari, medium="letter", template=text.template)
    mailing = run(scheduled(team.kari, mailing))
    assert outcomes(mailing) == {"dropped": 2, "to_print": 1}
    told = mailing.recipients.filter(excluded="no_address").values_list("missing", flat=True)
    assert ["postal code" in words or "李" in words for words in told] == [True, True]
    Piece.objects.update(state="cancelled", reason="no")
    assert run(mailing).state == "done"


@pytest.mark.django_db(transaction=True)
def test_two_mailings_are_prepared_one_after_the_other(team, people):
    """Else both would look before the other has written, and the same people would get both."""
    mailing = scheduled(team.kari)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, 0)", [preparing.STEPS])
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            preparing._step(mailing.pk)
        assert not Piece.objects.exists()
    finally:
        other.close()
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    assert run(Mailing.objects.get(pk=mailing.pk)).state == "done"
