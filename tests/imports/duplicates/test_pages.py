"""The pages: pairs, the merge, what was merged, warnings in forms, old links."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account
from cadences.models import Touchpoint
from contacts.models import Contact
from core.history import acting
from imports.changes import reading
from imports.changes.choice import Choice
from imports.duplicates import finding
from imports.duplicates.blanking import forget_people
from imports.duplicates.found import ACCOUNTS, CONTACTS
from imports.duplicates.merging import merge_accounts, merge_contacts
from imports.duplicates.undoing import forget_old, undo_merge
from imports.models import AccountPair, Merge
from tests import factories as make
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    make.make_company()
    return make.make_user(display_name="Olga Owner")


@pytest.fixture
def page(owner: User, client: Client) -> Client:
    client.force_login(owner)
    return client


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_pairs_with_reasons_mine_first(page: Client, owner: User) -> None:
    (
        make.make_account(owner, name="Borg & Co", city="Oslo"),
        make.make_account(owner, name="Borg AS", city="Oslo"),
    )
    make.make_account(name="Vik"), make.make_account(name="Vik Ltd")
    assert "Nobody has looked yet" in text(page.get(reverse("duplicates:accounts")))
    finding.run(date(2026, 11, 23), "tick")

    mine = text(page.get(reverse("duplicates:accounts")))
    assert "same name, same city" in mine
    assert "Vik" not in mine
    everybodys = text(page.get(reverse("duplicates:accounts"), {"whose": "all"}))
    assert "Vik Ltd" in everybodys
    assert everybodys.count("Merge …") == 1  # of those that are mine


def test_not_the_same_is_kept_and_taken_back(page: Client, owner: User) -> None:
    make.make_account(owner, name="Borg"), make.make_account(owner, name="Borg AS")
    finding.find(ACCOUNTS)
    pair = AccountPair.objects.get()
    said = page.post(reverse("duplicates:account_pair", args=[pair.pk]), {"state": "different"}, follow=True)
    assert "Noted: they are not the same." in text(said)
    assert "Olga Owner said so" in text(page.get(reverse("duplicates:accounts"), {"state": "different"}))
    page.post(reverse("duplicates:account_pair", args=[pair.pk]) + "?state=open")
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == ("open", None)


def test_a_merge_shows_what_moves_and_asks_where_they_differ(page: Client, owner: User) -> None:
    ours = make.make_account(owner, name="Borg", about="Pumps", phone="22 33 44 55")
    theirs = make.make_account(owner, name="Borg AS", about="Pays late", city="Oslo")
    make.make_interaction(theirs, owner, summary="Wants a quote")
    make.make_piece(make.make_contact(theirs), make.make_user(), subject="A colleague's draft")
    address = reverse("duplicates:merge_accounts", args=[ours.pk, theirs.pk])
    shown = text(page.get(address))
    assert "Borg AS becomes part of Borg" in shown
    assert "Wants a quote" in shown
    assert "A colleague's draft" not in shown
    assert "Pays late" in shown
    assert 'name="field_phone"' not in shown  # only one has a phone: nothing to choose

    refused = page.post(address, {"field_name": "nonsense", "field_about": "both"})
    assert refused.status_code == 422
    assert Account.objects.count() == 2

    done = page.post(address, {"field_name": "theirs", "field_about": "both"}, follow=True)
    assert done.redirect_chain[-1][0] == reverse("accounts:detail", args=[ours.pk])
    assert "Borg AS is now part of Borg." in text(done)
    ours.refresh_from_db()
    assert (ours.name, ours.about, ours.city) == ("Borg AS", "Pumps\n\nPays late", "Oslo")

    merge = Merge.objects.get()
    assert "Borg AS went into Borg" in text(page.get(reverse("duplicates:merge", args=[merge.pk])))
    undone = page.post(reverse("duplicates:undo", args=[merge.pk]), follow=True)
    assert "Borg AS stands by itself again." in text(undone)
    assert "Everything is as it was before." in text(undone)
    assert Account.objects.count() == 2
    again = page.post(reverse("duplicates:undo", args=[merge.pk]), follow=True)
    assert "It has been taken apart already." in text(again)


def test_drafts_of_others_and_surveys_move_along_unseen(page: Client, owner: User) -> None:
    """Neither is shown or counted before the merge, after it, or when it is taken apart."""
    ours, theirs = make.make_account(owner, name="Borg"), make.make_account(owner, name="Borg AS")
    contact = make.make_contact(theirs)
    stranger = make.make_user()
    make.make_account(stranger)
    survey = make.make_slot("survey")
    make.make_touchpoint(theirs, None, date(2026, 11, 23), survey, kind="survey", cycle="2026")
    make.make_touchpoint(ours, None, date(2026, 11, 23), survey, kind="survey", cycle="2026")
    make.make_touchpoint(theirs, None, date(2026, 11, 23), cycle="n1")
    make.make_piece(contact, stranger, subject="A colleague's draft", account=theirs)
    shown = page.get(reverse("duplicates:merge_accounts", args=[ours.pk, theirs.pk]))
    told = {part.words: (part.count, part.kept) for part in shown.context["parts"]}
    assert told["Owed and delivered contacts"] == (1, 0)

    merge = merge_accounts(owner, ours, theirs)
    moved = dict(page.get(reverse("duplicates:merge", args=[merge.pk])).context["moved"])
    assert moved["Owed and delivered contacts"] == 1
    assert "E-mails and letters" not in moved
    assert Touchpoint.objects.filter(account=ours).count() == 2

    with time_machine.travel("2026-11-24 09:00+00:00", tick=False):
        make.make_touchpoint(ours, None, date(2026, 11, 23), survey, kind="survey", cycle="2027")
        make.make_piece(make.make_contact(ours), owner)
        notes = undo_merge(owner, merge).notes
    assert notes == ["People: 1 added since the merge, with Borg as before."]


@pytest.mark.parametrize("is_there", [True, False])
def test_what_it_said_differently_is_read_for_good(page: Client, owner: User, is_there: bool) -> None:
    ours = make.make_account(owner, name="Borg", phone="22 33 44 55", about="Pumps")
    theirs = make.make_account(owner, name="Borg AS", phone="55 66 77 88", about="Pays late", city="Oslo")
    admin = make.make_user("admin")
    with acting(None, ""):
        merge = merge_accounts(owner, ours, theirs, {"name": "theirs", "about": "both"})
    with time_machine.travel("2027-03-01 09:00+00:00", tick=False):
        forget_old()
        assert not merge.steps.exists()
        page.force_login(owner)  # the session of November is over
        there = reverse("duplicates:merge", args=[merge.pk])
        assert "What it said differently" in text(page.get(there))
        if not is_there:
            ours.delete()
        said = {one.group.key: (one.theirs, one.ours) for one in page.get(there).context["differs"]}
        # of somebody who was deleted the change history alone tells, to those who may read it
        assert said == ({"phone": ("55 66 77 88", "22 33 44 55")} if is_there else {})
        asked = Choice.of({"kind": "accounts.account", "record": str(theirs.pk), "door": "merge"}, admin)
        (save,) = reading.page(admin, asked).saves
        assert ("Phone", "55 66 77 88") in {(one.field, one.before) for one in save.changes}


def test_of_two_people_too_unless_they_are_erased(page: Client, owner: User) -> None:
    account = make.make_account(owner)
    ours = make.make_contact(account, last_name="Lind", job_title="Buyer")
    theirs = make.make_contact(account, last_name="Lind", job_title="Head of purchasing")
    merge = merge_contacts(owner, ours, theirs)
    there = reverse("duplicates:merge", args=[merge.pk])
    assert "Head of purchasing" in text(page.get(there))
    forget_people([ours.pk])
    assert "Head of purchasing" not in text(page.get(there))


def test_people_are_merged_from_their_page(page: Client, owner: User) -> None:
    account = make.make_account(owner)
    ours = make.make_contact(account, first_name="Eva", last_name="Lind", job_title="Buyer")
    theirs = make.make_contact(account, first_name="E.", last_name="Lind", job_title="Head of purchasing")
    choose = reverse("duplicates:choose_person", args=[ours.pk])
    assert choose in text(page.get(reverse("contacts:detail", args=[ours.pk])))
    target = reverse("duplicates:merge_people", args=[ours.pk, theirs.pk])
    assert target in text(page.get(choose))
    assert target in text(page.get(choose, {"q": "Lind"}))
    page.post(target, {"field_name": "ours", "field_job_title": "theirs"})
    assert Contact.objects.get().job_title == "Head of purchasing"


def test_an_account_is_found_to_merge_with(page: Client, owner: User) -> None:
    account, twin = make.make_account(owner, name="Borg"), make.make_account(owner, name="Borg AS")
    other = make.make_account(owner, name="Quite another")
    choose = reverse("duplicates:choose_account", args=[account.pk])
    assert choose in text(page.get(reverse("accounts:detail", args=[account.pk])))
    assert reverse("duplicates:merge_accounts", args=[account.pk, twin.pk]) in text(page.get(choose))
    found = text(page.get(choose, {"q": "another"}))
    assert reverse("duplicates:merge_accounts", args=[account.pk, other.pk]) in found


def test_into_itself_is_refused_in_words(page: Client, owner: User) -> None:
    account = make.make_account(owner)
    address = reverse("duplicates:merge_accounts", args=[account.pk, account.pk])
    assert page.get(address).status_code == 200
    assert "one and the same" in text(page.post(address))


def test_somebody_elses_owner_is_chosen_by_managers_alone(client: Client, owner: User) -> None:
    manager = make.make_user("manager")
    team = make.make_team(manager=manager)
    one, two = make.make_user(team=team, display_name="Kari"), make.make_user(team=team, display_name="Per")
    ours, theirs = make.make_account(one, name="Borg"), make.make_account(two, name="Borg")
    address = reverse("duplicates:merge_accounts", args=[ours.pk, theirs.pk])
    client.force_login(one)
    assert client.get(address).status_code == 403
    client.force_login(manager)
    assert 'name="field_owner"' in text(client.get(address))
    client.post(address, {"field_owner": "theirs"})
    ours.refresh_from_db()
    assert ours.owner == two


@pytest.mark.parametrize("rows", [2, 20])
def test_the_list_costs_the_same_for_many(page: Client, owner: User, rows: int, cost: dict[int, int]) -> None:
    for n in range(rows):
        (
            make.make_account(owner, name=f"Borg{n * 7919}x"),
            make.make_account(owner, name=f"Borg{n * 7919}x AS"),
        )
        account = make.make_account(owner, name=f"Vik{n * 104729}y")
        for _twice in range(2):
            make.make_contact(account, first_name="Eva", last_name="Lind")
    finding.find(ACCOUNTS)
    finding.find(CONTACTS)
    with CaptureQueriesContext(connection) as captured:
        assert len(page.get(reverse("duplicates:accounts")).context["rows"]) >= rows
        assert len(page.get(reverse("duplicates:people")).context["rows"]) == rows
    cost[rows] = len(captured)
    assert len(set(cost.values())) == 1


@pytest.fixture(scope="module")
def cost() -> dict[int, int]:
    return {}


def test_the_preview_costs_the_same_for_many(page: Client, owner: User) -> None:
    def asked(rows: int) -> int:
        ours, theirs = make.make_account(owner), make.make_account(owner)
        for n in range(rows):
            make.make_interaction(theirs, owner)
            make.make_influence(make.make_contact(theirs), make.make_contact(theirs))
            make.make_touchpoint(theirs, owner, date(2026, 11, 23), cycle=f"n{n}")
        with CaptureQueriesContext(connection) as captured:
            page.get(reverse("duplicates:merge_accounts", args=[ours.pk, theirs.pk]))
        return len(captured)

    assert asked(2) == asked(20)


# -- while typing ------------------------------------------------------------------------------------


def test_a_form_says_what_it_looks_like(page: Client, owner: User) -> None:
    account = make.make_account(owner, name="Borg", city="Oslo")
    form = text(page.get(reverse("accounts:create")))
    assert reverse("duplicates:like_account") in form
    like = reverse("duplicates:like_account")
    said = text(page.get(like, {"name": "BORG a/s"}))
    assert "There already?" in said
    assert reverse("accounts:detail", args=[account.pk]) in said
    assert text(page.get(like, {"name": "Quite another"})) == ""
    assert text(page.get(like, {"name": "Borg", "besides": account.pk})) == ""
    assert text(page.get(like, {"name": "\0", "besides": "²"})) == ""


def test_a_person_who_is_there_already(page: Client, owner: User) -> None:
    account = make.make_account(owner)
    make.make_contact(account, first_name="Eva", last_name="Lind")
    like = reverse("duplicates:like_person", args=[account.pk])
    assert like in text(page.get(reverse("contacts:add", args=[account.pk])))
    assert "same name" in text(page.get(like, {"first_name": "Eva", "last_name": "Lind"}))


def test_it_does_not_stand_in_the_way(page: Client, owner: User) -> None:
    make.make_account(owner, name="Borg")
    page.post(reverse("accounts:create"), {"name": "Borg", "owner": owner.pk})
    assert Account.objects.filter(name="Borg").count() == 2


# -- old links ---------------------------------------------------------------------------------------


def test_old_links_lead_to_the_survivor_however_often_it_was_merged(page: Client, owner: User) -> None:
    one, two, three = (make.make_account(owner) for _n in range(3))
    first, second = one.pk, two.pk
    merge_accounts(owner, two, one)
    last = merge_accounts(owner, three, two)
    for old in (first, second):
        sent = page.get(reverse("accounts:detail", args=[old]), {"tab": "talks"})
        assert (sent.status_code, sent["Location"]) == (302, f"/accounts/{three.pk}/?tab=talks")
    assert page.get(reverse("accounts:edit", args=[first]))["Location"] == f"/accounts/{three.pk}/edit/"

    undo_merge(owner, last)
    assert page.get(reverse("accounts:detail", args=[first]))["Location"] == f"/accounts/{second}/"
    assert page.get(reverse("accounts:detail", args=[second])).status_code == 200


def test_old_links_of_people(page: Client, owner: User) -> None:
    account = make.make_account(owner)
    ours, theirs = make.make_contact(account), make.make_contact(account)
    old = theirs.pk
    merge_contacts(owner, ours, theirs)
    assert page.get(reverse("contacts:detail", args=[old]))["Location"] == f"/contacts/{ours.pk}/"


def test_what_never_was_is_not_found(page: Client, owner: User) -> None:
    assert page.get(reverse("accounts:detail", args=[999_999])).status_code == 404


def test_nobody_learns_of_it_without_signing_in(client: Client, owner: User) -> None:
    ours, theirs = make.make_account(owner), make.make_account(owner)
    old = theirs.pk
    merge_accounts(owner, ours, theirs)
    assert client.get(reverse("accounts:detail", args=[old]))["Location"].startswith("/auth/login/")
