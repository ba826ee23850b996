"""A provider's API instead of SMTP: what its answers do to a row. Postmark stands for all of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from correspondence import services
from correspondence.models import Message, Outage, Suppression
from tests.correspondence.conftest import NOTICE, put, states

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


def test_a_forbidden_sender_stops_no_other_mail(provider):
    sent = provider(403, {"ErrorCode": 400, "Message": "Sender not verified"})
    put(1, 2)
    services.send_due()
    assert states() == ["failed", "failed"]
    assert len(sent) == 2
    assert "Sender not verified" in Message.objects.first().last_error
    assert not Outage.objects.exists()


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
