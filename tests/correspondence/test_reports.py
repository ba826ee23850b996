"""What providers report back: real webhooks of one provider, and what its events do."""

from __future__ import annotations

import base64
import importlib
import json
import sys
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from anymail.signals import AnymailTrackingEvent, tracking
from django.test import Client
from django.urls import clear_url_caches, get_resolver
from django.utils import timezone

from correspondence import services
from correspondence.models import DeliveryReport, Halt, Message, Suppression
from tests.correspondence.conftest import put, states

pytestmark = pytest.mark.django_db
EVA = "eva1@customer.example"


def report(event_type: str, address: str = EVA, event_id: str | None = "1", **fields: Any) -> None:
    event = AnymailTrackingEvent(
        event_type=event_type, recipient=address, event_id=event_id, timestamp=timezone.now(), **fields
    )
    tracking.send(sender=object, event=event, esp_name="Test")


def suppressions() -> set[tuple[str, str, str]]:
    return set(Suppression.objects.values_list("address", "topic", "reason"))


@pytest.fixture
def sent() -> Message:
    """A survey mail that a provider has taken."""
    (row,) = put(1)
    services.send_due()
    Message.objects.update(provider_id="provider-1")
    row.refresh_from_db()
    return row


def test_a_hard_bounce_ends_all_mail(sent):
    report("bounced", reject_reason="bounced", message_id="provider-1")
    assert suppressions() == {(EVA, "", "hard_bounce")}
    assert DeliveryReport.objects.get().topic == "survey"


def test_the_mail_servers_own_words_count_where_the_provider_gives_no_reason(sent):
    report("bounced", mta_response="550 5.1.1 unknown user")
    assert suppressions() == {(EVA, "", "hard_bounce")}


@pytest.mark.parametrize(
    ("event", "reason", "about"),
    [("complained", "complaint", "survey"), ("unsubscribed", "unsubscribe", "survey")],
)
def test_a_complaint_ends_the_topic_it_is_about(sent, event, reason, about):
    report(event, message_id="provider-1")
    assert suppressions() == {(EVA, about, reason)}


def test_a_complaint_about_a_mail_we_do_not_know_ends_all_mail_in_bulk():
    report("complained")
    assert suppressions() == {(EVA, "survey", "complaint"), (EVA, "marketing", "complaint")}


@pytest.mark.parametrize(
    ("reject_reason", "reason"),
    [
        ("spam", "complaint"),
        ("unsubscribed", "unsubscribe"),
        ("bounced", "hard_bounce"),
        ("invalid", "hard_bounce"),
    ],
)
def test_what_a_provider_rejects_it_says_why(reject_reason, reason):
    report("rejected", reject_reason=reject_reason)
    assert {each for _a, _t, each in suppressions()} == {reason}


@pytest.mark.parametrize("event", ["opened", "clicked", "delivered", "deferred", "queued", "unknown", "sent"])
def test_nobody_is_followed_into_their_mailbox(sent, event):
    report(event, message_id="provider-1", user_agent="Outlook", click_url="https://x.example")
    assert not DeliveryReport.objects.exists()
    assert not Suppression.objects.exists()
    assert Message.objects.get().updated_at == sent.updated_at


def test_the_same_event_twice_is_once():
    for _ in range(3):
        report("bounced", event_id="7")
    assert DeliveryReport.objects.count() == 1
    report("bounced", event_id="8")
    assert not Suppression.objects.exists()


def test_events_without_an_id_are_told_apart_by_what_they_say():
    with time_machine.travel("2026-11-23 12:00+00:00", tick=False) as clock:
        report("bounced", event_id=None)
        report("bounced", event_id=None)
        clock.shift(60)
        report("bounced", event_id=None)
    assert DeliveryReport.objects.count() == 2


def test_the_third_soft_bounce_within_two_weeks_pauses_for_90_days():
    with time_machine.travel("2026-11-01 12:00+00:00", tick=False) as clock:
        for n, days in enumerate((0, 15, 3), 1):  # the first is too old when the third comes
            clock.shift(timedelta(days=days))
            report("bounced", event_id=str(n), reject_reason="other")
        assert not Suppression.objects.exists()
        clock.shift(timedelta(days=3))
        report("bounced", event_id="4", reject_reason="other")
        found = Suppression.objects.get()
        assert (found.reason, found.until) == ("soft_bounces", timezone.now() + timedelta(days=90))
        clock.shift(timedelta(days=91))
        put(1)
        services.send_due()
        assert states() == ["sent"]


def test_one_complaint_of_a_thousand_is_enough_to_halt():
    put(*range(60))
    services.send_due()
    Message.objects.filter(recipient=EVA).update(provider_id="provider-1")
    report("complained", message_id="provider-1")
    halt = Halt.objects.standing().get()
    assert (halt.topic, halt.sent, halt.complaints) == ("survey", 60, 1)


def test_delivered_settles_what_was_uncertain(handed_over):
    (row,) = put(1)
    Message.objects.update(state="uncertain", attempts=1)
    report("delivered", message_id=row.message_id.strip("<>"))
    assert states() == ["sent"]
    assert [message.pk for message in handed_over] == [row.pk]


def test_old_reports_are_forgotten():
    with time_machine.travel("2026-11-01 12:00+00:00", tick=False) as clock:
        report("complained")
        clock.shift(timedelta(days=89))
        services.forget_old()
        assert DeliveryReport.objects.count() == 1
        clock.shift(timedelta(days=2))
        services.forget_old()
        assert not DeliveryReport.objects.exists()
        assert Suppression.objects.exists()


class TestWebhook:
    """Postmark's, as an example: the address, its secret, and a real payload."""

    BOUNCE = {
        "RecordType": "Bounce", "ID": 4323372036854775807, "Type": "HardBounce", "TypeCode": 1,
        "MessageID": "provider-1", "Description": "no such user", "Details": "550 5.1.1",
        "Email": EVA, "From": "feedback@survey.example", "BouncedAt": "2026-11-23T12:00:00Z",
        "Subject": "Your opinion", "Metadata": {}, "Tag": "",
    }  # fmt: skip

    @pytest.fixture
    def reload(self, settings):
        """The addresses as they are with these settings; afterwards as before."""

        def load() -> None:
            importlib.reload(sys.modules["config.urls"])
            clear_url_caches()

        yield load
        settings.MAIL_PROVIDER = ""
        load()

    @pytest.fixture
    def at(self, settings, reload) -> str:
        settings.MAIL_PROVIDER, settings.MAIL_WEBHOOK_SECRET = "postmark", "reports:secret"
        settings.ANYMAIL = {"WEBHOOK_SECRET": "reports:secret"}
        reload()
        return "/mail/reports/postmark/"

    def post(self, at: str, secret: str | None, body: dict[str, Any] | None = None) -> int:
        basic = (
            {"HTTP_AUTHORIZATION": f"Basic {base64.b64encode(secret.encode()).decode()}"} if secret else {}
        )
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        return client.post(
            at, json.dumps(body or self.BOUNCE), content_type="application/json", **basic
        ).status_code

    def test_with_the_secret_it_is_heard(self, at, sent):
        assert self.post(at, "reports:secret") == 200
        assert self.post(at, "reports:secret") == 200
        assert suppressions() == {(EVA, "", "hard_bounce")}
        assert DeliveryReport.objects.count() == 1

    @pytest.mark.parametrize("secret", [None, "reports:wrong", ":"])
    def test_without_it_nothing_is_believed(self, at, secret):
        assert self.post(at, secret) == 400
        assert not Suppression.objects.exists()

    def test_opens_are_taken_and_dropped(self, at, sent):
        opened = {
            "RecordType": "Open",
            "MessageID": "provider-1",
            "Recipient": EVA,
            "ReceivedAt": "2026-11-23T12:00:00Z",
        }
        assert self.post(at, "reports:secret", opened) == 200
        assert not DeliveryReport.objects.exists()

    @pytest.mark.parametrize(("provider", "secret"), [("", "x:y"), ("postmark", "")])
    def test_without_provider_or_secret_there_is_no_such_address(self, settings, reload, provider, secret):
        settings.MAIL_PROVIDER, settings.MAIL_WEBHOOK_SECRET = provider, secret
        reload()
        assert "mail_reports" not in {getattr(each, "name", "") for each in get_resolver().url_patterns}
