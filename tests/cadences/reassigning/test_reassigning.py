"""Accounts change hands: nothing owed is lost, the new owner is told, managers see it before, undo works."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account, BookEntry
from cadences import plans, services
from cadences.engine import reconcile
from cadences.ledger import check
from cadences.lists.bulk.kinds import offered_to
from cadences.models import Touchpoint
from cadences.reassigning import reassign_accounts, share_out
from cadences.reassigning.sharing import deal
from cadences.reassigning.shown import CHOSEN_SINGLY, division
from contacts.models import Commitment
from core.history_reading import changes_of
from tests import factories as make
from users.services import deactivate

TODAY = date(2026, 11, 24)


@pytest.fixture
def plan(people):
    make.make_schedule(switched_on_at=make.at("2026-11-01 08:00"))
    plans.seed()
    return plans.start_plan(date(2026, 1, 1))


@pytest.fixture
def accounts(people, plan) -> list[Account]:
    """Nine customers and prospects of the owner, with everything that can be owed to them."""
    made = []
    for n in range(9):
        bought = TODAY - timedelta(days=n * 40)
        status = {"status": "customer", "became_customer_on": bought} if n % 3 else {}
        account = make.make_account(
            people.owner, name=f"Account {n}", owner_since=bought, tier=make.make_tier(n % 3 + 1), **status
        )
        if status:
            make.make_purchase(account, bought)
        services.add_todo(people.owner, account, "Send the photos", TODAY + timedelta(days=n), None)
        made.append(account)
    make.make_book_entry(people.owner, made[0])
    Commitment.objects.create(account=made[1], user=people.owner, what="A quote", due_on=TODAY)
    make.make_concern(made[1], owner=people.owner)
    reconcile(None, TODAY)
    row = Touchpoint.objects.open().filter(account=made[1]).exclude(kind__in=["todo", "survey"]).first()
    services.snooze(people.owner, row, TODAY + timedelta(days=6))
    return made


def with_contact() -> set[int]:
    """Accounts with an open touchpoint that somebody who works here is to do."""
    rows = Touchpoint.objects.open().filter(assignee__is_active=True)
    return set(rows.values_list("account", flat=True))


def ids(accounts) -> list[int]:
    return [account.pk for account in accounts]


def facts() -> set[tuple]:
    return set(Account.objects.values_list("pk", "owner", "owner_since", "owner_before"))


def dates() -> set[tuple]:
    """What is owed, apart from introductions."""
    rows = Touchpoint.objects.open().exclude(basis="owner")
    return set(rows.values_list("account", "slot", "cycle", "ideal_on", "due_on"))


# -- the verb --------------------------------------------------------------------------------------


def test_dates_stay_and_everything_owed_follows(people, accounts):
    before, had = dates(), with_contact()
    done = reassign_accounts(people.manager, ids(accounts), people.deputy)
    assert done.count == 9
    assert dates() == before
    assert with_contact() >= had
    rows = Touchpoint.objects.open().exclude(kind__in=["todo", "survey"])
    assert set(rows.values_list("assignee", flat=True)) == {people.deputy.pk}
    todos = Touchpoint.objects.open().filter(kind="todo")
    assert set(todos.values_list("assignee", flat=True)) == {people.owner.pk}  # notes to oneself stay
    assert set(Account.objects.values_list("owner", "owner_since", "owner_before")) == {
        (people.deputy.pk, TODAY, people.owner.pk)
    }
    assert not BookEntry.objects.exists()
    assert check(TODAY) == []


def test_each_customer_is_owed_one_introduction(people, accounts):
    reassign_accounts(people.manager, ids(accounts), people.deputy)
    rows = Touchpoint.objects.filter(basis="owner", state="open")
    assert set(rows.values_list("account", flat=True)) == {a.pk for a in accounts if a.status == "customer"}
    assert set(rows.values_list("assignee", flat=True)) == {people.deputy.pk}


def test_history_of_each_account_says_who_and_from_whom(people, accounts):
    reassign_accounts(people.manager, ids(accounts), people.deputy)
    accounts[0].refresh_from_db()
    told = {(change.before, change.after) for change in changes_of(accounts[0])}
    assert ("Kari Holm", "Dag Moe") in told


def test_the_new_owner_is_told_once_with_the_accounts(people, accounts):
    reassign_accounts(people.manager, ids(accounts), people.deputy)
    (told,) = mail.outbox
    assert told.to == [people.deputy.email]
    assert told.subject == "9 accounts are yours now"
    assert "- Account 3\n" in told.body
    assert "Mona Vik has given you 9 accounts" in told.body
    reassign_accounts(people.manager, ids(accounts), people.manager)
    assert len(mail.outbox) == 1  # whoever takes them themself knows


@pytest.mark.parametrize("who", ["owner", "colleague", "desk", "gone"])
def test_only_managers_and_admins(people, accounts, who):
    before = facts()
    with pytest.raises(PermissionDenied):
        reassign_accounts(getattr(people, who), ids(accounts), people.deputy)
    assert facts() == before


def test_what_is_not_theirs_is_left_out_and_named(people, accounts):
    foreign = make.make_account(people.colleague)
    done = reassign_accounts(people.manager, [accounts[0].pk, foreign.pk, 0], people.deputy)
    assert done.given.left_out == (0, foreign.pk)
    foreign.refresh_from_db()
    assert foreign.owner == people.colleague


def test_nobody_who_cannot_own_gets_any(people, accounts):
    for wrong in (people.desk, people.gone):
        with pytest.raises(ValidationError, match="cannot own accounts"):
            reassign_accounts(people.manager, ids(accounts), wrong)


def share(people, accounts):
    return share_out(people.manager, people.owner, {people.deputy: ids(accounts)}, "All to Dag")


def test_all_that_somebody_looks_after_is_taken_back_from_the_page(people, accounts, go):
    before, owed = facts(), dates()
    done = share(people, accounts)
    assert facts() != before
    shown = go(people.manager, reverse("accounts:bulk", args=[done.pk])).content.decode()
    assert "possible until" in shown
    assert "All to Dag" in go(people.manager, reverse("accounts:bulk_history")).content.decode()
    go(people.manager, reverse("accounts:bulk_undo", args=[done.pk]), {})
    assert facts() == before
    assert dates() == owed
    assert BookEntry.objects.get().added_on == date(2026, 11, 3)
    assert not Touchpoint.objects.open().filter(basis="owner").exists()
    todos = Touchpoint.objects.open().filter(kind="todo")
    assert set(todos.values_list("assignee", flat=True)) == {people.owner.pk}
    assert Commitment.objects.get().user == people.owner
    assert check(TODAY) == []


def test_undo_leaves_alone_what_has_changed_hands_since_and_says_so(people, accounts, go):
    done = share(people, accounts)
    reassign_accounts(people.manager, [accounts[0].pk], people.manager)
    go(people.manager, reverse("accounts:bulk_undo", args=[done.pk]), {})
    accounts[0].refresh_from_db()
    assert accounts[0].owner == people.manager
    assert Account.objects.filter(owner=people.owner, pk__in=ids(accounts[1:])).count() == len(accounts) - 1
    assert [row.account_id for row in done.rows.filter(state="kept")] == [accounts[0].pk]


def test_undo_to_somebody_who_left_is_refused_in_words(people, accounts, go):
    done = share(people, accounts)
    deactivate(people.admin, people.owner)
    go(people.manager, reverse("accounts:bulk_undo", args=[done.pk]), {})
    shown = go(people.manager, reverse("accounts:bulk", args=[done.pk])).content.decode()
    assert "once an admin has activated Kari Holm again" in shown
    assert not Account.objects.filter(owner=people.owner).exists()


def test_after_a_day_it_stands(people, accounts, go, tuesday):
    done = share(people, accounts)
    tuesday.shift(timedelta(hours=24, seconds=1))
    assert (
        "possible until" not in go(people.manager, reverse("accounts:bulk", args=[done.pk])).content.decode()
    )
    go(people.manager, reverse("accounts:bulk_undo", args=[done.pk]), {})
    assert not Account.objects.filter(owner=people.owner).exists()


def test_it_is_no_kind_of_change_that_a_list_offers(people, accounts):
    assert "hand_over" not in offered_to(people.admin)


# -- a leaver --------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_gone", [False, True], ids=["before they leave", "after they left"])
def test_no_next_contact_is_lost_when_somebody_leaves(people, accounts, is_gone):
    had = with_contact()
    assert had == set(ids(accounts))
    if is_gone:
        deactivate(people.admin, people.owner)
        assert with_contact() < had
    shares = division(people.manager, people.owner, [people.deputy, people.manager]).by_owner()
    share_out(people.manager, people.owner, shares)
    if not is_gone:
        deactivate(people.admin, people.owner)
    assert with_contact() == had
    owed = Touchpoint.objects.open().filter(account__in=accounts, assignee__isnull=False)
    assert set(owed.values_list("account", flat=True)) == set(ids(accounts))
    assert not Touchpoint.objects.open().filter(assignee=people.owner).exists()
    assert Commitment.objects.get().user in {people.deputy, people.manager}
    assert check(TODAY) == []


def test_an_even_deal_gives_each_as_many_of_each_tier(people, accounts):
    owners = [people.deputy, people.manager, people.colleague]
    dealt = division(people.manager, people.owner, owners)
    assert [share.accounts for share in dealt.shares] == [3, 3, 3]
    ranks = [sorted(a.tier.rank for a in accounts if dealt.choice[a.pk] == owner) for owner in owners]
    assert ranks == [[1, 2, 3]] * 3
    assert (
        sum(share.open for share in dealt.shares) == Touchpoint.objects.open().exclude(kind="survey").count()
    )


def test_dealing_is_pure_and_repeatable():
    assert deal([1, 2, 3, 4, 5], "ab") == {1: "a", 2: "b", 3: "b", 4: "a", 5: "a"}


# -- pages -----------------------------------------------------------------------------------------


def page(person) -> str:
    return reverse("reassign:person", args=[person.pk])


@pytest.fixture
def go(people):
    def went(who, address: str, data: dict | None = None):
        client = Client()
        client.force_login(who)
        return client.get(address) if data is None else client.post(address, data)

    return went


def test_people_who_left_come_first_with_their_number(people, accounts, go):
    make.make_account(people.deputy)
    deactivate(people.admin, people.owner)
    shown = go(people.manager, reverse("reassign:people")).content.decode()
    assert shown.index("Kari Holm") < shown.index("Dag Moe")
    assert "9 accounts" in shown
    assert "Ola Berg" not in shown


@pytest.mark.parametrize("who", ["owner", "colleague", "desk"])
def test_pages_are_managers_and_admins(people, accounts, go, who):
    for address in (reverse("reassign:people"), page(people.owner)):
        assert go(getattr(people, who), address).status_code == 403
    assert go(getattr(people, who), page(people.owner), {"act": "hand-over"}).status_code == 403


def test_a_manager_of_another_team_finds_nothing_to_hand_over(people, accounts, go):
    other = make.make_user("manager")
    assert "Nothing to hand over" in go(other, page(people.owner)).content.decode()


def test_it_is_shown_before_and_then_done(people, accounts, go):
    to = [people.deputy.pk, people.manager.pk]
    shown = go(people.manager, f"{page(people.owner)}?to={to[0]}&to={to[1]}").content.decode()
    assert "Hand over 9 accounts" in shown
    assert Account.objects.filter(owner=people.owner).count() == 9
    token = division(people.manager, people.owner, []).token
    picked = {f"owner-{account.pk}": str(to[1]) for account in accounts}
    picked[f"owner-{accounts[8].pk}"] = str(to[0])
    counted = go(people.manager, page(people.owner), {"to": to, "seen": token, "act": "count", **picked})
    assert "0 → 1" in counted.content.decode()
    reply = go(people.manager, page(people.owner), {"to": to, "seen": token, "act": "hand-over", **picked})
    assert reply.status_code == 302
    assert Account.objects.filter(owner=people.manager, pk__in=ids(accounts[:8])).count() == 8
    assert Account.objects.filter(owner=people.owner).count() == 0


def test_another_set_than_was_seen_is_not_handed_over(people, accounts, go):
    token = division(people.manager, people.owner, []).token
    make.make_account(people.owner)
    said = {"to": [people.deputy.pk], "seen": token, "act": "hand-over"}
    reply = go(people.manager, page(people.owner), said)
    assert reply.status_code == 422
    assert "have changed while you were looking" in reply.content.decode()
    assert not Account.objects.filter(owner=people.deputy).exists()
    nobody = go(people.manager, page(people.owner), {"seen": token, "act": "hand-over"})
    assert "Choose who takes the accounts over" in nobody.content.decode()


def test_2_and_20_accounts_cost_the_same(people, plan):
    def queries(verb) -> int:
        with CaptureQueriesContext(connection) as asked:
            verb()
        return len(asked)

    def fill(count: int) -> list[int]:
        made = [make.make_account(people.owner, status="customer") for _ in range(count)]
        reconcile(None, TODAY)
        return ids(made)

    client = Client()
    client.force_login(people.manager)
    address = f"{page(people.owner)}?to={people.deputy.pk}&to={people.manager.pk}"
    few_ids = fill(2)
    client.get(address)
    few = (
        queries(lambda: client.get(address)),
        queries(lambda: reassign_accounts(people.manager, few_ids, people.deputy)),
    )
    many_ids = fill(20)
    many = (
        queries(lambda: client.get(address)),
        queries(lambda: reassign_accounts(people.manager, many_ids, people.deputy)),
    )
    assert many == few


def test_more_than_can_be_chosen_singly_are_dealt_evenly(people, plan, go):
    Account.objects.bulk_create(
        Account(name=f"Many {n}", owner=people.owner) for n in range(CHOSEN_SINGLY + 1)
    )
    address = f"{page(people.owner)}?to={people.deputy.pk}&to={people.manager.pk}"
    shown = go(people.manager, address).content.decode()
    assert "So many accounts are dealt out evenly" in shown
    assert 'name="owner-' not in shown
    assert mail.outbox == []
