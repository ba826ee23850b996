"""A provider's API instead of SMTP: what its answers do to a row. Postmark stands for all of them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import requests
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from correspondence import health, services
from correspondence.building import build
from correspondence.kinds import Rendered
from correspondence.models import Message, Outage, Suppression
from tests.correspondence.conftest import NOTICE, OURS, put, states

pytestmark = pytest.mark.django_db
TAKEN = {
    "ErrorCode": 0,
    "Message": "OK",
    "MessageID": "provider-1",
    "SubmittedAt": "",
    "To": "eva1@customer.example",
}

INACTIVE = (
    "You tried to send to a recipient that has been marked as inactive.\nFound inactive addresses: "
    "eva1@customer.example.\nInactive recipients are ones that have generated a hard bounce."
)


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes the provider answer so; keeps what it was sent."""
    settings.MAIL_PROVIDER = "postmark"
    settings.MAIL_TRANSPORT = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "secret", "IGNORE_UNSUPPORTED_FEATURES": True}
    sent: list[dict[str, Any]] = []

    def answer(status: int = 200, body: Any = TAKEN, error: Exception | None = None) -> list[dict[str, Any]]:
        def request(self: Any, **call: Any) -> requests.Response:
            sent.append(json.loads(call["data"]))
            if error is not None:
                raise error
            response = requests.Response()
            response.status_code, response._content = status, json.dumps(body).encode()
            return response

        monkeypatch.setattr(requests.Session, "request", request)
        return sent

    return answer


def test_taken_is_sent_and_its_id_is_kept(provider):
    sent = provider()
    put(1)
    services.send_due()
    row = Message.objects.get()
    assert (row.state, row.provider_id) == ("sent", "provider-1")
    (mail,) = sent
    assert mail["From"] == "Acme feedback <feedback@survey.example>"
    assert mail["To"] == "eva1@customer.example"
    assert mail["ReplyTo"] == "answers@survey.example"
    headers = {each["Name"]: each["Value"] for each in mail["Headers"]}
    assert headers["Message-ID"] == row.message_id
    assert headers["List-Unsubscribe"].startswith("<http")


def test_nobody_asks_who_opens_or_clicks(provider):
    sent = provider()
    put(1)
    services.send_due()
    assert (sent[0]["TrackOpens"], sent[0]["TrackLinks"]) == (False, "None")


@pytest.mark.parametrize(
    ("status", "state"),
    [(429, "pending"), (503, "pending"), (500, "uncertain"), (502, "uncertain"), (408, "uncertain")],
)
def test_later_and_doubt(provider, status: int, state: str):
    provider(status, {"ErrorCode": 1, "Message": "no"})
    put(1)
    services.send_due()
    assert states() == [state]
    assert Message.objects.get().attempts == 1
    assert not Outage.objects.exists()


def test_a_refused_mail_has_failed(provider):
    provider(422, {"ErrorCode": 300, "Message": "Invalid 'From' address"})
    put(1)
    services.send_due()
    assert states() == ["failed"]
    assert "Invalid" in Message.objects.get().last_error


@pytest.mark.parametrize("status", [402, 403])
def test_a_forbidden_sender_waits_and_stops_no_other_mail(provider, status: int):
    sent = provider(status, {"ErrorCode": 400, "Message": "Sender not verified"})
    put(1, 2)
    services.send_due()
    assert set(Message.objects.values_list("state", "attempts")) == {("pending", 0)}
    assert len(sent) == 2
    outage = Outage.objects.get()
    assert (outage.sender, outage.is_sender) == (OURS.address, True)
    assert "Sender not verified" in outage.error
    assert health.is_working()  # logins have another sender
    assert not Suppression.objects.exists()
    provider()
    put(3, identity=None)
    services.send_due()
    assert states() == ["pending", "pending", "sent"]
    assert Outage.objects.exists()


def test_a_sender_is_asked_more_and_more_rarely_and_its_mails_leave_when_it_may(provider):
    with time_machine.travel("2026-11-24 08:00+00:00", tick=False) as clock:
        sent = provider(403, {"ErrorCode": 400, "Message": "Sender not verified"})
        put(1)
        for _ in range(12):
            services.send_due()
            services.send_due()  # not before its time
            clock.move_to(Outage.objects.get().next_try_at)
        assert len(sent) == 12
        assert Outage.objects.get().failures == 12
        provider()
        services.send_due()
    assert states() == ["sent"]
    assert not Outage.objects.exists()


def test_a_mail_that_is_barred_among_others_that_pass_is_tried_like_any_other(provider, monkeypatch):
    """Some providers answer 403 about a recipient: that must neither stop the sender nor go on for ever."""
    provider()
    passing = requests.Session.request

    def request(self: Any, **call: Any) -> requests.Response:
        response = passing(self, **call)
        if "eva1@" in call["data"]:
            response.status_code, response._content = 403, b'{"ErrorCode": 406, "Message": "Inactive"}'
        return response

    monkeypatch.setattr(requests.Session, "request", request)
    put(1, 2)
    services.send_due()
    assert states() == ["pending", "sent"]
    assert Message.objects.get(state="pending").attempts == 1
    assert not Outage.objects.exists()


def test_a_sender_without_mail_is_not_called_barred_for_ever(provider):
    provider(403, {"ErrorCode": 400, "Message": "Sender not verified"})
    put(1, identity=None)
    services.send_due()
    services.send_due()
    assert not health.is_working()
    Message.objects.update(state="cancelled", reason="not any more")
    services.send_due()
    assert not Outage.objects.exists()
    assert health.is_working()


def test_a_barred_sender_does_not_hide_that_nobody_takes_up_the_others(provider):
    with time_machine.travel("2026-11-24 08:00+00:00", tick=False) as clock:
        provider(403, {"ErrorCode": 400, "Message": "Sender not verified"})
        put(1)
        services.send_due()
        put(2, identity=None)
        clock.shift(timedelta(minutes=20))
        Outage.objects.update(next_try_at=timezone.now())  # it is tried, and nothing else is
        said = " ".join(health.alarms(timezone.now()))
        assert "let no mail of" in said
        assert "1 mail is due since long and nobody takes it up" in said
        Outage.objects.update(next_try_at=timezone.now() - timedelta(minutes=15))  # nor is this one
        assert "2 mails are due since long" in " ".join(health.alarms(timezone.now()))


def test_the_page_says_which_sender_the_provider_refuses(provider, as_admin: Client):
    provider(403, {"ErrorCode": 400, "Message": "Sender not verified"})
    put(1)
    services.send_due()
    page = as_admin.get(reverse("correspondence:outbox")).content.decode()
    assert f"The provider takes no mail from {OURS.address}" in page
    assert "Sender not verified" in page


@pytest.mark.parametrize(("name", "has_key"), [("brevo", True), ("postmark", False), ("", False)])
def test_a_second_attempt_carries_the_same_key(settings: Any, name: str, has_key: bool):
    settings.MAIL_PROVIDER = name
    (row,) = put(1)
    rendered = Rendered("Hello", "Text", headers={"Idempotency-Key": "smuggled"})
    keys = {build(row, rendered).extra_headers.get("Idempotency-Key") for _ in range(2)}
    assert keys == ({row.message_id[1:27]} if has_key else {None})


def test_a_key_that_does_not_work_blames_no_mail(provider):
    provider(401, {"ErrorCode": 10, "Message": "Bad or missing token"})
    put(1)
    services.send_due()
    assert set(Message.objects.values_list("state", "attempts")) == {("pending", 0)}
    assert "401" in Outage.objects.get().error


@pytest.mark.parametrize(
    ("error", "state", "is_down"),
    [
        (requests.exceptions.ConnectTimeout("connecting"), "pending", True),
        (requests.exceptions.ConnectionError("NewConnectionError: refused"), "pending", True),
        (requests.exceptions.ReadTimeout("waiting for the answer"), "uncertain", False),
        (requests.exceptions.ConnectionError("Connection aborted"), "uncertain", False),
    ],
)
def test_silence(provider, error: Exception, state: str, is_down: bool):
    provider(error=error)
    put(1)
    services.send_due()
    assert states() == [state]
    assert Outage.objects.exists() == is_down


def test_what_must_arrive_is_tried_again_after_doubt(provider):
    provider(500, {"ErrorCode": 1, "Message": "no"})
    put(1, kind=NOTICE)
    services.send_due()
    assert states() == ["pending"]


def test_an_inactive_recipient_has_failed_without_an_error(provider):
    provider(
        422,
        {"ErrorCode": 406, "Message": INACTIVE},
    )
    put(1)
    services.send_due()
    assert states() == ["failed"]
    assert not Suppression.objects.exists()  # the provider reports that itself
