"""The timeline of an account: one stream of everything, filtered, paged by its entries, linkable."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from contacts.models import Commitment, Contact, Expectation
from tests.factories import (
    at,
    make_account,
    make_campaign,
    make_concern,
    make_contact,
    make_file,
    make_interaction,
    make_purchase,
    make_slot,
    make_tier,
    make_touchpoint,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = date(2026, 11, 24)
ENTRY = re.compile(r'id="entry-([a-z_]+-\d+)"')


@pytest.fixture
def today():
    with time_machine.travel("2026-11-24 09:00:00+00:00", tick=False):
        yield


@pytest.fixture
def kari():
    return make_user(display_name="Kari Holm")


@pytest.fixture
def account(kari):
    return make_account(kari, name="Acme", status="customer")


@pytest.fixture
def ask(client, kari, account):
    """The HTML of a part of the timeline, by the parameters of its address."""

    def get(**params):
        client.force_login(kari)
        response = client.get(reverse("accounts:timeline", args=[account.pk]), params)
        assert response.status_code == 200
        return response.content.decode().replace("\xa0", " ")

    return get


def entries(html):
    return ENTRY.findall(html)


def days_ago(n):
    return TODAY - timedelta(days=n)


@pytest.fixture
def story(account, kari):
    """One of everything: source of the entry -> its key."""
    eva = make_contact(account, first_name="Eva", last_name="Lind", started_on=days_ago(20))
    jon = make_user(display_name="Jon Berg")
    talk = make_interaction(
        account, kari, contact=eva, happened_on=days_ago(2), summary="Die Überholung kommt"
    )
    note = make_interaction(
        account, jon, kind="note", outcome="noted", happened_on=days_ago(3), summary="Fair"
    )
    concern = make_concern(
        account,
        what="Noise",
        opened_on=days_ago(8),
        resolved_on=days_ago(7),
        resolution="Oiled",
        raised_by=jon,
    )
    promise = Commitment.objects.create(
        account=account, user=kari, what="A quote", due_on=days_ago(5), state="late", closed_on=days_ago(4),
        interaction=make_interaction(account, kari, kind="email", outcome="sent", happened_on=days_ago(6)),
    )  # fmt: skip
    sale = make_purchase(account, days_ago(9), "900", about="Forty seals")
    owed = make_touchpoint(account, kari, days_ago(1), slot=make_slot("call", name="Monthly call"))
    skipped = make_touchpoint(
        account, kari, days_ago(11), state="skipped", closed_on=days_ago(10), reason="Fair week"
    )
    make_touchpoint(account, kari, days_ago(12), state="cancelled", closed_on=days_ago(12), reason="gone")
    left = make_contact(account, last_name="Vik", started_on=days_ago(90), left_on=days_ago(12))
    return {
        "talk": f"interaction-{talk.pk}",
        "note": f"interaction-{note.pk}",
        "mail": f"interaction-{promise.interaction_id}",
        "concern": f"concern-{concern.pk}",
        "resolved": f"resolved-{concern.pk}",
        "promise": f"promise-{promise.pk}",
        "promise_closed": f"promise_closed-{promise.pk}",
        "purchase": f"purchase-{sale.pk}",
        "owed": f"owed-{owed.pk}",
        "skipped": f"owed-{skipped.pk}",
        "joined": f"joined-{eva.pk}",
        "left": f"left-{left.pk}",
        "came": f"joined-{left.pk}",
    }


ORDER = [
    "owed", "talk", "note", "promise_closed", "promise", "mail", "resolved", "concern", "purchase", "skipped",
    "left", "joined", "came",
]  # fmt: skip


def test_everything_stands_in_one_stream_newest_first(ask, story):
    assert entries(ask()) == [story[name] for name in ORDER]


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({"kind": "talk"}, ["talk", "mail"]),
        ({"kind": "call"}, ["talk"]),
        ({"kind": "mail"}, ["mail"]),
        ({"kind": "note"}, ["note"]),
        ({"kind": "meeting"}, []),
        ({"kind": "owed"}, ["owed", "skipped"]),
        ({"kind": "promise"}, ["promise_closed", "promise"]),
        ({"kind": "concern"}, ["resolved", "concern"]),
        ({"kind": "purchase"}, ["purchase"]),
        ({"kind": "people"}, ["left", "joined", "came"]),
        ({"q": "uberholung"}, ["talk"]),
        ({"q": "ÜBER kommt"}, ["talk"]),
        ({"q": "lind"}, ["talk", "joined"]),
        ({"q": "oiled"}, ["resolved"]),
        ({"q": "seals"}, ["purchase"]),
        ({"q": "fair"}, ["note", "skipped"]),
        ({"q": "fair", "kind": "note"}, ["note"]),
        ({"q": "100%"}, []),
        ({"kind": "nonsense", "who": "x1"}, ORDER),
    ],
)
def test_is_filtered_by_kind_and_words(ask, story, params, names):
    assert entries(ask(**params)) == [story[name] for name in names]


def test_is_filtered_by_person_here_and_there(ask, story, account, kari):
    eva = Contact.objects.get(last_name="Lind")
    assert entries(ask(who=f"c{eva.pk}")) == [story["talk"], story["joined"]]
    mine = entries(ask(who=f"u{kari.pk}"))
    assert mine == [story[name] for name in ("owed", "talk", "promise_closed", "promise", "mail")]


def test_what_is_filtered_away_says_so(ask, story):
    html = ask(kind="meeting")
    assert "Nothing here is like that" in html
    assert "Show everything" in html


def test_kept_touchpoints_stand_in_the_line_of_their_log(ask, account, kari):
    talk = make_interaction(account, kari, happened_on=days_ago(2))
    done = make_touchpoint(
        account, kari, days_ago(4), slot=make_slot("call", name="Monthly call"), state="done",
        closed_on=days_ago(2), interaction=talk,
    )  # fmt: skip
    html = ask()
    assert entries(html) == [f"interaction-{talk.pk}"]
    assert "did the Monthly call" in html
    assert "2 days late" in html
    assert entries(ask(kind="owed")) == [f"owed-{done.pk}"]


def test_owner_and_tier_are_part_of_the_story(ask, account, kari):
    account.owner, account.tier = make_user(display_name="Jon Berg"), make_tier(2, name="Medium")
    account.save()
    html = ask(kind="change")
    assert "Owner: Kari Holm → Jon Berg" in html
    assert "Tier: none → Medium" in html
    assert len(entries(html)) == 1
    assert "Jon Berg" in ask(q="jon berg")


@pytest.fixture
def later_story(account, kari):
    """Expectations, files, campaigns and a confirmed concern: name -> key."""
    eva = make_contact(account, first_name="Eva", last_name="Lind")
    expectation = Expectation.objects.create(
        account=account, contact=eva, what="It will be quieter", led_by=kari, led_on=days_ago(9),
        state="not_met", judged_on=days_ago(2), judged_by=kari, words="As loud as before",
    )  # fmt: skip
    file = make_file(account, kari)
    running = make_campaign(account, days_ago(4), weeks=2, started_by=kari, reason="Asked for it")
    over = make_campaign(
        account, days_ago(60), started_by=kari, ended_on=days_ago(40), ended_by=kari, result="won",
        words="Ordered two pumps",
    )  # fmt: skip
    concern = make_concern(
        account, what="Noise", opened_on=days_ago(8), resolved_on=days_ago(7), resolution="Oiled",
        confirmed_on=days_ago(5), confirmed_with=eva, confirmed_by=kari,
    )  # fmt: skip
    return {
        "file": f"file-{file.pk}",
        "judged": f"expectation_judged-{expectation.pk}",
        "running": f"campaign-{running.pk}",
        "confirmed": f"confirmed-{concern.pk}",
        "resolved": f"resolved-{concern.pk}",
        "concern": f"concern-{concern.pk}",
        "led": f"expectation-{expectation.pk}",
        "ended": f"campaign_ended-{over.pk}",
        "began": f"campaign-{over.pk}",
    }


def test_expectations_files_campaigns_and_confirmations_are_part_of_the_story(ask, later_story):
    html = ask()
    assert entries(html) == list(later_story.values())
    for words in (
        "Expectation not met", "As loud as before", "Led to expect", "Solved, they say so too",
        "Servicing campaign began", "2 weeks", "Servicing campaign ended</b>: Won", "Ordered two pumps",
    ):  # fmt: skip
        assert words in html, words


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({"kind": "expectation"}, ["judged", "led"]),
        ({"kind": "file"}, ["file"]),
        ({"kind": "campaign"}, ["running", "ended", "began"]),
        ({"kind": "concern"}, ["confirmed", "resolved", "concern"]),
        ({"q": "loud"}, ["judged"]),
        ({"q": "quieter lind"}, ["judged", "led"]),
        ({"q": "pumps"}, ["ended"]),
        ({"q": "asked for it"}, ["running"]),
    ],
)
def test_they_are_filtered_as_the_others(ask, later_story, params, names):
    assert entries(ask(**params)) == [later_story[name] for name in names]


def test_they_belong_to_their_people_and_have_addresses(ask, client, account, kari, later_story):
    eva = Contact.objects.get(last_name="Lind")
    assert entries(ask(who=f"c{eva.pk}")) == [later_story[name] for name in ("judged", "confirmed", "led")]
    assert later_story["file"] in entries(ask(who=f"u{kari.pk}"))
    for key in later_story.values():
        page = client.get(reverse("accounts:detail", args=[account.pk]), {"entry": key})
        assert entries(page.content.decode())[0] == key


def test_removed_files_are_not_told(ask, account, kari):
    file = make_file(account, kari)
    file.removed_at = at("2026-11-23 10:00")
    file.save()
    assert entries(ask()) == []


def test_a_talk_names_who_else_was_there_and_is_found_by_them(ask, account, kari):
    eva, ola = (
        make_contact(account, last_name="Lind"),
        make_contact(account, first_name="Ola", last_name="Moe"),
    )
    talk = make_interaction(
        account, kari, kind="meeting", outcome="held", contact=eva, happened_on=days_ago(2)
    )
    talk.others.add(ola)
    make_interaction(account, kari, contact=eva, happened_on=days_ago(3))
    assert "also there: Ola Moe" in ask()
    assert entries(ask(who=f"c{ola.pk}")) == [f"interaction-{talk.pk}"]


def test_a_refused_channel_says_why_it_was_used(ask, account, kari):
    talk = make_interaction(account, kari, happened_on=days_ago(2), refused_reason="The line burned")
    assert "used because: The line burned" in ask()
    assert entries(ask(q="burned")) == [f"interaction-{talk.pk}"]


def test_people_who_came_with_the_account_are_no_news(ask, account):
    with_it, later = make_contact(account), make_contact(account)
    Contact.objects.filter(pk=later.pk).update(created_at=at("2026-12-24 10:00"))
    assert entries(ask(kind="people")) == [f"joined-{later.pk}"]
    assert f"joined-{with_it.pk}" not in ask()


def long_history(account, kari, count=45):
    """Several a day, with and without a time, and a purchase on the same days: every tie there is."""
    for n in range(count):
        day = days_ago(n // 3)
        moment = at(f"{day} 1{n % 3}:00") if n % 2 else None
        make_interaction(account, kari, happened_on=day, happened_at=moment, summary=f"Talk {n}")
        if n % 5 == 0:
            make_purchase(account, day, "10")


def test_pages_by_its_entries_without_losing_or_repeating_one(ask, account, kari):
    long_history(account, kari)
    seen = entries(html := ask())
    assert len(seen) == 20
    while "Show earlier" in html:
        html = ask(before=seen[-1])
        seen += entries(html)
    assert len(seen) == len(set(seen)) == 45 + 9
    later = entries(ask(after=seen[30]))
    assert later == seen[10:30]
    assert entries(ask(after=seen[5])) == seen[:5]


def test_new_entries_do_not_shift_what_comes_next(ask, account, kari):
    long_history(account, kari)
    first = entries(ask())
    second = entries(ask(before=first[-1]))
    make_interaction(account, kari, happened_on=TODAY)
    assert entries(ask(before=first[-1])) == second


def test_filters_hold_while_paging(ask, account, kari):
    long_history(account, kari)
    html = ask(kind="call", q="talk")
    assert "kind=call&amp;q=talk" in html
    last = entries(html)[-1]
    assert all(key.startswith("interaction") for key in entries(ask(kind="call", q="talk", before=last)))


def test_an_old_entry_has_an_address_of_its_own(client, account, kari):
    long_history(account, kari)
    oldest = account.interactions.order_by("happened_on", "happened_at", "-id").first()
    client.force_login(kari)
    html = client.get(
        reverse("accounts:detail", args=[account.pk]), {"entry": f"interaction-{oldest.pk}"}
    ).content.decode()
    assert entries(html)[0] == f"interaction-{oldest.pk}"
    assert "is-meant" in html
    assert "Show later ones" in html


@pytest.mark.parametrize("key", ["interaction-999999", "purchase-1", "nonsense-1", "interaction-", "x" * 200])
def test_a_lost_entry_leads_to_the_latest(client, account, kari, key):
    elsewhere = make_purchase(make_account(kari), TODAY)
    latest = make_interaction(account, kari, happened_on=TODAY)
    client.force_login(kari)
    key = key.replace("purchase-1", f"purchase-{elsewhere.pk}")
    response = client.get(reverse("accounts:detail", args=[account.pk]), {"entry": key})
    assert response.status_code == 200
    assert entries(response.content.decode()) == [f"interaction-{latest.pk}"]
    is_lost = "is not here any more" in response.content.decode()
    assert is_lost == (key[:8] in {"interact", "purchase"} and key != "interaction-")


def test_the_page_opens_with_the_filter_of_its_address(client, account, kari, story):
    client.force_login(kari)
    page = client.get(reverse("accounts:detail", args=[account.pk]), {"kind": "purchase", "q": "seals"})
    html = page.content.decode()
    assert entries(html) == [story["purchase"]]
    assert '<option value="purchase" selected>' in html
    assert 'value="seals"' in html


def test_a_stream_costs_the_same_however_long(client, account, kari, django_assert_num_queries):
    client.force_login(kari)
    address = reverse("accounts:timeline", args=[account.pk])
    long_history(account, kari, 2)
    with django_assert_num_queries(4):  # session, user, account, stream
        client.get(address)
    long_history(account, kari, 45)
    with django_assert_num_queries(4):
        client.get(address)
