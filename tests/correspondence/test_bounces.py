"""Mails that came back over SMTP: what mail servers write, and what somebody hostile may send there."""

from __future__ import annotations

import io
import mailbox
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from correspondence import bounces, services
from correspondence.bounces import Came, take
from correspondence.building import return_path_of
from correspondence.models import DeliveryReport, Message, Suppression
from tests.correspondence.conftest import put

pytestmark = pytest.mark.django_db
EVA, DOMAIN = "eva1@customer.example", "bounces.survey.example"

POSTFIX = """\
Return-Path: <>
Delivered-To: {to}
Received: by mail.survey.example (Postfix)
\tid 4XyZ1234; Tue, 24 Nov 2026 08:00:05 +0000 (UTC)
Date: Tue, 24 Nov 2026 08:00:05 +0000 (UTC)
From: MAILER-DAEMON@mail.survey.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4XyZ1234.1/mail.survey.example"
Message-Id: <20261124080005.1@mail.survey.example>

This is a MIME-encapsulated message.

--4XyZ1234.1/mail.survey.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.survey.example.

--4XyZ1234.1/mail.survey.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.survey.example
X-Postfix-Queue-ID: 4XyZ1234
Arrival-Date: Tue, 24 Nov 2026 08:00:00 +0000 (UTC)

Final-Recipient: rfc822; {about}
Original-Recipient: rfc822;{about}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.customer.example
Diagnostic-Code: {words}

--4XyZ1234.1/mail.survey.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <{quoted}>
From: Acme feedback <feedback@survey.example>
To: {about}

--4XyZ1234.1/mail.survey.example--
"""
EXCHANGE = """\
From: postmaster@customer.example
To: <{to}>
Subject: Undeliverable: Your opinion
Content-Type: multipart/report; report-type=delivery-status; boundary="_f9_"
MIME-Version: 1.0

--_f9_
Content-Type: multipart/alternative; differences=Content-Type; boundary="_a1_"

--_a1_
Content-Type: text/html; charset="us-ascii"

<html><p>eva1 wasn't found at customer.example</p></html>
--_a1_--
--_f9_
Content-Type: message/delivery-status

Reporting-MTA: dns;AM0PR01MB.eurprd01.prod.exchangelabs.com

Final-Recipient: rfc822;eva1@customer.example
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup
X-Display-Name: eva1

--_f9_--
"""
VACATION = """\
To: {to}
From: eva1@customer.example
Subject: Out of office
Auto-Submitted: auto-replied

Back on Monday. 550 5.1.1 is my favourite number.
"""


def dsn(row: Message, **words: str) -> bytes:
    to = return_path_of(row)
    given = {
        "to": to, "about": row.recipient, "action": "failed", "status": "5.1.1", "quoted": to,
        "words": f"smtp; 550 5.1.1 <{row.recipient}>: Recipient address rejected: User unknown",
    } | words  # fmt: skip
    return POSTFIX.format(**given).replace("\n", "\r\n").encode()


def suppressed() -> set[tuple[str, str]]:
    return set(Suppression.objects.values_list("address", "reason"))


@pytest.fixture
def row(settings: Any) -> Message:
    """A survey mail that left with a return path of its own."""
    settings.MAIL_BOUNCE_DOMAIN = DOMAIN
    (row,) = put(1)
    services.send_due()
    return row


def test_what_comes_back_ends_all_mail_to_the_address(row: Message) -> None:
    assert take(dsn(row)) is Came.NOTED
    assert suppressed() == {(EVA, "hard_bounce")}
    report = DeliveryReport.objects.get()
    assert (report.kind, report.topic) == ("hard_bounce", "survey")


def test_the_same_report_again_is_once(row: Message) -> None:
    assert [take(dsn(row)) for _ in range(3)] == [Came.NOTED, Came.KNOWN, Came.KNOWN]
    assert DeliveryReport.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        ("5.1.1", "smtp; 550 5.1.1 User unknown", "hard_bounce"),
        ("5.1.10", "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound", "hard_bounce"),
        ("5.0.0", "smtp; 550 No such user here", "hard_bounce"),
        ("5.0.0", "smtp; 550-5.1.1 The email account that you tried to reach does not exist", "hard_bounce"),
        ("5.1.2", "X-Postfix; Host or domain name not found", "hard_bounce"),
        ("5.2.2", "smtp; 552 5.2.2 Mailbox full", "soft_bounce"),
        ("5.7.1", "smtp; 550 5.7.1 Message rejected due to policy", "soft_bounce"),
        ("5.1.1", "smtp; 550 5.7.1 blocked", "soft_bounce"),
        ("5.0.0", "smtp; 554 rejected", "soft_bounce"),
        ("4.4.7", "smtp; 450 4.2.0 Mailbox busy", "soft_bounce"),
        ("", "", "soft_bounce"),
    ],
)
def test_only_an_address_that_does_not_exist_is_a_hard_bounce(row, status: str, words: str, kind: str):
    assert take(dsn(row, status=status, words=words)) is Came.NOTED
    assert DeliveryReport.objects.get().kind == kind
    assert bool(suppressed()) == (kind == "hard_bounce")


def test_exchange_says_it_in_its_own_way(row: Message) -> None:
    assert take(EXCHANGE.format(to=return_path_of(row).upper()).encode()) is Came.NOTED
    assert suppressed() == {(EVA, "hard_bounce")}


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_what_has_not_failed_for_good_changes_nothing(row: Message, action: str) -> None:
    assert take(dsn(row, action=action)) is Came.PASSING
    assert not DeliveryReport.objects.exists()


def test_somebody_who_is_away_has_not_bounced(row: Message) -> None:
    assert take(VACATION.format(to=return_path_of(row)).encode()) is Came.PASSING
    assert not Suppression.objects.exists()


class TestHostile:
    def test_whose_address_stands_inside_is_not_believed(self, row: Message) -> None:
        take(dsn(row, about="managing.director@customer.example"))
        assert suppressed() == {(EVA, "hard_bounce")}

    @pytest.mark.parametrize(
        "to",
        [
            "feedback@survey.example", "b+aaaaaaaaaaaaaaaa@bounces.survey.example",
            "b+@bounces.survey.example", "{path}.evil.example", "x{path}", "b+%@bounces.survey.example",
            "b+________________@bounces.survey.example", "",
        ],
    )  # fmt: skip
    def test_a_return_path_that_is_none_is_about_nobody(self, row: Message, to: str) -> None:
        path = return_path_of(row)
        assert take(dsn(row, to=to.format(path=path), quoted=path)) is Came.STRANGE
        assert not DeliveryReport.objects.exists()

    def test_several_at_once_are_refused(self, row: Message) -> None:
        other = put(1, 2)[1]
        paths = f"{return_path_of(row)}, {return_path_of(other)}"
        assert take(dsn(row, to=paths)) is Came.STRANGE

    def test_many_reports_of_one_mail_are_no_three_bounces(self, row: Message) -> None:
        for n in range(5):
            take(dsn(row, status="4.4.7", words=f"smtp; 450 4.2.0 try {n}"))
        assert not Suppression.objects.exists()

    @pytest.mark.parametrize(
        "raw",
        [
            b"", b"\0" * 5000, b"\xff\xfe" * 3000, b"To: \xe9\xff@\r\n\r\n", b"To: " + b"a" * 300_000,
            b"Content-Type: multipart/report; boundary=\r\n\r\n--", b"Content-Type: multipart/report\r\n\r\n",
            b"To: =?utf-8?b?////?=\r\nContent-Type: multipart/report; charset=\xff\r\n\r\n",
        ],
        ids=["nothing", "NUL", "no text", "no letters", "no end", "no boundary", "no parts", "no charset"],
    )  # fmt: skip
    def test_garbage_is_strange_and_stops_nothing(self, row: Message, raw: bytes) -> None:
        assert take(raw) is Came.STRANGE

    def test_a_status_that_is_none(self, row: Message) -> None:
        broken = dsn(row).replace(b"Status: 5.1.1", b"Status: \xff\xfe5.1.1.1.1.1")
        assert take(broken) in {Came.NOTED, Came.PASSING}
        to = return_path_of(row).encode()
        plain = b"To: " + to + b"\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n"
        no_fields = plain + b"Content-Type: message/delivery-status\r\n\r\n\r\n--b--\r\n"
        assert take(no_fields) is Came.PASSING

    def test_parts_in_parts_in_parts_end_soon(self, row: Message) -> None:
        began = time.monotonic()
        nested = b"".join(
            b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(5000)
        )
        assert take(b"To: " + return_path_of(row).encode() + b"\r\n" + nested) in {Came.STRANGE, Came.PASSING}
        assert time.monotonic() - began < 20
        assert not DeliveryReport.objects.exists()


class TestCommand:
    def read(self, *options: str, **more: Any) -> str:
        output = io.StringIO()
        call_command("read_bounces", *options, stdout=output, stderr=output, **more)
        return output.getvalue().strip()

    @pytest.mark.parametrize("kind", ["maildir", "mbox"])
    def test_a_mailbox_is_emptied_of_what_was_understood(self, row, settings, tmp_path: Path, kind: str):
        place = tmp_path / "bounces"
        box: Any = mailbox.Maildir(place) if kind == "maildir" else mailbox.mbox(place)
        for raw in (dsn(row), VACATION.format(to=return_path_of(row)).encode(), b"Subject: Buy\r\n\r\nthis"):
            box.add(raw)
        box.close()
        settings.MAIL_BOUNCES = str(place)
        assert self.read() == "1 noted, 1 no failure, 1 about no mail of ours (left where they are)"
        assert suppressed() == {(EVA, "hard_bounce")}
        assert self.read() == "No bounces."
        left: Any = mailbox.Maildir(place) if kind == "maildir" else mailbox.mbox(place)
        assert [message["Subject"] for message in left] == ["Buy"]

    def test_one_mail_from_the_pipe(self, row: Message) -> None:
        assert self.read("--pipe", stdin=io.BytesIO(dsn(row))) == "noted"
        assert self.read("--pipe", stdin=io.BytesIO(b"x" * 600_000)) == "about no mail of ours"

    def test_without_a_database_the_mail_server_comes_again(self, row: Message, monkeypatch) -> None:
        def away(*_: Any) -> None:
            raise OperationalError("password in here")

        monkeypatch.setattr(bounces.reports, "note", away)
        with pytest.raises(SystemExit) as ended:
            self.read("--pipe", stdin=io.BytesIO(dsn(row)))
        assert ended.value.code == 75

    def test_without_a_database_the_mailbox_keeps_all(self, row, settings, tmp_path, monkeypatch) -> None:
        mailbox.mbox(tmp_path / "bounces").add(dsn(row))
        settings.MAIL_BOUNCES = str(tmp_path / "bounces")

        def away(*_: Any) -> None:
            raise OperationalError

        with monkeypatch.context() as patch:
            patch.setattr(bounces.reports, "note", away)
            with pytest.raises(OperationalError):
                self.read()
        assert self.read() == "1 noted"

    @pytest.mark.parametrize(
        ("domain", "place", "said"),
        [
            ("", "x", "Set MAIL_BOUNCE_DOMAIN"),
            (DOMAIN, "", "Set MAIL_BOUNCES"),
            (DOMAIN, "/nowhere", "nothing at"),
        ],
    )
    def test_what_is_not_set_up_is_said(self, settings, domain: str, place: str, said: str) -> None:
        settings.MAIL_BOUNCE_DOMAIN, settings.MAIL_BOUNCES = domain, place
        with pytest.raises(CommandError, match=said):
            self.read()
