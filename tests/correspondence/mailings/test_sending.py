"""From scheduling to results: frozen, prepared, checked again, held back, ended."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail as django_mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.models import Interaction
from correspondence import reports
from correspondence.mailing_querysets import PAUSED
from correspondence.mailings import preparing, services
from correspondence.mailings.audience import Audience
from correspondence.models import DeliveryReport, Mailing, Message, Piece, Suppression, TemplateText
from correspondence.pieces.services import post
from correspondence.services import mark_sent, send_due
from correspondence.texts.services import pick
from tests import factories as make
from tests.correspondence.mailings.conftest import everybody, outcomes, person, run, scheduled


@pytest.fixture
def people(team):
    return [person(team.kari, n) for n in range(1, 6)]


def sent_to():
    return sorted(mail.to[0] for mail in django_mail.outbox)


def test_each_gets_their_own_words_and_an_entry_on_the_timeline(team, people):
    mailing = run(scheduled(team.kari))
    assert (mailing.state, mailing.rows_left, outcomes(mailing)) == ("done", 0, {"sent": 5})
    assert len(sent_to()) == len(set(sent_to())) == 5
    first = django_mail.outbox[0]
    assert "kari@tend.example" in first.from_email
    assert "List-Unsubscribe" in first.extra_headers
    piece = Piece.objects.get(contact__email=first.to[0])
    assert (piece.subject, piece.state) == (first.subject, "left")
    assert first.body.startswith(f"{piece.body}\n\nKari\n\nUnsubscribe from mails like this:\n")
    link = first.extra_headers["List-Unsubscribe"].strip("<>")
    assert first.body.endswith(link)
    assert f'href="{link}"' in first.alternatives[0][0]
    talk = piece.logged
    assert (talk.kind, talk.outcome, talk.reached, talk.summary) == ("email", "sent", False, piece.subject)
    assert Interaction.objects.filter(source="system").count() == 5


def test_the_way_out_is_in_the_language_of_the_mail_and_only_where_nobody_asked_for_it(team):
    text = make.make_template("greeting", language="de")
    person(team.kari, 1, language="de-AT")
    for topic in ("marketing", "service"):
        mailing = make.make_mailing(team.kari, template=text.template, topic=topic, rest_days=0)
        run(scheduled(team.kari, mailing))
    marketing, service = django_mail.outbox
    assert "Mails dieser Art abbestellen" in marketing.body
    assert "Mails dieser Art abbestellen</a>" in marketing.alternatives[0][0]
    for body in (service.body, service.alternatives[0][0]):
        assert "abbestellen" not in body
        assert "/unsubscribe/" not in body


def test_letters_wait_for_the_printer_and_are_done_when_posted(team, people):
    text = make.make_template("greeting", "letter")
    mailing = make.make_mailing(team.kari, medium="letter", template=text.template)
    mailing = run(scheduled(team.kari, mailing))
    assert (mailing.state, outcomes(mailing)) == ("running", {"to_print": 5})
    assert "Lind 1" in Piece.objects.letters_to_print().order_by("pk")[0].body
    services.pause(team.kari, mailing)
    assert not Piece.objects.letters_to_print().exists()
    services.resume(team.kari, mailing)
    letters = list(Piece.objects.letters_to_print())
    Piece.objects.filter(pk=letters[0].pk).update(state="printed")
    assert outcomes(mailing) == {"to_print": 4, "printed": 1}
    post(team.kari, letters)
    preparing.tick()
    mailing.refresh_from_db()
    assert (mailing.state, outcomes(mailing)) == ("done", {"posted": 5})


class TestScheduling:
    def test_set_and_words_are_frozen(self, team, people, clock):
        mailing = scheduled(team.kari, starts_at=timezone.now() + timedelta(hours=2))
        person(team.kari, 6)
        template = mailing.template
        make.make_template(template=template, body="{{salutation}}\n\nother words")
        assert run(mailing).state == "scheduled"
        assert not Piece.objects.exists()
        clock.shift(timedelta(hours=2))
        assert run(mailing).state == "done"
        assert len(sent_to()) == 5
        assert "thank you for your time" in django_mail.outbox[0].body

    def test_what_changed_until_the_start_counts(self, team, people, clock):
        mailing = scheduled(team.kari, starts_at=timezone.now() + timedelta(hours=2))
        Suppression.objects.create(address=people[0].email, topic="marketing", reason="unsubscribe")
        type(people[1]).objects.filter(pk=people[1].pk).update(left_on=date(2026, 11, 26))
        type(people[2].account).objects.filter(pk=people[2].account_id).update(
            paused_from=date(2026, 11, 26), paused_until=date(2026, 11, 30)
        )
        clock.shift(timedelta(hours=2))
        mailing = run(mailing)
        assert outcomes(mailing) == {"dropped": 3, "sent": 2}
        assert sorted(mailing.recipients.exclude(excluded="").values_list("excluded", flat=True)) == [
            "account_paused", "left", "unsubscribed"
        ]  # fmt: skip

    def test_what_changed_while_it_waited_in_the_outbox_counts(self, team, people):
        mailing = scheduled(team.kari, per_hour=1)
        preparing.prepare(mailing.pk)
        type(people[1]).objects.filter(pk=people[1].pk).update(refused_channels=["email"])
        type(people[2]).objects.filter(pk=people[2].pk).update(first_name="", last_name=" ")
        Message.objects.update(not_before=None, next_try_at=timezone.now())
        Mailing.objects.update(per_hour=None)
        mailing = run(mailing)
        assert outcomes(mailing) == {"dropped": 2, "sent": 3}
        told = set(mailing.recipients.exclude(reason="").values_list("reason", flat=True))
        assert told == {"The contact refuses e-mail.", "A value is missing: contact_name, salutation"}
        assert Piece.objects.filter(state="cancelled").count() == 2

    def test_twice_is_once(self, team, people):
        mailing = scheduled(team.kari)
        with pytest.raises(ValidationError, match="has been scheduled"):
            services.schedule(team.kari, mailing, everybody())
        for _ in range(2):
            run(mailing)
        assert len(sent_to()) == 5

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"template": None}, "Choose a template"),
            ({"medium": "letter"}, "no words for this medium"),
            ({"by_owner": False}, "Choose who writes"),
        ],
    )
    def test_what_is_missing_is_named(self, team, people, fields, words):
        mailing = make.make_mailing(team.kari)
        Mailing.objects.filter(pk=mailing.pk).update(**fields)
        with pytest.raises(ValidationError, match=words):
            services.schedule(team.kari, mailing, everybody())
        assert not mailing.recipients.exists()

    def test_words_that_belong_to_one_talk_are_refused(self, team, people):
        text = make.make_template("greeting", body="{{talk_summary}}")
        mailing = make.make_mailing(team.kari, template=text.template)
        with pytest.raises(ValidationError, match="talk_summary"):
            services.schedule(team.kari, mailing, everybody())

    def test_a_chosen_sender_needs_an_identity_and_must_be_ones_own(self, team, people):
        mailing = make.make_mailing(team.manager, by_owner=False, sender=team.manager)
        with pytest.raises(ValidationError, match="Mia has no verified address"):
            services.schedule(team.manager, mailing, everybody())
        with pytest.raises(ValidationError, match="your own name"):
            services.save(team.kari, {"name": "x", "by_owner": False, "sender": team.manager})
        make.make_identity(team.manager, address="mia@tend.example")
        run(services.schedule(team.manager, mailing, everybody()))
        assert all("mia@tend.example" in mail.from_email for mail in django_mail.outbox)

    def test_salespeople_have_a_limit_and_managers_none(self, team, people, monkeypatch):
        monkeypatch.setattr(services, "MOST_OF_ONE", 4)
        with pytest.raises(ValidationError, match="ask your manager"):
            scheduled(team.kari)
        assert scheduled(team.manager).rows_total == 5

    def test_nobody_or_too_many(self, team, people, monkeypatch):
        with pytest.raises(ValidationError, match="Nobody would get it"):
            services.schedule(team.kari, make.make_mailing(team.kari), Mailing.objects.none().values("pk"))
        monkeypatch.setattr(services, "MOST", 4)
        with pytest.raises(ValidationError, match="more than 4"):
            scheduled(team.manager)

    def test_a_moment_that_is_over(self, team, people):
        with pytest.raises(ValidationError, match="moment is over"):
            scheduled(team.kari, starts_at=timezone.now() - timedelta(minutes=1))


class TestRights:
    def test_who_may(self, team, people):
        mailing = make.make_mailing(team.kari)
        stranger, other = make.make_user(team=team.kari.team), make.make_user("manager")
        for user in (stranger, other, make.make_user("reader")):
            assert not Mailing.objects.visible_to(user).exists()
            with pytest.raises(PermissionDenied):
                services.schedule(user, mailing, everybody())
        for user in (team.kari, team.manager, team.admin):
            assert Mailing.objects.visible_to(user).exists()
        team.kari.is_active = False
        assert not Mailing.objects.visible_to(team.kari).exists()

    def test_readers_write_none_and_the_same_form_makes_one(self, team):
        with pytest.raises(PermissionDenied):
            services.save(make.make_user("reader"), {"name": "x"})
        token = "7e1f2f0e-3f4b-4b52-9a52-111111111111"
        made = {services.save(team.kari, {"name": "x"}, token=token).pk for _ in range(2)}
        assert len(made) == 1


class TestPace:
    def test_an_hour_has_room_for_so_many(self, team, people, clock):
        mailing = scheduled(team.kari, per_hour=2)
        preparing.prepare(mailing.pk)
        found = []
        for _ in range(6):
            send_due()
            found.append(len(django_mail.outbox))
            clock.shift(timedelta(minutes=30))
        assert found == [1, 2, 3, 4, 5, 5]

    def test_after_an_outage_not_all_leave_at_once(self, team, people, clock):
        mailing = scheduled(team.kari, per_hour=2)
        preparing.prepare(mailing.pk)
        clock.shift(timedelta(hours=9))
        send_due()
        assert len(django_mail.outbox) == 1
        clock.shift(timedelta(minutes=30))
        send_due()
        assert len(django_mail.outbox) == 2


class TestHoldingBack:
    def test_pause_holds_what_waits_and_resume_brings_exactly_it_back(self, team, people, clock):
        mailing = scheduled(team.kari, per_hour=1)
        preparing.prepare(mailing.pk)
        send_due()
        before = list(Message.objects.order_by("pk").values_list("pk", "key"))
        mailing = services.pause(team.kari, mailing)
        assert Message.objects.filter(state="cancelled", reason=PAUSED).count() == 4
        assert outcomes(mailing) == {"sent": 1, "waiting": 4}
        clock.shift(timedelta(days=3))
        assert run(mailing).state == "paused"
        assert len(django_mail.outbox) == 1
        mailing = services.resume(team.kari, mailing)
        assert list(Message.objects.order_by("pk").values_list("pk", "key")) == before
        moments = Message.objects.filter(state="pending").order_by("next_try_at")
        hours = [(moment - timezone.now()).total_seconds() / 3600 for moment in
                 moments.values_list("next_try_at", flat=True)]  # fmt: skip
        assert hours == [0, 1, 2, 3]
        for _ in range(5):
            run(mailing)
            clock.shift(timedelta(hours=1))
        assert run(mailing).state == "done"
        assert len(sent_to()) == len(set(sent_to())) == 5

    def test_a_batch_that_was_taken_up_is_held_too(self, team, people, monkeypatch):
        from correspondence.services import sending

        mailing = scheduled(team.kari)
        preparing.prepare(mailing.pk)
        still_wanted = sending._still_wanted

        def paused_meanwhile(batch):
            services.pause(team.kari, mailing)
            return still_wanted(batch)

        monkeypatch.setattr(sending, "_still_wanted", paused_meanwhile)
        send_due()
        monkeypatch.undo()
        assert django_mail.outbox == []
        services.resume(team.kari, mailing)
        run(mailing)
        assert len(sent_to()) == 5

    def test_paused_before_it_starts_and_while_it_is_prepared(self, team, people, monkeypatch):
        monkeypatch.setattr(preparing, "STEP", 2)
        mailing = scheduled(team.kari)
        preparing._step(mailing.pk)
        services.pause(team.kari, mailing)
        preparing.prepare(mailing.pk)
        assert Piece.objects.count() == 2
        services.resume(team.kari, mailing)
        assert run(mailing).state == "done"
        assert len(sent_to()) == len(set(sent_to())) == 5

    def test_stopped_for_good(self, team, people):
        mailing = scheduled(team.kari, per_hour=1)
        preparing.prepare(mailing.pk)
        send_due()
        mailing = services.stop(team.kari, mailing)
        assert outcomes(mailing) == {"sent": 1, "stopped": 4}
        Mailing.objects.update(per_hour=None)
        Message.objects.filter(state="pending").update(next_try_at=timezone.now())
        assert run(mailing).state == "stopped"
        assert len(django_mail.outbox) == 1
        for verb in (services.resume, services.pause, services.stop):
            with pytest.raises(ValidationError):
                verb(team.kari, mailing)

    def test_stopped_before_it_is_prepared(self, team, people):
        mailing = services.stop(team.kari, scheduled(team.kari))
        assert run(mailing).state == "stopped"
        assert outcomes(mailing) == {"stopped": 5}
        assert not Message.objects.exists()


class TestResults:
    def test_every_outcome_is_told(self, team, people):
        person(team.kari, 6, email="")
        mailing = run(scheduled(team.kari))
        hard, gone, spam, doubt, failed = (Message.objects.get(contact=contact) for contact in people)
        for message, reason, topic in (
            (hard, "hard_bounce", ""), (gone, "unsubscribe", "marketing"), (spam, "complaint", "marketing"),
        ):  # fmt: skip
            Suppression.objects.create(address=message.recipient, topic=topic, reason=reason)
        for message, state in ((doubt, "uncertain"), (failed, "failed")):
            Piece.objects.filter(message=message).update(state="queued", left_on=None)
            Message.objects.filter(pk=message.pk).update(state=state, sent_at=None, last_error="550 no")
        assert outcomes(mailing) == {
            "bounced": 1, "unsubscribed": 1, "complained": 1, "uncertain": 1, "failed": 1, "excluded": 1,
        }  # fmt: skip
        mark_sent(team.admin, Message.objects.get(pk=doubt.pk))
        assert outcomes(mailing)["sent"] == 1
        assert DeliveryReport.objects.count() == 0

    def test_a_mail_that_came_back_is_told_and_what_another_hears_later_is_not(self, team, people, clock):
        mailing = run(scheduled(team.kari))
        message = Message.objects.get(contact=people[0])
        reports.note("soft_bounce", message.recipient, "marketing", "event 1", message)
        assert outcomes(mailing) == {"bounced": 1, "sent": 4}
        clock.shift(timedelta(days=30))
        Suppression.objects.create(address=people[1].email, topic="", reason="hard_bounce")
        assert outcomes(mailing) == {"bounced": 1, "sent": 4}

    def test_what_was_before_the_mailing_is_not_its_result(self, team, people, clock):
        Suppression.objects.create(
            address=people[0].email, topic="service", reason="unsubscribe"
        )  # fmt: skip
        clock.shift(timedelta(minutes=1))
        assert outcomes(run(scheduled(team.kari))) == {"sent": 5}

    def test_an_address_that_is_none_is_left_out_and_stops_nobody(self, team, people):
        type(people[0]).objects.filter(pk=people[0].pk).update(email="eva at borg")
        assert outcomes(run(scheduled(team.kari))) == {"dropped": 1, "sent": 4}


def test_the_words_are_those_that_single_mails_would_be_written_with(team):
    """The statement chooses among languages as ``pick`` does."""
    text = make.make_template("greeting", language="en")
    for language in ("de", "de-AT", "nb", "pt-BR", "en"):
        make.make_template(template=text.template, language=language)
    spoken = ["", "de", "de-AT", "de_CH", "no", "nn", "nb", "pt", "pt-PT", "fr", "EN", "en-GB"]
    for n, language in enumerate(spoken):
        person(team.kari, n, language=language)
    mailing = make.make_mailing(team.kari, template=text.template)
    audience = Audience(mailing, accounts=everybody(), user=team.kari)
    for n, language in enumerate(spoken):
        row = audience.at(n + 1)
        expected = pick(text.template, "email", language or "en")
        assert row.text_id == expected.pk, language
    assert TemplateText.objects.count() == 6


def test_a_batch_of_mails_costs_the_same_for_two_and_for_twenty(team):
    costs = []
    for numbers in (range(2), range(2, 20)):
        for n in numbers:
            person(team.kari, n)
        mailing = scheduled(team.kari, rest_days=0)
        preparing.prepare(mailing.pk)
        with CaptureQueriesContext(connection) as queries:
            send_due()
        costs.append(len(queries))
    assert costs[0] == costs[1]
