"""Pages of mailings: from criteria to results."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from correspondence.mailings import preparing
from correspondence.models import Mailing, Message
from correspondence.services import send_due
from surveys.models import Programme
from tests import factories as make
from tests.correspondence.mailings.conftest import person
from tests.surveys import factories as survey

pytestmark = pytest.mark.django_db
NEW = "/mailings/new/"


@pytest.fixture
def team(people):
    """Three accounts, of which criteria find the large ones."""
    make.make_identity(people.kari, address="kari@tend.example")
    people.text = make.make_template("greeting", body="{{salutation}}\n\nthank you in {{account_city}}")
    people.large = [person(people.kari, n) for n in (1, 2)]
    for contact in people.large:
        type(contact.account).objects.filter(pk=contact.account_id).update(employees=500)
        make.make_purchase(contact.account, date(2026, 10, 1), "20000000")
    people.small = person(people.kari, 3)
    return people


def fields(team, **more):
    return {
        "name": "Autumn", "medium": "email", "template": team.text.template_id, "topic": "marketing",
        "whom": "main", "sender": "", "rest_days": "30", "owner": "all", "employees": "500",
        "sales": "20,000,000",
    } | more  # fmt: skip


def made(team, send, **more):
    response = send(team.kari, NEW, fields(team, **more))
    assert response.status_code == 302, response.content.decode()
    return Mailing.objects.latest("id")


def address(name, mailing, **query):
    return reverse(f"mailings:{name}", args=[mailing.pk])


def test_from_the_account_list_to_the_results(team, browse, send):
    listing = browse(team.kari, "/accounts/", {"owner": "all", "employees": "500"}).content.decode()
    assert f'href="{NEW}?owner=all&amp;employees=500"' in listing
    form = browse(team.kari, NEW, {"owner": "all", "employees": "500"}).content.decode()
    assert 'name="employees" value="500"' in form
    count = browse(team.kari, reverse("mailings:count"), fields(team)).content.decode()
    assert '<p class="mailing-total">2</p>' in count
    assert "Eva Lind 1" in count
    undecided = browse(team.kari, reverse("mailings:count"), fields(team, template=""))
    assert '<p class="mailing-total">2</p>' in undecided.content.decode()
    assert not Mailing.objects.exists()
    mailing = made(team, send)
    assert mailing.criteria == "500 employees or more · 12 months: 20,000,000 EUR or more"
    type(team.kari).objects.filter(pk=team.kari.pk).update(job_title="Key accounts")
    preview = browse(team.kari, address("preview", mailing), {"place": 2}).content.decode()
    assert "Key accounts" in preview  # below the words, as in the mail of whoever has no signature
    assert "Dear Eva Lind 2," in preview
    assert "2 of 2" in preview
    response = send(team.kari, address("schedule", mailing), {"on": "", "at": "", "per_hour": ""})
    assert response.status_code == 302
    preparing.prepare(mailing.pk)
    send_due()
    preparing.tick()
    results = browse(team.kari, address("detail", mailing)).content.decode()
    assert "Done" in results
    assert results.count(">sent</span>") == 3  # the tile and two rows
    assert sorted(mail.to[0] for mail in django_mail.outbox) == ["eva1@borg.example", "eva2@borg.example"]


def test_while_pieces_are_made_their_number_is_shown_and_no_outcomes(team, browse, send):
    mailing = made(team, send)
    send(team.kari, address("schedule", mailing), {"on": "", "at": "", "per_hour": ""})
    state = browse(team.kari, address("state", mailing)).content.decode()
    assert ("0 of 2 prepared" in state, "outbox-tiles" in state) == (True, False)
    preparing.prepare(mailing.pk)
    state = browse(team.kari, address("state", mailing)).content.decode()
    assert ("prepared" in state, "outbox-tiles" in state) == (False, True)


def test_the_moment_is_by_the_companys_clock(team, browse, send):
    make.make_company(time_zone="Europe/Oslo")
    mailing = made(team, send)
    sent = {"on": "2026-11-30", "at": "08:30", "per_hour": "200"}
    send(team.kari, address("schedule", mailing), sent)
    mailing.refresh_from_db()
    assert (mailing.state, mailing.starts_at.isoformat()) == ("scheduled", "2026-11-30T07:30:00+00:00")
    over = made(team, send, name="Over")
    response = send(team.kari, address("schedule", over), {"on": "2026-11-23"})
    assert response.status_code == 422
    assert "That moment is over" in response.content.decode()


def test_what_colleagues_saved_meanwhile_is_not_overwritten(team, browse, send):
    mailing = made(team, send)
    version = mailing.updated_at.isoformat()
    Mailing.objects.filter(pk=mailing.pk).update(name="Winter", updated_at="2026-11-24T10:00:00Z")
    response = send(team.kari, address("detail", mailing), fields(team, name="Spring", version=version))
    assert response.status_code == 422
    assert "Stored now: Name: Winter" in response.content.decode()
    assert Mailing.objects.get().name == "Winter"


def test_several_countries_and_tags_stay_when_the_draft_is_saved(team, browse, send):
    mailing = made(team, send, country=["NO", "SE"])
    assert "country=NO&country=SE" in mailing.query
    page = browse(team.kari, address("detail", mailing)).content.decode()
    assert 'value="NO" selected' in page
    assert 'value="SE" selected' in page


def test_mine_are_the_makers_accounts_whoever_sends(team, browse, send):
    mailing = made(team, send, owner="me", employees="", sales="")
    assert mailing.query == "owner=me"
    page = browse(team.manager, address("schedule", mailing)).content.decode()
    assert "Send to 3 people" in page


def test_who_is_left_out_is_listed_with_the_reason(team, browse, send):
    type(team.large[0].account).objects.filter(pk=team.large[0].account_id).update(city="")
    mailing = made(team, send)
    page = browse(team.kari, address("schedule", mailing)).content.decode()
    assert "A value is missing: City of the account" in page
    excluded = browse(team.kari, address("excluded", mailing), {"reason": "missing"}).content.decode()
    assert "Borg 1" in excluded
    assert browse(team.kari, address("excluded", mailing), {"reason": "x"}).status_code == 404
    team.kari.identity.delete()
    page = browse(team.kari, address("schedule", mailing)).content.decode()
    assert "The sender has no verified address: Kari" in page


def test_nobody_writes_from_the_address_of_surveys(team, browse, send):
    survey.make_programme()
    Programme.objects.update(sender_address="kari@tend.example")
    mailing = made(team, send)
    response = send(team.kari, address("schedule", mailing), {})
    assert response.status_code == 422
    assert "that stays neutral" in response.content.decode()


def test_bad_input_names_the_field_and_keeps_what_was_typed(team, browse, send):
    response = send(team.kari, NEW, fields(team, name="", rest_days="-1"))
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="20,000,000"' in page
    assert response.context["form"].errors.keys() == {"name", "rest_days"}


def test_held_back_resumed_and_stopped_by_buttons(team, browse, send):
    mailing = made(team, send)
    send(team.kari, address("schedule", mailing), {"per_hour": "1"})
    preparing.prepare(mailing.pk)
    for name, state in (("pause", "paused"), ("pause", "paused"), ("resume", "running"), ("stop", "stopped"),
                        ("resume", "stopped"), ("delete", "stopped")):  # fmt: skip
        assert send(team.kari, address(name, mailing)).status_code == 302
        mailing.refresh_from_db()
        assert mailing.state == state
    assert send(team.kari, address("detail", mailing), fields(team)).status_code == 302
    other = made(team, send, name="Other")
    send(team.kari, address("delete", other))
    assert not Mailing.objects.filter(name="Other").exists()


def test_uncertain_is_explained_and_the_file_runs_nothing(team, browse, send):
    type(team.large[0].account).objects.filter(pk=team.large[0].account_id).update(name="=1+1")
    mailing = made(team, send)
    send(team.kari, address("schedule", mailing), {})
    preparing.prepare(mailing.pk)
    Message.objects.filter(contact=team.large[0]).update(state="uncertain")
    page = browse(team.kari, address("detail", mailing), {"outcome": "uncertain"}).content.decode()
    assert "1 mail may have gone out, and nobody can know" in page
    assert "Borg 2" not in page
    file = b"".join(browse(team.kari, address("file", mailing)).streaming_content).decode()
    rows = list(csv.reader(io.StringIO(file.removeprefix("\ufeff"))))
    assert rows[1][:1] == ["'=1+1"]
    assert rows[1][4] == "uncertain"
    state = browse(team.kari, address("state", mailing)).content.decode()
    assert "1 still waits for its turn" in state


def test_results_are_paged_by_the_last_row(team, browse, send):
    mailing = make.make_mailing(team.kari, state="done", starts_at="2026-11-24T08:00Z")
    for n in range(10, 70):
        contact = person(team.kari, n)
        mailing.recipients.create(account=contact.account, contact=contact, place=n, sender=team.kari)
    first = browse(team.kari, address("detail", mailing))
    assert len(first.context["lines"]) == 50
    second = browse(team.kari, address("detail", mailing), {"at": first.context["page"].next})
    shown = [row.pk for page in (first, second) for row, _word, _why in page.context["lines"]]
    assert shown == sorted(mailing.recipients.values_list("pk", flat=True))


def test_two_and_twenty_cost_the_same(team, browse, client):
    client.force_login(team.kari)
    mailing = make.make_mailing(team.kari, state="done", starts_at="2026-11-24T08:00Z")
    costs = {}
    for rows, numbers in ((2, range(10, 12)), (20, range(12, 30))):
        for n in numbers:
            contact = person(team.kari, n)
            mailing.recipients.create(account=contact.account, contact=contact, place=n, sender=team.kari)
            make.make_mailing(team.kari, template=team.text.template)
        draft = Mailing.objects.filter(state="draft").latest("id")
        for page in (address("detail", mailing), reverse("mailings:list"), address("schedule", draft)):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            costs.setdefault(page.replace(str(draft.pk), "N"), []).append(len(queries))
        assert rows
    assert all(len(set(found)) == 1 for found in costs.values()), costs


def test_readers_are_told_who_writes_mailings(team, browse):
    assert browse(team.reader, reverse("mailings:list")).status_code == 403
    assert 'href="/mailings/new/' not in browse(team.reader, "/accounts/").content.decode()
