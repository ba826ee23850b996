"""From the outbox to a mail server: what its answers do to a row."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from correspondence import kinds, services, suppression
from correspondence.models import DeliveryReport, Halt, Message, Outage, Suppression
from correspondence.services import Identity, claiming, outcomes
from correspondence.verdicts import judge
from tests import factories as make
from tests.correspondence.conftest import LETTER, NOTICE, draft, put, render, states

pytestmark = pytest.mark.django_db
NOON = "2026-11-23 12:00+00:00"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


class TestPuttingIn:
    def test_the_same_key_again_is_the_same_mail(self):
        first = services.enqueue(draft(to="Eva@Customer.Example"))
        again = services.enqueue(draft(to="eva@customer.example "))
        assert first.pk == again.pk
        assert services.enqueue_many([draft(), draft(), draft(2)]) == 2
        assert Message.objects.count() == 3

    def test_it_joins_the_transaction_of_the_caller(self, django_capture_on_commit_callbacks):
        with transaction.atomic():
            put(1)
            transaction.set_rollback(True)
        assert not Message.objects.exists()
        with django_capture_on_commit_callbacks() as bells:
            put(1, 2)
        assert len(bells) == 1

    def test_ten_thousand_are_few_statements(self, django_assert_max_num_queries):
        drafts = [draft(n) for n in range(10_000)]
        with django_assert_max_num_queries(7):  # five inserts in a savepoint
            assert services.enqueue_many(drafts) == 10_000
        assert services.enqueue_many(drafts) == 0

    @pytest.mark.parametrize(
        "address", ["", "no address", "a@b@c", "eva@x.example\nBcc: all@x.example", "\x00@x.de"]
    )
    def test_what_is_no_address_is_refused_and_nothing_is_put_in(self, address):
        from django.core.exceptions import ValidationError

        with pytest.raises(ValidationError):
            services.enqueue_many([draft(1), draft(2, to=address)])
        assert not Message.objects.exists()

    def test_the_message_id_is_the_same_every_time_and_names_the_senders_domain(self):
        first = services.enqueue(draft()).message_id
        Message.objects.all().delete()
        assert services.enqueue(draft()).message_id == first
        assert first.endswith("@survey.example>")
        assert services.enqueue(draft(2, identity=None)).message_id.endswith("@localhost>")


class TestSending:
    def test_a_mail_leaves_and_the_kind_is_told(self, server, handed_over):
        mail = server()
        put(1, 2)
        services.send_due()
        assert states() == ["sent", "sent"]
        assert [kept.recipient for kept in mail.kept] == ["eva1@customer.example", "eva2@customer.example"]
        assert [m.payload["n"] for m in handed_over] == [1, 2]
        assert mail.connections == 1
        row = Message.objects.first()
        assert row.sent_at == timezone.now()
        services.send_due()
        assert len(mail.kept) == 2

    def test_a_connection_that_the_server_ends_is_opened_anew_without_an_attempt_lost(self, server):
        mail = server(hang_up_after=2)
        put(*range(5))
        services.send_due()
        assert states() == ["sent"] * 5
        assert set(Message.objects.values_list("attempts", flat=True)) == {1}
        assert (len(mail.kept), mail.connections) == (5, 3)

    def test_not_before_is_kept(self, server, clock):
        mail = server()
        put(1, not_before=timezone.now() + timedelta(hours=3))
        services.send_due()
        assert mail.kept == []
        clock.shift(timedelta(hours=3))
        services.send_due()
        assert states() == ["sent"]

    @pytest.mark.parametrize("step", ["mail", "rcpt", "data", "text"])
    def test_later_is_later_with_growing_pauses_and_ends(self, server, clock, step):
        server(answers={step: "451 4.7.1 greylisted, come back"})
        put(1)
        for pause in (1, 5, 15, 60, 240):
            services.send_due()
            row = Message.objects.get()
            assert row.state == "pending"
            wait = row.next_try_at - timezone.now()
            assert timedelta(minutes=pause) <= wait <= timedelta(minutes=2 * pause)
            assert "greylisted" in row.last_error
            clock.move_to(row.next_try_at)
        services.send_due()
        row = Message.objects.get()
        assert (row.state, row.attempts) == ("failed", 6)

    @pytest.mark.parametrize(
        ("answer", "bad"),
        [
            ("550 5.1.1 no such user", True),
            ("550 mailbox unavailable", True),
            ("551 moved", True),
            ("550 5.7.1 we do not like your network", False),
            ("552 5.2.2 mailbox full", False),
            ("554 no", False),
        ],
    )
    def test_never_is_never_and_a_bad_address_is_suppressed(self, server, answer, bad):
        server(answers={"rcpt": answer})
        put(1)
        services.send_due()
        assert states() == ["failed"]
        assert suppression.suppressed(["Eva1@customer.example"], "service") == (
            {"eva1@customer.example"} if bad else set()
        )
        assert DeliveryReport.objects.filter(kind="hard_bounce", topic="survey").count() == bad

    def test_a_refused_text_says_nothing_about_the_address(self, server):
        server(answers={"text": "554 5.6.0 spam"})
        put(1)
        services.send_due()
        assert states() == ["failed"]
        assert not Suppression.objects.exists()

    def test_silence_after_the_text_is_uncertain_and_stays_so(self, server, clock, handed_over):
        mail = server(answers={"text": "hang up"})
        put(1)
        services.send_due()
        assert states() == ["uncertain"]
        assert len(mail.kept) == 1
        mail.answers.clear()
        clock.shift(timedelta(days=2))
        services.send_due()
        assert len(mail.kept) == 1
        assert handed_over == []

    def test_a_mail_that_must_arrive_is_sent_again_after_silence(self, server, clock):
        mail = server(answers={"text": "hang up"})
        put(1, kind=NOTICE)
        services.send_due()
        assert states() == ["pending"]
        mail.answers.clear()
        clock.move_to(Message.objects.get().next_try_at)
        services.send_due()
        assert states() == ["sent"]
        first, second = mail.kept
        assert first.message["Message-ID"] == second.message["Message-ID"]

    @pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
    def test_hanging_up_before_the_text_leaves_no_doubt(self, server, step):
        server(answers={step: "hang up"})
        put(1)
        services.send_due()
        assert states() == ["pending"]

    def test_a_server_that_is_away_costs_no_attempt_and_is_asked_more_and_more_rarely(self, server, clock):
        mail = server()
        mail.stop()
        put(1, 2)
        services.send_due()
        assert set(Message.objects.values_list("state", "attempts")) == {("pending", 0)}
        assert Outage.objects.get().failures == 1
        services.send_due()
        assert Outage.objects.get().failures == 1  # not before its time
        for _ in range(30):
            clock.move_to(Outage.objects.get().next_try_at)
            services.send_due()
        outage = Outage.objects.get()
        assert outage.next_try_at - timezone.now() == timedelta(minutes=5)
        server()
        clock.move_to(outage.next_try_at)
        services.send_due()
        assert states() == ["sent", "sent"]
        assert not Outage.objects.exists()

    def test_a_server_that_does_not_let_us_in_blames_no_mail(self, server):
        server(answers={"mail": "530 5.7.0 authentication required"})
        put(1)
        services.send_due()
        assert states() == ["pending"]
        assert "authentication" in Outage.objects.get().error


class TestLastMoment:
    """What is asked again right before sending."""

    def test_suppressed_addresses_are_left_out(self, server):
        mail = server()
        put(1, 2, 3)
        suppression.suppress("EVA1@customer.example", "survey", "unsubscribe")
        suppression.suppress("eva2@customer.example", "marketing", "unsubscribe")
        services.send_due()
        assert states() == ["cancelled", "sent", "sent"]
        assert Message.objects.first().reason == "The address is suppressed."
        assert len(mail.kept) == 2

    def test_who_refuses_e_mail_gets_only_what_they_asked_for(self, server):
        server()
        contact = make.make_contact(make.make_account(), refused_channels=["email"])
        put(1, contact_id=contact.pk)
        put(2, contact_id=contact.pk, topic="service")
        services.send_due()
        assert states() == ["cancelled", "sent"]

    def test_the_kind_may_say_no(self, server):
        server()
        kinds.register(
            LETTER, render=render, once=True,
            may_send=lambda batch: {m.pk: "The wave is closed." for m in batch if m.payload["n"] == 1},
        )  # fmt: skip
        put(1, 2)
        services.send_due()
        assert states() == ["cancelled", "sent"]
        assert Message.objects.first().reason == "The wave is closed."

    def test_a_renderer_may_say_no_or_fail_and_half_a_mail_is_never_sent(self, server):
        mail = server()

        def careful(message: Message) -> Any:
            if message.payload["n"] == 1:
                raise KeyError("name")
            return None

        kinds.register(LETTER, render=careful, once=True)
        put(1, 2)
        put(3, kind="of another version")
        services.send_due()
        assert states() == ["failed", "cancelled", "failed"]
        assert mail.kept == []
        assert "KeyError" in Message.objects.first().last_error
        assert "of another version" in Message.objects.last().last_error

    def test_what_follows_may_fail_and_the_mail_still_counts_as_sent(self, server):
        server()

        def fails(batch: list[Message]) -> None:
            Message.objects.create(kind="x", recipient="UPPER@x.example", next_try_at=timezone.now())

        kinds.register(LETTER, render=render, once=True, on_handed_over=fails)
        put(1)
        services.send_due()
        assert states() == ["sent"]
        assert "could not be recorded" in Message.objects.get().last_error


class TestKillSwitch:
    @pytest.fixture
    def hundred(self, server):
        server()
        put(*range(100))
        services.send_due()
        assert Message.objects.filter(state="sent").count() == 100

    def test_too_many_bounces_halt_the_topic_until_an_admin_resumes_it(self, hundred, server, clock):
        bouncing = server(answers={"rcpt": "550 5.1.1 no such user"})
        put(*range(200, 203))
        services.send_due()
        halt = Halt.objects.standing().get()
        assert (halt.topic, halt.sent, halt.bounced) == ("survey", 103, 3)
        bouncing.answers.clear()
        put(300)
        put(301, topic="service")
        services.send_due()
        assert [kept.recipient for kept in bouncing.kept] == ["eva301@customer.example"]
        clock.shift(60)
        services.resume(make.make_user("admin"), "survey")
        services.send_due()
        assert Message.objects.get(recipient="eva300@customer.example").state == "sent"
        assert not Halt.objects.standing().exists()

    def test_two_of_a_hundred_are_not_too_many(self, hundred, server):
        server(answers={"rcpt": "550 5.1.1 no such user"})
        put(200, 201)
        services.send_due()
        assert not Halt.objects.standing().exists()

    def test_few_mails_say_nothing(self, server):
        server(answers={"rcpt": "550 5.1.1 no such user"})
        put(*range(40))
        services.send_due()
        assert not Halt.objects.standing().exists()

    def test_mail_about_logins_is_never_halted(self, server):
        server(answers={"rcpt": "550 5.1.1 no such user"})
        put(*range(60), topic="service")
        services.send_due()
        assert not Halt.objects.standing().exists()


class TestRates:
    def test_a_minutes_worth_leaves_at_once_and_the_rest_in_turn(self, server, settings, clock):
        settings.MAIL_PER_MINUTE_AND_DOMAIN = 10
        mail = server()
        put(*range(25))
        services.enqueue(draft(99, to="someone@else.example"))
        services.send_due()
        assert len(mail.kept) == 11
        assert "someone@else.example" in {kept.recipient for kept in mail.kept}
        clock.shift(timedelta(seconds=30))
        services.send_due()
        assert len(mail.kept) == 16
        for _ in range(10):
            clock.shift(timedelta(seconds=9))
            services.send_due()
        assert len(mail.kept) == 26
        assert set(Message.objects.values_list("attempts", flat=True)) == {1}

    def test_what_somebody_waits_for_does_not_stand_in_line(self, server, settings):
        settings.MAIL_PER_MINUTE = 5
        mail = server()
        put(*range(10))
        services.enqueue(draft(99, is_urgent=True, topic="service"))
        services.send_due()
        assert mail.kept[0].recipient == "eva99@customer.example"
        assert len(mail.kept) == 5

    def test_after_an_outage_turns_are_given_anew(self, server, settings, clock):
        settings.MAIL_PER_MINUTE = 10
        put(*range(60))
        services.send_due()
        clock.shift(timedelta(hours=2))
        mail = server()
        services.send_due()
        assert len(mail.kept) <= 20


def test_the_mail_as_it_arrives(server, settings):
    settings.SITE_URL = "https://tend.example"
    settings.MAIL_BOUNCE_DOMAIN = "bounces.survey.example"
    mail = server()
    (row,) = put(1)
    services.send_due()
    kept = mail.kept[0]
    assert kept.sender == f"b+{row.message_id[1:17]}@bounces.survey.example"
    headers = {name: str(value) for name, value in kept.message.items()}
    assert headers["From"] == "Acme feedback <feedback@survey.example>"
    assert headers["Reply-To"] == "answers@survey.example"
    assert headers["Message-ID"] == row.message_id
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["X-Auto-Response-Suppress"] == "All"
    assert headers["List-Id"] == "<survey.survey.example>"
    assert headers["List-Unsubscribe"].strip().startswith("<https://tend.example/unsubscribe/")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["Content-Language"] == "en"
    assert headers["X-Extra"] == "yes"
    assert kept.message.get_body(("plain",)).get_content().split() == ["Dear", "number", "1"]
    assert "<p>Dear number 1</p>" in kept.message.get_body(("html",)).get_content()


def test_mail_about_logins_offers_no_unsubscribing(server):
    mail = server()
    put(1, topic="service", identity=Identity())
    services.send_due()
    assert "List-Unsubscribe" not in mail.kept[0].message
    assert mail.kept[0].message["List-Id"] == "<service.localhost>"
    assert mail.kept[0].sender == "tend@localhost"


def test_what_a_server_says_can_always_be_kept():
    """A NUL in its answer would make every outcome of the batch fail to be written down."""
    put(1)
    (row,), _more = claiming.claim(timezone.now())
    said = smtplib.SMTPRecipientsRefused({row.recipient: (450, b"try\x00 later")})
    outcomes.record([(row, judge(said, in_doubt=False))])
    assert Message.objects.get().last_error == "450 try later"
