"""The managers' pages: what they show, what they refuse with words, and what they cost."""

from __future__ import annotations

import re
from datetime import date, timedelta
from email.utils import parseaddr

import pytest
from django.core import mail
from django.core.mail.backends import locmem
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ballotbox import bundle, tickets
from correspondence.backend import MailWaitsError
from surveys import seed_data
from surveys.models import Exclusion, HeldBack, Programme, Questions, Wave
from surveys.services import programmes
from tests import factories as make
from tests.surveys import factories as survey
from tests.surveys.factories import TODAY


@pytest.fixture
def manager(client):
    user = make.make_user("manager", email="mona@northwind.example", display_name="Mona Vik")
    client.force_login(user)
    return user


def at(name: str, *args: object) -> str:
    return reverse(f"surveys:{name}", args=args)


def messages(response) -> str:
    return " ".join(str(each) for each in response.context["messages"]) if response.context else ""


def test_an_installation_without_a_ballot_box_says_so(client, manager):
    programmes.seed()
    page = client.get(at("list")).content.decode()
    assert "Surveys are not set up" in page
    assert "After a purchase" in page


def test_before_the_close_the_list_shows_dates_alone(client, manager, settings):
    settings.BALLOTS_RESULTS_URL = "postgres://tend_results@/nowhere/ballots"
    wave = survey.make_wave(survey.make_programme(), n_invited=4711, n_handed_over=4712)
    page = client.get(at("list")).content.decode()
    assert wave.label in page
    assert "28 Jan" in page
    assert "471" not in page


def test_the_list_costs_the_same_for_two_and_for_twenty_waves(client, manager):
    programme = survey.make_programme()

    def queries(number: int) -> int:
        for _ in range(number):
            survey.make_wave(programme)
            HeldBack.objects.create(
                programme=programme,
                account=make.make_account(),
                cycle="first",
                reason="no_address",
                since=TODAY,
            )
        with CaptureQueriesContext(connection) as seen:
            assert client.get(at("list")).status_code == 200
        return len(seen)

    queries(1)
    assert queries(2) == queries(20)


@pytest.mark.parametrize("name", ["waiting", "exclusions"])
def test_lists_of_people_cost_the_same_for_two_and_for_twenty(client, manager, name):
    programme = survey.make_programme()

    def queries(number: int) -> int:
        for _ in range(number):
            contact = survey.make_customer(email="")
            make.make_contact(contact.account, email=f"b{contact.pk}@customer.example")
            HeldBack.objects.create(
                programme=programme, account=contact.account, cycle="first", reason="no_address", since=TODAY
            )
            Exclusion.objects.create(contact=contact, reason="In court", by=manager)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(at(name)).status_code == 200
        return len(seen)

    queries(1)
    assert queries(2) == queries(20)


# -- Settings -----------------------------------------------------------------------------------------

SETTINGS = {
    "name": "After a sale", "sender_name": "Northwind", "sender_address": "Ask@northwind.example",
    "reply_to": "quality@northwind.example", "rhythm": "half", "countries": "Norway, dk", "bought_since": "",
}  # fmt: skip


def test_settings_and_the_rule_are_saved(client, manager, programme):
    tier = make.make_tier(2)
    response = client.post(at("programme", programme.pk), SETTINGS | {"tiers": [tier.pk]})
    assert response.status_code == 302
    programme.refresh_from_db()
    assert (programme.name, programme.rhythm, programme.sender_address) == (
        "After a sale",
        "half",
        "ask@northwind.example",
    )
    assert (programme.who.countries, programme.who.tiers) == (("NO", "DK"), (tier.pk,))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"countries": "Atlantis"}, "There is no country “Atlantis”"),
        ({"sender_address": "mona@northwind.example"}, "address of one of your people"),
        ({"reply_to": ""}, "a mailbox for replies"),
        ({"reply_to": "nonsense"}, "valid email"),
    ],
)
def test_settings_that_cannot_be_are_refused_and_kept_on_the_page(client, manager, programme, change, said):
    response = client.post(at("programme", programme.pk), SETTINGS | change)
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert "After a sale" in page
    programme.refresh_from_db()
    assert programme.name == "After purchase"


def test_a_programme_with_something_missing_cannot_be_switched_on(client, manager):
    programme = survey.make_programme(is_on=False, reply_to="")
    programme.mail_texts.get(language="de").delete()
    response = client.post(at("switch", programme.pk), {"to": "on"}, follow=True)
    assert "A mailbox for replies." in messages(response)
    assert "A mail text in German" in messages(response)
    programme.refresh_from_db()
    assert not programme.is_on


# -- Questions ----------------------------------------------------------------------------------------


def test_changing_makes_a_draft_and_publishing_makes_it_current(client, manager, programme):
    wave = survey.make_wave(programme)
    client.post(at("question_move", programme.pk, "recommend"), {"to": "down"})
    draft = programme.questions.get(state="draft")
    assert [question.key for question in draft.asked.questions][:2] == ["product", "recommend"]
    client.post(at("publish", programme.pk))
    current = programme.questions.get(state="current")
    assert (current.pk, current.version, current.published_on) == (draft.pk, 2, TODAY)
    assert Wave.objects.get().questions == wave.questions
    assert wave.questions != current


def test_a_question_with_options_in_two_languages(client, manager, programme):
    client.post(at("question_remove", programme.pk, "change"))
    sent = {
        "label_en": "Which one?", "label_de": "Welche?", "shuffled": "on", "most": "1",
        "option_0_en": "The red one", "option_0_de": "Die rote",
        "option_1_en": "The blue one", "option_1_de": "Die blaue", "option_1_key": "blue",
    }  # fmt: skip
    assert client.post(at("question_new", programme.pk, "multi"), sent).status_code == 302
    question = programme.questions.get(state="draft").asked.questions[-1]
    assert (question.key, question.type, question.shuffled, question.most) == ("which_one", "multi", True, 1)
    assert [(each.key, each.label["de"]) for each in question.options] == [
        ("the_red_one", "Die rote"), ("blue", "Die blaue"),
    ]  # fmt: skip
    page = client.get(at("question", programme.pk, "which_one")).content.decode()
    assert "Die blaue" in page


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"label_de": ""}, "required"),
        ({"option_1_de": ""}, "an option has no words in German"),
        ({"option_1_en": "", "option_1_de": ""}, "needs 2 to 15 options"),
        ({"key": "recommend"}, "Another question has this key"),
        ({"key": "Not a key"}, "small letters"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_and_kept_on_the_page(
    client, manager, programme, change, said
):
    sent = {
        "label_en": "Which one?", "label_de": "Welche?", "option_0_en": "Red", "option_0_de": "Rot",
        "option_1_en": "Blue", "option_1_de": "Blau",
    } | change  # fmt: skip
    response = client.post(at("question_new", programme.pk, "single"), sent)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert 'value="Rot"' in response.content.decode()
    assert not Questions.objects.filter(state="draft").exists()


def test_an_eleventh_question_stays_a_draft(client, manager, programme):
    client.post(
        at("question_new", programme.pk, "text"), {"label_en": "Anything else?", "label_de": "Noch etwas?"}
    )
    response = client.post(at("publish", programme.pk), follow=True)
    assert "At most 10 questions: these are 11" in messages(response)
    assert programme.questions.get(state="current").version == 1
    client.post(at("discard", programme.pk))
    assert not programme.questions.filter(state="draft").exists()


def test_a_new_language_needs_words_and_a_mail_before_it_is_published(client, manager, programme):
    sent = {"languages": "en, de, fr", "title_en": "Hello", "title_de": "Hallo"}
    client.post(at("frame", programme.pk), sent)
    page = client.get(at("questions", programme.pk)).content.decode()
    assert "no words in French" in page
    assert "also asked in: French" in client.get(at("mails", programme.pk)).content.decode()


def test_the_seeded_questions_and_texts_can_be_sent(db):
    programmes.seed()
    assert programmes.seed() == 0
    manager = make.make_user("manager")
    for programme in Programme.objects.all():
        assert not programme.is_on
        programme.reply_to = "quality@northwind.example"
        assert programmes.what_is_missing(programme) == []
        for text in programme.mail_texts.all():
            fields = {name: getattr(text, name) for name in programmes.TEXT_FIELDS}
            programmes.save_text(manager, programme, text.language, **fields)
    one_off = programmes.make_one_off(manager, "Trade fair")
    assert set(one_off.mail_texts.values_list("language", flat=True)) == set(seed_data.LANGUAGES)


# -- As the customer will see it ----------------------------------------------------------------------


def test_a_look_opens_the_real_box_with_the_draft_and_never_counts(client, manager, programme, box):
    client.post(at("question_move", programme.pk, "recommend"), {"to": "down"})
    page = client.post(at("preview", programme.pk), {"language": "de"}).content.decode()
    assert "Ready, in German." in page
    (link,) = re.findall(r'href="(http[^"]+/s/[^"]+)"', page)
    assert link.startswith(box.url)
    shown = box.get(link.removeprefix(box.url))
    assert shown.status == 200
    assert "Wie war Ihr Kauf?" in shown.text
    assert "Dies ist ein Test" in shown.text
    assert box.post(link.removeprefix(box.url), {"recommend": "9"}).status == 200
    assert box.ballots.count() == 0


def test_a_test_mail_to_oneself(client, manager, programme, ballots):
    client.post(at("send_test", programme.pk), {"language": "de", "which": "invitation"})
    (sent,) = mail.outbox
    assert sent.to == ["mona@northwind.example"]
    assert sent.subject == "[Test] Wie war Ihr Kauf?"
    assert sent.from_email == "Northwind Feedback <feedback@northwind.example>"
    text = re.search(r"/s/(\S+)", sent.body)[1]
    file = bundle.read(ballots.waves, tickets.wave_of(text))
    assert tickets.read(file.ticket_key, text).is_test
    assert not Wave.objects.exists()


def test_a_test_mail_from_a_sender_with_a_comma_and_letters_of_ours(client, manager, programme, ballots):
    programme.sender_name = 'Sørlie, "Pumps" & Co'
    programme.save()
    client.post(at("send_test", programme.pk), {"language": "de", "which": "invitation"})
    (sent,) = mail.outbox
    assert parseaddr(sent.from_email) == ('Sørlie, "Pumps" & Co', "feedback@northwind.example")


def test_a_test_mail_that_has_to_wait_is_said_to_wait(client, manager, programme, ballots, monkeypatch):
    def waits(self, messages):
        raise MailWaitsError("The mail waits.")

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", waits)
    page = client.post(at("send_test", programme.pk), {"language": "de", "which": "invitation"}, follow=True)
    assert "waits in the outbox" in messages(page)
    assert "on its way" not in messages(page)


# -- Single people ------------------------------------------------------------------------------------


def held(programme, **fields):
    contact = survey.make_customer(**fields)
    reason = "no_address" if not contact.email else "address_changed"
    return HeldBack.objects.create(
        programme=programme, account=contact.account, cycle="first",
        contact=contact if contact.email else None,
        address=contact.email, reason=reason, since=TODAY,
    )  # fmt: skip


def test_a_manager_chooses_whom_to_ask_where_the_main_contact_has_no_address(client, manager, programme):
    row = held(programme, email="")
    stranger = survey.make_customer()
    response = client.post(at("release", row.pk), {"contact": stranger.pk}, follow=True)
    assert "Choose somebody" in messages(response)
    other = make.make_contact(row.account, email="Buyer@customer.example")
    client.post(at("release", row.pk), {"contact": other.pk})
    row.refresh_from_db()
    assert (row.state, row.contact, row.address, row.decided_by) == (
        "released", other, "buyer@customer.example", manager,
    )  # fmt: skip


def test_leaving_out_needs_a_reason_and_happens_once(client, manager, programme):
    row = held(programme)
    assert "Say why" in messages(client.post(at("skip", row.pk), {"reason": " "}, follow=True))
    client.post(at("skip", row.pk), {"reason": "Their address is a private one"})
    row.refresh_from_db()
    assert (row.state, row.decided_because) == ("skipped", "Their address is a private one")
    assert "decided meanwhile" in messages(client.post(at("release", row.pk), follow=True))


def test_excluding_an_account_and_asking_it_again(client, manager, programme):
    contact = survey.make_customer(name="Borg & Sønn")
    assert "Borg &amp; Sønn" in client.get(at("exclusions") + "?q=sonn").content.decode()
    refused = client.post(at("exclude", contact.account_id), {"reason": "", "until": "2026-11-01"})
    assert refused.status_code == 422
    client.post(at("exclude", contact.account_id), {"reason": "In court with us", "until": ""})
    row = Exclusion.objects.get()
    assert (row.account, row.contact, row.by, row.until) == (contact.account, None, manager, None)
    again = client.post(at("exclude", contact.account_id), {"reason": "Again"})
    assert "excluded already" in again.content.decode()
    client.post(at("end_exclusion", row.pk))
    assert not Exclusion.objects.exists()


def test_an_exclusion_cannot_end_in_the_past(client, manager):
    contact = survey.make_customer()
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    response = client.post(at("exclude", contact.account_id), {"reason": "x", "until": yesterday})
    assert "This day is over" in response.content.decode()


# -- One-off ------------------------------------------------------------------------------------------


def test_the_count_is_shown_before_a_one_off_survey_starts(client, manager, settings):
    settings.BALLOTS_RESULTS_URL = "postgres://tend_results@/nowhere/ballots"
    client.post(at("create"), {"name": "Trade fair"})
    programme = Programme.objects.get()
    programme.reply_to = "quality@northwind.example"
    programme.save()
    for _ in range(19):
        survey.make_customer(country="NO")
    survey.make_customer(country="DE", bought_on=date(2026, 1, 5))
    few = client.post(at("start", programme.pk), {"countries": "NO", "count": "1"}).content.decode()
    assert "At least 20 are needed" in few
    assert 'name="start"' not in few
    enough = client.post(at("start", programme.pk), {"countries": "", "count": "1"}).content.decode()
    assert "Ask 20 customers" in enough
    assert not Wave.objects.exists()
    refused = client.post(at("start", programme.pk), {"countries": "NO", "start": "1"})
    assert refused.status_code == 422
    client.post(at("start", programme.pk), {"countries": "", "start": "1"})
    assert Wave.objects.get().invitations.count() == 20
