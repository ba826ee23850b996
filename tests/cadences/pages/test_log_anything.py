"""Anything is logged from anywhere: every kind, several people, the channels they prefer and refuse."""

from __future__ import annotations

import json
from datetime import date
from html import unescape
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from contacts.models import Commitment, Concern, Expectation, Interaction
from contacts.services import LogEntry, log_interaction
from tests import factories as make

TODAY = date(2026, 11, 24)


@pytest.fixture
def account(people):
    return make.make_account(people.owner, name="Acme Machining", city="Oslo")


@pytest.fixture
def eva(account):
    """Prefers text, wants no calls and no e-mail."""
    return make.make_contact(
        account, last_name="Lind", is_main=True, preferred_channel="text", refused_channels=["call", "email"]
    )


def typed(**fields):
    return {
        "outcome": "talked", "summary": "They rang us", "kind": "call", "contact": "",
        "token": str(uuid4()), "concern_severity": "2", "next_kind": "call",
    } | fields  # fmt: skip


def url(name, record):
    return reverse(f"cadences:{name}", args=[record.pk])


def options(html, name):
    select = html[html.index(f'<select name="{name}"') :].split("</select>")[0]
    return [part.split('"')[0] for part in select.split('<option value="')[1:]]


KINDS = {
    "call": "talked", "email": "sent", "letter": "sent", "meeting": "held", "video": "talked",
    "text": "talked", "social": "sent", "visit": "held", "lunch": "held", "gift": "sent", "note": "noted",
}  # fmt: skip


@pytest.mark.parametrize("kind", Interaction.Kind.values)
def test_every_kind_is_logged_with_an_outcome_of_its_own(client, people, account, kind):
    per = make.make_contact(account)
    client.force_login(people.desk)
    answer = client.post(url("log", account), typed(kind=kind, outcome=KINDS[kind], contact=per.pk))
    assert answer.status_code == 302, answer.content.decode()
    assert Interaction.objects.get().kind == kind


def test_an_outcome_of_another_kind_is_refused_with_the_right_ones_offered(client, people, account):
    client.force_login(people.owner)
    answer = client.post(url("log", account), typed(kind="gift", outcome="talked"))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert 'name="outcome" value="held"' in html
    assert 'name="outcome" value="voicemail"' not in html
    assert "They rang us" in html


def test_the_form_offers_what_they_prefer_first_and_what_they_refuse_last(client, people, account, eva):
    client.force_login(people.owner)
    html = client.get(url("log", account)).content.decode()
    kinds = options(html, "kind")
    assert kinds[0] == "text"
    assert set(kinds[-2:]) == {"call", "email"}
    assert '<option value="text" selected>' in html
    person = html[html.index(f'<option value="{eva.pk}"') :].split(">")[0]
    assert 'data-prefers="text"' in person
    assert 'data-refuses="call email"' in person
    by_kind = json.loads(unescape(html.split('data-outcomes="')[1].split('"')[0]))
    assert [value for value, _ in by_kind["text"]] == ["sent", "talked"]


def test_a_refused_channel_needs_its_reason_which_is_kept(client, people, account, eva):
    client.force_login(people.owner)
    answer = client.post(url("log", account), typed(contact=eva.pk))
    assert answer.status_code == 422
    assert "does not want this channel" in answer.content.decode()
    assert not Interaction.objects.exists()
    client.post(url("log", account), typed(contact=eva.pk, refused_reason="Their line stood still"))
    assert Interaction.objects.get().refused_reason == "Their line stood still"


def test_when_they_ring_us_it_is_their_choice(client, people, account, eva):
    client.force_login(people.owner)
    assert client.post(url("log", account), typed(contact=eva.pk, incoming="on")).status_code == 302


def test_the_rule_holds_at_every_door(people, account, eva):
    with pytest.raises(ValidationError) as refused:
        log_interaction(people.owner, account, LogEntry("email", "sent", contact=eva))
    assert "refused_reason" in refused.value.message_dict


def test_also_on_the_sheet_of_what_is_owed(client, people, account, eva):
    row = make.make_touchpoint(account, people.owner, TODAY)
    client.force_login(people.owner)
    said = typed(contact=eva.pk, next_on="2026-12-10", next_about="Ring them", outcome="no_answer")
    answer = client.post(url("touchpoint_log", row), said)
    assert answer.status_code == 422
    assert "does not want this channel" in answer.content.decode()
    assert client.post(url("touchpoint_log", row), said | {"refused_reason": "Urgent"}).status_code == 302


def test_several_people_were_there_and_it_stands_with_each(client, people, account, eva):
    per, ole = make.make_contact(account, last_name="Vik"), make.make_contact(account, last_name="Moe")
    client.force_login(people.owner)
    said = typed(
        kind="meeting", outcome="held", contact=eva.pk, others=[eva.pk, per.pk], summary="All of them"
    )
    assert client.post(url("log", account), said).status_code == 302
    assert set(Interaction.objects.get().others.all()) == {per}
    for person, seen in ((eva, True), (per, True), (ole, False)):
        html = client.get(reverse("contacts:detail", args=[person.pk])).content.decode()
        assert ("All of them" in html) is seen, person


def test_nobody_of_another_account_was_there(people, account):
    other = make.make_contact(make.make_account(people.owner))
    with pytest.raises(ValidationError) as refused:
        log_interaction(people.owner, account, LogEntry("meeting", "held", others=[other]))
    assert "others" in refused.value.message_dict


def test_promise_concern_and_expectation_of_one_talk(client, people, account):
    client.force_login(people.owner)
    said = typed(
        promise_what="A quote", promise_due="2026-11-27", promise_channel="text",
        concern_what="Noise", concern_owner=people.desk.pk, expectation="Parts in two days",
    )  # fmt: skip
    assert client.post(url("log", account), said).status_code == 302
    log = Interaction.objects.get()
    promise, concern, expected = Commitment.objects.get(), Concern.objects.get(), Expectation.objects.get()
    assert (promise.channel, promise.due_on) == ("text", date(2026, 11, 27))
    assert concern.owner == people.desk
    assert expected.what == "Parts in two days"
    assert {promise.interaction, concern.interaction, expected.interaction} == {log}


def test_a_note_closes_nothing_that_is_owed(client, people, account):
    row = make.make_touchpoint(account, people.owner, TODAY, make.make_slot("week"), anchor="after_event")
    client.force_login(people.owner)
    answer = client.post(url("log", account), typed(kind="note", outcome="noted", counts_as=[row.pk]))
    assert answer.status_code == 422
    assert "A note is no contact" in answer.content.decode()


def test_a_lost_answer_and_other_words_swallow_nothing(client, people, account):
    client.force_login(people.owner)
    said = typed(summary="Wants a quote")
    client.post(url("log", account), said)
    assert client.post(url("log", account), said).status_code == 302
    answer = client.post(url("log", account), said | {"summary": "Wants a quote by Friday"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "was saved on 24 Nov 09:00 already" in html
    assert "Wants a quote by Friday" in html
    fresh = html.split('name="token" value="')[1].split('"')[0]
    assert (
        client.post(url("log", account), said | {"summary": "By Friday", "token": fresh}).status_code == 302
    )
    assert Interaction.objects.count() == 2


@pytest.mark.parametrize(
    "more",
    [{"outcome": "no_answer"}, {"sentiment": "5"}, {"promise_what": "A quote", "promise_due": "2026-11-27"}],
)
def test_a_lost_answer_and_more_to_say_swallows_nothing(client, people, account, more):
    client.force_login(people.owner)
    said = typed()
    client.post(url("log", account), said)
    assert client.post(url("log", account), said | more).status_code == 422
    assert Interaction.objects.count() == 1


# -- From a page without an account ------------------------------------------------------------------------


def test_the_chooser_finds_accounts_and_people_and_offers_those_of_lately(client, people, account, eva):
    make.make_account(people.owner, name="Borg & Co")
    client.force_login(people.owner)
    where = reverse("cadences:log_anywhere")
    assert "Acme" not in client.get(where).content.decode()
    client.post(url("log", account), typed())
    assert url("log", account) in client.get(where).content.decode()
    htmx = {"HX-Request": "true"}
    html = client.get(where, {"q": "lind"}, headers=htmx).content.decode()
    assert f"{url('log', account)}?dialog=1&amp;contact={eva.pk}" in html
    assert "<html" not in html
    assert "Borg" in client.get(where, {"q": "borg"}, headers=htmx).content.decode()
    assert "Nothing found" in client.get(where, {"q": "zzz"}, headers=htmx).content.decode()


def test_somebody_found_by_name_is_whom_it_was_with(client, people, account):
    make.make_contact(account, is_main=True)
    per = make.make_contact(account, preferred_channel="video")
    client.force_login(people.owner)
    html = client.get(url("log", account), {"contact": per.pk}).content.decode()
    assert "selected" in html[html.index(f'<option value="{per.pk}"') :].split(">")[0]
    assert '<option value="video" selected>' in html


def test_from_the_dialog_one_stays_where_one_was(client, people, account):
    client.force_login(people.desk)
    htmx = {"HX-Request": "true", "HX-Current-URL": "http://testserver/contacts/"}
    where = f"{url('log', account)}?dialog=1"
    answer = client.post(where, typed(), headers=htmx)
    assert answer.status_code == 204
    assert "tend:logged" in answer["HX-Trigger"]
    assert "undo" in answer["HX-Trigger"]
    here = reverse("accounts:detail", args=[account.pk])
    answer = client.post(where, typed(), headers=htmx | {"HX-Current-URL": f"http://testserver{here}"})
    assert answer["HX-Redirect"] == here


def test_two_and_twenty_people_cost_the_same(client, people, account, django_assert_max_num_queries):
    client.force_login(people.owner)
    client.get(url("log", account))  # the plan's statement is prepared once
    counts = []
    for count in (2, 18):
        for _ in range(count):
            make.make_contact(account)
            make.make_concern(account, owner=people.desk)
        with django_assert_max_num_queries(26) as seen:
            client.get(url("log", account))
        counts.append(len(seen))
    assert counts[0] == counts[1]
