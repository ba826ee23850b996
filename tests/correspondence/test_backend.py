"""Mail of the product through Django's mail API: kept sealed, sent by the worker, honest about delays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.core.mail import BadHeaderError, EmailMessage, EmailMultiAlternatives
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from correspondence import seal, services
from correspondence.models import Message, Outage
from tests import factories as make
from tests.correspondence.conftest import states

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "correspondence.backend.OutboxBackend"
    settings.SITE_URL = "https://tend.example"
    cache.clear()


def rich() -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        "Grüße – 你好", "Text\n", "Ann Admin <ann@tend.example>", ["Eva <Eva@Customer.example>"],
        cc=["per@customer.example"], reply_to=["answers@tend.example"], headers={"X-Extra": "yes"},
    )  # fmt: skip
    message.attach_alternative("<p>HTML ✓</p>", "text/html")
    message.attach("plan.pdf", b"%PDF\x00\xff", "application/pdf")
    return message


def test_a_mail_arrives_as_it_was_handed_in(server):
    there = server()
    assert rich().send() == 1
    assert there.kept == []
    services.send_due()
    assert [kept.recipient for kept in there.kept] == ["eva@customer.example", "per@customer.example"]
    message = there.kept[0].message
    assert message["Subject"] == "Grüße – 你好"
    assert message["From"] == "Ann Admin <ann@tend.example>"
    assert message["To"] == "eva@customer.example"
    assert message["Reply-To"] == "answers@tend.example"
    assert message["X-Extra"] == "yes"
    assert message.get_body(("plain",)).get_content().strip() == "Text"
    assert "HTML ✓" in message.get_body(("html",)).get_content()
    (file,) = message.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("plan.pdf", "application/pdf")
    assert file.get_payload(decode=True) == b"%PDF\x00\xff"


def test_the_text_is_sealed_while_it_waits_and_gone_when_it_is_sent():
    EmailMessage("Secret subject", "https://tend.example/key/abc", None, ["eva@customer.example"]).send()
    row = Message.objects.get()
    assert row.stored
    assert not any(word in row.stored for word in ("Secret", "abc", "https"))
    assert row.payload == {}
    services.send_due()
    row.refresh_from_db()
    assert (row.state, row.stored) == ("sent", "")
    assert mail.outbox[0].body.strip() == "https://tend.example/key/abc"


def test_an_older_key_still_opens_what_waits(settings):
    EmailMessage("Hello", "Text", None, ["eva@customer.example"]).send()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new key" * 8
    services.send_due()
    assert states() == ["sent"]


def test_a_lost_key_fails_the_mail_and_says_so(settings):
    EmailMessage("Hello", "Text", None, ["eva@customer.example"]).send()
    settings.SECRET_KEY = "another key" * 8
    services.send_due()
    assert states() == ["failed"]
    assert seal.BrokenSealError.__name__ in Message.objects.get().last_error


def test_a_smuggled_header_is_refused_at_the_door():
    with pytest.raises(BadHeaderError):
        EmailMessage("Hello\nBcc: all@x.example", "Text", None, ["eva@customer.example"]).send()
    assert not Message.objects.exists()


class TestPasswords:
    """What people see who wait for a link."""

    @pytest.fixture
    def user(self) -> Any:
        return make.make_user(email="sam@tend.example", password="correct horse battery")

    def ask(self, client: Client, email: str) -> str:
        client.post(reverse("account_reset_password"), {"email": email})
        return client.get(reverse("account_reset_password_done")).content.decode()

    def test_the_link_is_rung_out_of_the_request_and_sent_by_the_worker(self, client, user, monkeypatch):
        bells: list[Any] = []
        monkeypatch.setattr(
            "correspondence.tasks.send_due.apply_async", lambda **options: bells.append(options)
        )
        page = self.ask(client, user.email)
        assert "does not work right now" not in page
        assert len(bells) == 1
        row = Message.objects.get()
        assert (row.kind, row.topic, row.is_urgent, row.recipient) == (
            "account_mail", "service", True, "sam@tend.example",
        )  # fmt: skip
        assert "/key/" not in row.stored
        services.send_due()
        assert "https://tend.example/auth/" in mail.outbox[0].body
        assert mail.outbox[0].alternatives

    @pytest.mark.parametrize("email", ["sam@tend.example", "who@tend.example"])
    def test_while_the_server_is_away_the_page_says_that_it_will_be_late(self, client, user, email):
        now = timezone.now()
        Outage.objects.create(since=now, next_try_at=now + timedelta(minutes=1))
        page = self.ask(client, email)
        assert "Mail does not work right now. Yours waits" in page
        assert states() == ["pending"]

    def test_without_a_worker_too(self, client, user):
        with time_machine.travel("2026-11-23 12:00+00:00", tick=False) as clock:
            assert "Yours waits" not in self.ask(client, user.email)
            clock.shift(timedelta(minutes=3))
            assert "Yours waits" in self.ask(client, "who@tend.example")

    def test_an_invitation_that_is_late_is_said_and_not_lost(self, user):
        now = timezone.now()
        Outage.objects.create(since=now, next_try_at=now - timedelta(seconds=1))
        client = Client()
        client.force_login(make.make_user("admin"))
        invited = make.make_user(email=None)
        page = client.post(reverse("users:invite", args=[invited.pk]), {"email": "new@tend.example"})
        assert page.status_code == 422
        assert "The invitation waits in the outbox" in page.content.decode()
        services.send_due()
        assert [message.to for message in mail.outbox] == [["new@tend.example"]]

    def test_no_broker_is_no_error(self, client, user, monkeypatch):
        def down(**options: Any) -> None:
            raise ConnectionRefusedError

        monkeypatch.setattr("correspondence.tasks.send_due.apply_async", down)
        assert "does not work right now" not in self.ask(client, user.email)
        assert states() == ["pending"]
