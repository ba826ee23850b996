"""The mail as it leaves: both parts, neutral, with nothing in it that follows or names anybody else (T16)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from email import message_from_bytes, policy
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils import timezone

from ballotbox import tickets
from correspondence.building import build
from correspondence.models import Message, Suppression
from correspondence.services import resend, send_due
from surveys import keys, mailing
from surveys.mail_words import MissingValueError
from surveys.models import Exclusion, Invitation, Wave
from surveys.services import closing, invite, programmes
from tests import factories as make
from tests.surveys import factories as survey
from tests.surveys.factories import TODAY

HOSTS = {"feedback.northwind.example", "crm.northwind.example"}


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = "https://crm.northwind.example"


@pytest.fixture
def invitation(wave):
    """Invited in German, by an account with an owner who sold to them."""
    keys.make_wave(wave.pk)
    owner = make.make_user(display_name="Kari Selger", email="kari@sales.example")
    contact = survey.make_customer(owner, language="de", tier=make.make_tier(3, name="Large"))
    contact.account.purchases.update(sold_by=owner)
    contact.last_name = "Lind"  # without the number that tells factories' people apart
    contact.save()
    ask = survey.make_ask(contact)
    invite([ask], TODAY)
    return Invitation.objects.select_related("contact", "account", "wave").get()


def sent(message):
    """The mail as it leaves, parsed."""
    rendered = mailing.render(message)
    return message_from_bytes(build(message, rendered).message().as_bytes(), policy=policy.default)


def test_both_parts_say_the_same_in_the_contacts_language(invitation):
    mail = sent(Message.objects.get())
    text = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    assert mail["Subject"] == "Wie war Ihr Kauf?"
    assert mail["Content-Language"] == "de"
    assert f"Guten Tag {invitation.contact.name}," in text
    assert "28. Januar 2027" in text
    assert '<html lang="de">' in html
    words = re.sub(r"<[^>]+>", " ", html.split("</head>")[-1]).replace("&#x27;", "'")
    for line in text.split("\n"):
        assert " ".join(line.split()) in " ".join(words.split()), line


def test_the_link_stands_on_a_line_of_its_own_and_opens_the_ticket(invitation):
    mail = sent(Message.objects.get())
    text = mail.get_body(("plain",)).get_content()
    (link,) = [line for line in text.splitlines() if "/s/" in line]
    assert re.fullmatch(r"https://feedback\.northwind\.example/s/[A-Za-z0-9_-]+1", link)
    assert len(link) < 300
    ticket_key, tag_key = keys.link_keys(invitation.wave_id, TODAY)
    ticket = tickets.read(ticket_key, link.rpartition("/")[2])
    assert (ticket.wave, ticket.tag) == (invitation.wave_id, tickets.tag_of(tag_key, invitation.pk))
    assert (ticket.codes, ticket.language, ticket.is_test) == ({"tier": "Large"}, "de", False)


def test_nothing_in_the_raw_mail_follows_or_tells(invitation):
    message = Message.objects.get()
    raw = build(message, mailing.render(message)).message().as_string()
    mail = sent(message)
    everything = raw + "".join(
        part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"
    )
    html = mail.get_body(("html",)).get_content()
    assert not re.search(r"<(img|script|link|iframe|object|video|audio|form|input|style)\b", html, re.I)
    assert not re.search(r"url\(|src=|background=|@import", html, re.I)
    assert set(re.findall(r"https?://([^/\"'<>\s]+)", everything)) <= HOSTS
    account = invitation.account
    for told in (
        "Kari", "Selger", "sales.example", account.name, account.external_id, str(invitation.pk),
        invitation.pk.hex,
    ):  # fmt: skip
        assert not told or told not in everything, told
    names = {name.lower() for name in mail}
    assert not {name for name in names if name.startswith(("x-", "feedback-id"))} - {
        "x-auto-response-suppress"
    }
    # no number of ours: every longer row of digits is a day or stands in a link
    bare = re.sub(r"https?://\S+|<[^>]*>", "", mail.get_body(("plain",)).get_content())
    assert set(re.findall(r"\d{3,}", bare)) <= {"2027"}


def test_the_sender_is_neutral(invitation):
    mail = sent(Message.objects.get())
    assert mail["From"] == "Northwind Feedback <feedback@northwind.example>"
    assert mail["Reply-To"] == "quality@northwind.example"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<https://crm\.northwind\.example/\S+>", mail["List-Unsubscribe"].strip())


def test_the_follow_up_has_the_same_tag_in_a_fresh_ticket(invitation):
    first = Message.objects.get()
    second = Message.objects.create(
        kind="survey_follow_up", topic="survey", recipient=first.recipient, key=first.key,
        payload=first.payload,
        next_try_at=first.next_try_at, message_id="<x@y>",
    )  # fmt: skip
    key = keys.link_keys(invitation.wave_id, TODAY)[0]
    links = [re.search(r"/s/(\S+)", mailing.render(each).text)[1] for each in (first, second)]
    assert links[0] != links[1]
    assert tickets.read(key, links[0]) == tickets.read(key, links[1])
    assert mailing.render(first).subject != mailing.render(second).subject


# -- When a mail does not leave -----------------------------------------------------------------------


def later(clock, days: int) -> None:
    clock.move_to(f"{TODAY + timedelta(days=days)} 08:00:00+00:00")


def test_once_the_days_key_was_destroyed_no_mail_leaves(invitation, clock):
    keys.destroy_tags(invitation.wave_id, TODAY)
    message = Message.objects.get()
    later(clock, 7)
    assert mailing.may_not_send([message]) == {message.pk: "too late for a link"}
    assert mailing.render(message) is None


@pytest.mark.parametrize(
    ("kind", "waits", "over"), [("survey_invitation", 6, 7), ("survey_follow_up", 13, 14)]
)
def test_a_mail_waits_for_a_folder_of_keys_that_is_not_there(invitation, settings, clock, kind, waits, over):
    Message.objects.update(kind=kind)
    message = Message.objects.get()
    folder, settings.SURVEY_KEYS = settings.SURVEY_KEYS, f"{settings.SURVEY_KEYS}-elsewhere"
    later(clock, waits)
    with pytest.raises(keys.KeyMissingError, match="keys of 2026-11-24 are missing"):
        mailing.may_not_send([message])
    later(clock, over)
    assert mailing.may_not_send([message]) == {message.pk: "too late for a link"}
    settings.SURVEY_KEYS = folder
    later(clock, waits)
    assert mailing.may_not_send([message]) == {}
    assert "/s/" in mailing.render(message).text


def test_no_mail_of_a_survey_that_was_switched_off(invitation):
    programmes.switch(make.make_user("manager"), invitation.wave.programme, on=False)
    message = Message.objects.get()
    assert mailing.may_not_send([message]) == {message.pk: "survey switched off"}
    assert mailing.render(message) is None


@pytest.mark.parametrize("state", ["planned", "held", "released", "destroyed"])
def test_no_mail_of_a_wave_that_is_not_open(invitation, state):
    invitation.wave.state = state
    invitation.wave.save()
    assert mailing.render(Message.objects.get()) is None


def test_no_mail_after_the_close(invitation, clock):
    clock.move_to(f"{invitation.wave.closes_on + timedelta(days=1)} 12:00:00+00:00")
    assert mailing.render(Message.objects.get()) is None


def test_whoever_was_excluded_meanwhile_gets_none(invitation):
    Exclusion.objects.create(account=invitation.account, reason="In court")
    message = Message.objects.get()
    assert mailing.may_not_send([message]) == {message.pk: "excluded by a manager"}


def test_a_place_without_a_value_fails_instead_of_leaving_a_gap(invitation):
    invitation.wave.programme.reply_to = ""
    invitation.wave.programme.save()
    text = invitation.wave.programme.mail_texts.get(language="de")
    text.body += "\n\n{{reply_to}}"
    text.save()
    with pytest.raises(MissingValueError):
        mailing.render(Message.objects.get())


def test_handing_over_is_noted_and_nothing_else(invitation):
    message = Message.objects.get()
    for _ in range(2):  # a provider may say it again
        mailing.handed_over([message])
    invitation.refresh_from_db()
    assert invitation.state == "handed_over"
    invitation.wave.refresh_from_db()
    assert invitation.wave.n_mailed == 1


def test_mails_that_left_stay_counted_whatever_comes_back(invitation):
    mailing.handed_over([Message.objects.get()])
    wave = Wave.objects.get()
    Suppression.objects.create(address=invitation.address, reason="hard_bounce")
    closing.recount(wave)
    assert (wave.n_handed_over, wave.n_bounced, closing.mailed(wave)) == (0, 1, 1)
    invitation.delete()
    closing.recount(wave)
    assert (wave.n_invited, closing.mailed(wave)) == (0, 1)


def test_a_mail_that_nobody_knows_about_may_be_answered(invitation):
    wave = Wave.objects.get()
    assert closing.mailed(wave) == 0
    Message.objects.update(state="uncertain")
    assert closing.mailed(wave) == 1


def test_a_mail_that_left_is_counted_although_that_could_not_be_written_down(invitation):
    Message.objects.update(state="sent", sent_at=timezone.now())
    assert closing.mailed(Wave.objects.get()) == 1


@pytest.mark.parametrize("was_uncertain", [False, True])
def test_a_mail_that_was_stopped_counts_if_it_may_have_left_before(invitation, was_uncertain: bool):
    if was_uncertain:
        Message.objects.update(state="uncertain", attempts=1)
        resend(make.make_user("admin"), Message.objects.get())
    Message.objects.update(not_before=None, next_try_at=timezone.now())
    Exclusion.objects.create(account=invitation.account, reason="Lawsuit")
    send_due()
    assert Message.objects.get().state == "cancelled"
    wave = Wave.objects.get()
    closing.recount(wave)
    assert closing.mailed(wave) == was_uncertain


def test_waves_under_way_begin_with_what_has_left_already(invitation):
    Invitation.objects.update(state="handed_over")
    survey.make_wave(
        invitation.wave.programme, label="before", opens_on=date(2026, 1, 1), last_send_on=date(2026, 3, 31),
        closes_on=date(2026, 4, 28), n_handed_over=9, n_bounced=2,
    )  # fmt: skip
    import_module("surveys.migrations.0005_more_answers_than_mails").count_what_left(apps, None)
    assert sorted(Wave.objects.values_list("n_mailed", flat=True)) == [1, 11]


def test_a_batch_costs_the_same_queries(wave, django_assert_num_queries):
    keys.make_wave(wave.pk)
    for _ in range(12):
        ask = survey.make_ask(survey.make_customer())
        invite([ask], TODAY)
    messages = list(Message.objects.all())
    with django_assert_num_queries(5):  # invitations, waves, company, exclusions; then the texts
        assert mailing.may_not_send(messages) == {}
        assert all(mailing.render(message) for message in messages)


# -- Not before nine at their place -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "place", "leaves"),
    [
        ("2026-11-24 00:30", {"country": "NO"}, "2026-11-24 08:00"),
        ("2026-11-24 00:30", {"time_zone": "Asia/Tokyo"}, "2026-11-24 00:30"),  # 09:30 there
        (
            "2026-11-24 00:30",
            {"time_zone": "America/New_York"},
            "2026-11-24 14:00",
        ),  # the evening before there
        ("2026-11-24 00:30", {"country": "US"}, "2026-11-24 08:00"),  # many zones: the company's clock
        ("2026-11-24 10:15", {"country": "DE"}, "2026-11-24 10:15"),
        ("2026-11-24 17:30", {"country": "DE"}, "2026-11-24 17:30"),  # late in the day: at once
    ],
)
def test_when_a_mail_may_leave(wave, clock, now, place, leaves):
    clock.move_to(f"{now}:00+00:00")
    ask = survey.make_ask(survey.make_customer(**place))
    invite([ask], TODAY)
    assert f"{Message.objects.get().not_before:%Y-%m-%d %H:%M}" == leaves


# -- Texts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("body", "Hello\n\n{{link}}", "{{unsubscribe}} is missing"),
        ("body", "Hello {{nme}}\n\n{{link}}\n\n{{unsubscribe}}", "no place {{nme}}"),
        ("body", "Click {{link}} here\n\n{{unsubscribe}}", "line of its own"),
        ("body", "{{link}}\n\n{{link}}\n\n{{unsubscribe}}", "only once"),
        ("body", "{{link}}\n\n{{unsubscribe}}\n\n{{ name", "braces"),
        ("subject", "Look: {{link}}", "not for a subject"),
        ("subject", "", "Write this text"),
    ],
)
def test_a_text_that_cannot_be_sent_is_refused_in_words(programme, field, text, said):
    manager = make.make_user("manager")
    stored = programme.mail_texts.get(language="en")
    texts = {name: getattr(stored, name) for name in programmes.TEXT_FIELDS} | {field: text}
    with pytest.raises(ValidationError) as refused:
        programmes.save_text(manager, programme, "en", **texts)
    assert said in " ".join(refused.value.message_dict[field])
    stored.refresh_from_db()
    assert getattr(stored, field) != text
