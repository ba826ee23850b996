"""Invitations: who gets which mail, what stands in it, read by a parser that is not ours."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

import pytest
import vobject
from django.core import mail
from django.test import override_settings
from hypothesis import example, given
from hypothesis import strategies as st

from cadences.meetings import ical, services
from cadences.meetings.times import SkippedTimeError, instant
from cadences.models import Appointment, Guest
from contacts.models import Contact
from correspondence.building import build
from correspondence.kinds import CalendarPart, Rendered
from correspondence.models import Message
from correspondence.services import sending
from tests import factories as make
from users.models import User

NUMBERS = count(1)


@pytest.fixture(autouse=True)
def _transport(settings: Any) -> None:
    settings.MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"


def deliver() -> list[Any]:
    """What leaves the outbox now, as mail programs read it, by recipient."""
    mail.outbox.clear()
    sending.send_due()
    read = [
        email.message_from_bytes(sent.message().as_bytes(), policy=email.policy.default)
        for sent in mail.outbox
    ]
    return sorted(read, key=lambda one: one["To"])


def calendar_of(message: Any) -> Any:
    """The calendar part of a mail, read by vobject."""
    part = next(one for one in message.walk() if one.get_content_type() == "text/calendar")
    return vobject.readOne(part.get_content())


def test_an_invitation_is_what_gmail_and_outlook_look_for(customer, terms):
    services.agree(
        customer.owner, customer.account, terms(contacts=[customer.eva, customer.per], invites=True)
    )

    first, second = deliver()

    assert (first["To"], second["To"]) == ("eva@borg.example", "per@borg.example")
    assert first["Subject"] == "Service contract 2027"
    assert first["Reply-To"] == "kari@tend.example"
    assert "Kari Holm" in first["From"]
    outer = first.get_payload()
    assert [one.get_content_type() for one in outer] == ["multipart/alternative", "application/ics"]
    inner = outer[0].get_payload()
    assert [one.get_content_type() for one in inner] == ["text/plain", "text/html", "text/calendar"]
    assert inner[2].get_param("method") == "REQUEST"
    assert outer[1].get_filename() == "invite.ics"
    assert outer[1].get_payload(decode=True).count(b"\r\n") > 20
    read = calendar_of(first)
    assert read.method.value == "REQUEST"
    event = read.vevent
    assert event.summary.value == "Service contract 2027"
    assert event.location.value == "Storgata 1"
    assert event.description.value == "1. Pumps\n2. Prices"
    assert event.organizer.value == "mailto:kari@tend.example"
    assert {one.value for one in event.attendee_list} == {
        "mailto:eva@borg.example",
        "mailto:per@borg.example",
    }
    assert event.dtstart.value.astimezone(UTC) == datetime(2026, 12, 1, 13, tzinfo=UTC)
    assert event.dtend.value.astimezone(UTC) == datetime(2026, 12, 1, 14, tzinfo=UTC)
    assert "DTSTART;TZID=Europe/Oslo:20261201T140000" in inner[2].get_content()
    assert (event.sequence.value, event.status.value) == ("0", "CONFIRMED")
    text = inner[0].get_content()
    assert "Tuesday 1 December 2026, 14:00 – 15:00 (Europe/Oslo)" in text
    assert "Hollerbeck" in text


def test_a_change_is_the_same_event_with_a_higher_sequence(customer, terms):
    made = services.agree(customer.owner, customer.account, terms(invites=True))
    before = calendar_of(deliver()[0]).vevent

    services.change(customer.owner, made, terms(on=date(2026, 12, 3), contacts=[customer.eva]))

    (sent,) = deliver()
    after = calendar_of(sent).vevent
    assert sent["Subject"] == "Changed: Service contract 2027"
    assert after.uid.value == before.uid.value
    assert int(after.sequence.value) == int(before.sequence.value) + 1
    assert after.dtstart.value.date() == date(2026, 12, 3)
    assert Guest.objects.get().told == 1


def test_one_that_waits_while_it_is_moved_says_nothing_old(customer, terms):
    made = services.agree(customer.owner, customer.account, terms(invites=True))
    services.change(customer.owner, made, terms(on=date(2026, 12, 3)))

    (sent,) = deliver()

    assert calendar_of(sent).vevent.dtstart.value.date() == date(2026, 12, 3)
    assert sent["Subject"] == "Service contract 2027"  # nobody has heard of the day before
    assert sorted(Message.objects.values_list("state", flat=True)) == ["cancelled", "sent"]


def test_cancelling_takes_it_out_of_their_calendars(customer, terms):
    made = services.agree(customer.owner, customer.account, terms(invites=True))
    uid = calendar_of(deliver()[0]).vevent.uid.value

    services.cancel(customer.owner, made, "They are ill")

    (sent,) = deliver()
    read = calendar_of(sent)
    assert (read.method.value, read.vevent.status.value) == ("CANCEL", "CANCELLED")
    assert (read.vevent.uid.value, read.vevent.sequence.value) == (uid, "1")
    assert "They are ill" not in sent.as_string()
    assert deliver() == []


def test_who_never_heard_of_it_need_not_hear_that_it_is_off(customer, terms):
    made = services.agree(customer.owner, customer.account, terms(invites=True))
    services.cancel(customer.owner, made, "They are ill")

    assert deliver() == []
    assert set(Message.objects.values_list("state", flat=True)) == {"cancelled"}


def test_who_is_left_out_is_told_and_who_comes_in_is_invited(customer, terms):
    made = services.agree(customer.owner, customer.account, terms(invites=True))
    deliver()

    services.change(customer.owner, made, terms(contacts=[customer.per], invites=True))

    off, new = deliver()
    assert (off["To"], calendar_of(off).method.value) == ("eva@borg.example", "CANCEL")
    assert (new["To"], calendar_of(new).method.value) == ("per@borg.example", "REQUEST")
    services.change(customer.owner, made, terms(contacts=[customer.per], place="Kirkegata 2"))
    assert [one["To"] for one in deliver()] == ["per@borg.example"]


def test_no_invitation_goes_to_whom_it_cannot_or_must_not(customer, terms):
    customer.eva.email = ""
    customer.eva.save()
    customer.per.refused_channels = ["email"]
    customer.per.save()

    services.agree(
        customer.owner, customer.account, terms(contacts=[customer.eva, customer.per], invites=True)
    )

    assert deliver() == []
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"left_on": date(2026, 11, 24)}, "The contact has left."),
        ({"refused_channels": ["email"]}, "wants no e-mail"),
        ({"email": "new@borg.example"}, "The contact has another address."),
    ],
)
def test_what_is_known_when_it_leaves_counts(customer, terms, change, why):
    services.agree(customer.owner, customer.account, terms(invites=True))
    Contact.objects.filter(pk=customer.eva.pk).update(**change)

    assert deliver() == []
    assert Message.objects.get().reason == why


def test_without_the_tick_nothing_is_sent(customer, terms):
    made = services.agree(customer.owner, customer.account, terms())
    services.change(customer.owner, made, terms(place="Kirkegata 2"))
    services.cancel(customer.owner, made, "They are ill")

    assert not Message.objects.exists()


def test_with_a_providers_api_it_is_a_file_alone():
    message = Message(recipient="eva@borg.example", topic="service", message_id="<a@b.example>")
    rendered = Rendered(
        "Meeting", "Text", "<p>Text</p>", calendar=CalendarPart("REQUEST", b"BEGIN:VCALENDAR\r\n")
    )

    with override_settings(MAIL_PROVIDER="brevo"):
        built: Any = build(message, rendered)

    assert [one.mimetype for one in built.alternatives] == ["text/html"]
    ((name, _content, kind),) = built.attachments
    assert (name, kind) == ("invite.ics", "text/calendar; method=REQUEST")


# -- Texts and times, whatever they are ----------------------------------------------------------------


def an_appointment(starts_at: datetime, zone: str, **words: Any) -> Appointment:
    """Not stored."""
    host = User(email="kari@tend.example", display_name=words.pop("host", "Kari Holm"))
    now = datetime(2026, 11, 24, tzinfo=UTC)
    return Appointment(
        host=host, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), time_zone=zone,
        created_at=now, updated_at=now, **words,
    )  # fmt: skip


def read_back(appointment: Appointment, *guests: Guest) -> Any:
    made = ical.invitation(appointment, "REQUEST", guests, datetime(2026, 11, 24, tzinfo=UTC))
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    # under a name that no parser knows and none has kept: the clock changes must come from the text itself
    unknown = f"Nowhere/{next(NUMBERS)}"
    return vobject.readOne(
        made.decode()
        .replace(f"TZID={appointment.time_zone}", f"TZID={unknown}")
        .replace(f"TZID:{appointment.time_zone}", f"TZID:{unknown}")
    )


ZONES = [
    "Europe/Oslo",
    "America/New_York",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "UTC",
]


@given(
    on=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    minute=st.integers(0, 24 * 60 - 1),
    zone=st.sampled_from(ZONES),
)
@example(on=date(2027, 3, 28), minute=3 * 60, zone="Europe/Oslo")
@example(on=date(2027, 3, 28), minute=3 * 60 + 59, zone="Europe/Oslo")
@example(on=date(2027, 10, 31), minute=2 * 60 + 30, zone="Europe/Oslo")
@example(on=date(2027, 3, 14), minute=3 * 60, zone="America/New_York")
@example(on=date(2027, 11, 7), minute=60 + 30, zone="America/New_York")
def test_other_calendars_read_the_very_moment(on, minute, zone):
    try:
        moment = instant(on, time(minute // 60, minute % 60), zone)
    except SkippedTimeError:
        return
    event = read_back(an_appointment(moment, zone)).vevent

    found = event.dtstart.value
    assert (found.astimezone(UTC), found.replace(tzinfo=None).time()) == (
        moment,
        time(minute // 60, minute % 60),
    )


HOSTILE = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        ["a\r\nATTENDEE:mailto:evil@x.example", 'x";X="1', "\\n;,:", "é" * 60, "END:VEVENT\nBEGIN:VEVENT"]
    ),
)


@given(title=HOSTILE, place=HOSTILE, agenda=HOSTILE, name=HOSTILE)
def test_no_words_become_properties(title, place, agenda, name):
    contact = Contact(email="eva@borg.example", last_name=name)
    appointment = an_appointment(
        datetime(2026, 12, 1, 13, tzinfo=UTC),
        "Europe/Oslo",
        purpose=title,
        place=place,
        agenda=agenda,
        host=name,
    )

    read = read_back(appointment, Guest(contact=contact))

    assert len(read.contents["vevent"]) == 1
    assert set(read.vevent.contents) <= {
        "uid", "dtstamp", "sequence", "created", "last-modified", "dtstart", "dtend", "status", "location",
        "summary", "description", "organizer", "attendee",
    }  # fmt: skip
    assert [one.value for one in read.vevent.attendee_list] == ["mailto:eva@borg.example"]
    if agenda.isprintable():
        assert read.vevent.contents.get("description", [None])[0] is None or (
            read.vevent.description.value == agenda
        )


def test_a_user_without_a_mailbox_hosts_all_the_same(customer, terms):
    host = make.make_user(email=None, display_name="No Mail", team=customer.owner.team)
    services.agree(customer.manager, customer.account, terms(host=host, invites=True))

    (sent,) = deliver()
    assert sent["Reply-To"] is None
    assert "organizer" not in calendar_of(sent).vevent.contents
