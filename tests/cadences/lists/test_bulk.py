"""Changing many accounts: a frozen set, the verbs' own rules, one bell, per-row results, a day to undo it."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, BookEntry
from accounts.services import change_owner, edit_account, pin_tier
from cadences.lists.bulk import services
from cadences.models import BulkChange
from core import facts
from core.history_reading import changes_of
from tests.factories import make_account, make_book_entry, make_tier, make_touchpoint
from users.clock import today_for
from users.models import Company

pytestmark = pytest.mark.django_db
CHOOSE = reverse("accounts:bulk_choose")


@pytest.fixture
def accounts(people):
    return [make_account(people.kari, name=name) for name in ("Acme", "Borg", "Cedar")]


@pytest.fixture
def rung(monkeypatch):
    """Account ids of each time the bell of facts was rung."""
    calls = []
    monkeypatch.setattr(facts, "_listeners", [lambda accounts, _users: calls.append(set(accounts))])
    return calls


def choose(send, user, accounts):
    send(user, CHOOSE, {"account": [account.pk for account in accounts], "query": "owner=all"})
    return BulkChange.objects.latest("pk")


def confirm(send, user, change, kind, **data):
    send(user, f"{reverse('accounts:bulk', args=[change.pk])}?do={kind}", data)
    change.refresh_from_db()
    return change


def undo(send, user, change):
    send(user, reverse("accounts:bulk_undo", args=[change.pk]))
    change.refresh_from_db()
    return change


def states(change):
    return {row.account.name: row.state for row in change.rows.select_related("account")}


def owners():
    return {account.name: account.owner and account.owner.display_name for account in Account.objects.all()}


def test_all_that_match_are_fixed_when_they_are_chosen(send, browse, people, accounts):
    make_account(people.kari, name="Zebra", city="Oslo")
    Account.objects.filter(name__in=["Acme", "Cedar"]).update(city="Oslo")
    send(people.manager, CHOOSE, {"all": "1", "query": "owner=all&q=oslo"})
    change = BulkChange.objects.get()
    make_account(people.kari, name="New", city="Oslo")
    Account.objects.filter(name="Acme").update(city="Bergen")
    html = browse(people.manager, reverse("accounts:bulk", args=[change.pk])).content.decode()
    assert "Change 3 accounts" in html
    assert "“oslo”" in html
    confirm(send, people.manager, change, "owner", owner=people.bo.pk)
    assert owners() == {"Acme": "Bo", "Borg": "Kari", "Cedar": "Bo", "New": "Kari", "Zebra": "Bo"}


def test_a_new_owner_for_many_rings_once_and_says_in_bulk(send, people, accounts, rung):
    make_book_entry(people.kari, accounts[0])
    change = choose(send, people.manager, accounts)
    confirm(send, people.manager, change, "owner", owner=people.bo.pk)
    assert rung == [{account.pk for account in accounts}]
    assert set(owners().values()) == {"Bo"}
    assert not BookEntry.objects.exists()
    made = changes_of(Account.objects.get(name="Acme"))
    assert {(one.field, one.before, one.after, one.who) for one in made} >= {
        ("Owner", "Kari", "Bo", "Mia (in bulk)")
    }
    assert change.state == "done"
    assert change.what == "New owner: Bo"


def test_undo_puts_back_what_was_and_keeps_later_edits(send, people, accounts, rung):
    Account.objects.update(owner_since="2020-05-05")
    make_book_entry(people.kari, accounts[0])
    change = choose(send, people.manager, accounts)
    confirm(send, people.manager, change, "owner", owner=people.bo.pk)
    change_owner(people.manager, Account.objects.get(name="Borg"), people.manager)
    rung.clear()
    undo(send, people.manager, change)
    assert change.state == "undone"
    assert owners() == {"Acme": "Kari", "Borg": "Mia", "Cedar": "Kari"}
    assert states(change) == {"Acme": "undone", "Borg": "kept", "Cedar": "undone"}
    assert str(Account.objects.get(name="Acme").owner_since) == "2020-05-05"
    assert BookEntry.objects.get().user == people.kari
    assert rung == [{accounts[0].pk, accounts[2].pk}]
    assert change.rows.get(account=accounts[1]).reason.startswith("Somebody has changed this since")
    told = [one.who for one in changes_of(Account.objects.get(name="Acme")) if one.field == "Owner"]
    assert told == ["Mia (in bulk, taken back)", "Mia (in bulk)"]


def test_the_new_owner_of_many_gets_one_mail(send, people, accounts, mailoutbox):
    people.bo.email = "bo@tend.example"
    people.bo.save()
    confirm(send, people.manager, choose(send, people.manager, accounts), "owner", owner=people.bo.pk)
    (mail,) = mailoutbox
    assert mail.to == ["bo@tend.example"]
    assert all(account.name in mail.body for account in accounts)


def test_undo_puts_the_entry_of_the_book_back_as_it_was(send, people, accounts):
    make_book_entry(people.kari, accounts[0], unanswered="The decider is new")
    change = choose(send, people.manager, accounts)
    confirm(send, people.manager, change, "owner", owner=people.bo.pk)
    undo(send, people.manager, change)
    entry = BookEntry.objects.get()
    assert (entry.user, entry.stage, entry.unanswered) == (people.kari, "working", "The decider is new")
    assert Account.objects.get(name="Acme").owner_before is None


def test_undo_takes_it_out_of_the_book_of_whoever_had_it_meanwhile(send, people, accounts):
    change = choose(send, people.manager, accounts)
    confirm(send, people.manager, change, "owner", owner=people.bo.pk)
    make_book_entry(people.bo, accounts[0])
    undo(send, people.manager, change)
    assert not BookEntry.objects.exists()


def test_what_was_noted_by_whoever_has_left_goes_along(send, people, accounts):
    todo = make_touchpoint(accounts[0], people.kari, today_for(people.manager), kind="todo", anchor="agreed")
    type(people.kari).objects.filter(pk=people.kari.pk).update(is_active=False)
    confirm(send, people.manager, choose(send, people.manager, accounts), "owner", owner=people.bo.pk)
    todo.refresh_from_db()
    assert todo.assignee == people.bo


def test_undo_ends_after_a_day(send, people, accounts):
    change = confirm(send, people.kari, choose(send, people.kari, accounts), "add_tag", tag="fair")
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1), tick=False):
        undo(send, people.kari, change)
    assert change.state == "done"
    assert Account.objects.filter(tags__name="fair").count() == 3


def test_what_is_not_ours_is_shown_before_and_refused_with_the_reason(send, browse, people, accounts):
    foreign = make_account(people.stranger, name="Foreign")
    change = choose(send, people.kari, [*accounts, foreign])
    html = browse(people.kari, reverse("accounts:bulk", args=[change.pk])).content.decode()
    assert "1 of them is not yours to change" in html
    confirm(send, people.kari, change, "add_tag", tag="fair")
    assert states(change) == {"Acme": "changed", "Borg": "changed", "Cedar": "changed", "Foreign": "refused"}
    after = browse(people.kari, reverse("accounts:bulk", args=[change.pk])).content.decode()
    assert "This account is changed by its owner, their deputy, their manager and admins." in after
    assert not foreign.tags.exists()


def test_who_may_do_it_at_all(send, people, accounts):
    send(people.reader, CHOOSE, {"all": "1", "query": "owner=all"})
    assert not BulkChange.objects.exists()
    change = choose(send, people.kari, accounts)
    with pytest.raises(PermissionDenied):  # a salesperson does not hand accounts over
        services.confirm(people.kari, change, "owner", {"owner": people.bo.pk}, "x")
    address = reverse("accounts:bulk", args=[change.pk])
    for somebody in (people.bo, people.manager, people.stranger, people.admin):
        assert send(somebody, f"{address}?do=add_tag", {"tag": "x"}).status_code == 404
    change.refresh_from_db()
    assert change.state == "draft"


def test_whoever_has_been_deactivated_meanwhile_changes_nothing(people, accounts):
    change = services.freeze(people.kari, Account.objects.values("pk"))
    people.kari.is_active = False
    people.kari.save()
    services.confirm(people.kari, change, "add_tag", {"tag": "fair"}, "x")
    assert set(states(change).values()) == {"refused"}
    assert not Account.objects.filter(tags__isnull=False).exists()


def test_a_double_click_changes_once(send, people, accounts, rung):
    change = choose(send, people.kari, accounts)
    for _ in range(2):
        confirm(send, people.kari, change, "pause", until="2026-12-24", reason="Holiday")
    assert len(rung) == 1


@pytest.mark.parametrize("kind", ["tier", "pause", "add_tag", "remove_tag", "book"])
def test_every_kind_is_done_and_taken_back(send, people, accounts, kind):
    acme = accounts[0]
    small, large = make_tier(1, name="Small"), make_tier(2, name="Large")
    Account.objects.update(tier=small, tier_reason="By the rules")
    edit_account(people.kari, acme, tags=["old"])
    data = {
        "tier": {"tier": large.pk, "reason": "They grow", "until": "2027-01-31"},
        "pause": {"until": "2026-12-24", "reason": "Holiday"},
        "add_tag": {"tag": "new"},
        "remove_tag": {"tag": "OLD"},
        "book": {},
    }[kind]
    before = facts_of(acme, people)
    change = confirm(send, people.kari, choose(send, people.kari, [acme]), kind, **data)
    assert states(change) == {"Acme": "changed"}, list(change.rows.values())
    assert facts_of(acme, people) != before
    undo(send, people.kari, change)
    assert states(change) == {"Acme": "undone"}
    assert facts_of(acme, people) == before


def facts_of(account, people):
    account = Account.objects.get(pk=account.pk)
    names = ("tier_id", "tier_pinned", "tier_pinned_until", "tier_reason", "tier_before_id", "tier_since",
             "paused_from", "paused_until", "pause_reason")  # fmt: skip
    in_book = BookEntry.objects.filter(user=people.kari, account=account).exists()
    return [getattr(account, name) for name in names], sorted(t.name for t in account.tags.all()), in_book


def test_what_was_so_already_is_no_change_and_no_undo(send, people, accounts):
    edit_account(people.kari, accounts[0], tags=["Fair"])
    change = confirm(send, people.kari, choose(send, people.kari, accounts), "add_tag", tag="fair")
    assert states(change) == {"Acme": "same", "Borg": "changed", "Cedar": "changed"}
    undo(send, people.kari, change)
    assert [tag.name for tag in accounts[0].tags.all()] == ["Fair"]
    assert not accounts[1].tags.exists()


def test_a_full_book_refuses_the_rest(send, people, accounts):
    Company.objects.update(book_size=2)
    change = confirm(send, people.kari, choose(send, people.kari, accounts), "book")
    assert states(change) == {"Acme": "changed", "Borg": "changed", "Cedar": "refused"}
    assert "Your book is full" in change.rows.get(state="refused").reason


def test_bad_input_changes_nothing_and_keeps_what_was_typed(send, people, accounts):
    change = choose(send, people.kari, accounts)
    address = f"{reverse('accounts:bulk', args=[change.pk])}?do=pause"
    response = send(people.kari, address, {"until": "2020-01-01", "reason": "Holiday in Rome"})
    assert response.status_code == 422
    html = response.content.decode()
    assert "That day is over" in html
    assert "Holiday in Rome" in html
    change.refresh_from_db()
    assert change.state == "draft"


def test_nothing_ticked_is_said(send, people, accounts):
    response = send(people.kari, CHOOSE, {"query": "owner=me"}, follow=True)
    assert "No account is chosen" in response.content.decode()
    assert not BulkChange.objects.exists()


class TestMany:
    """More than a user waits for: a worker does it in steps, each of which stands by itself."""

    @pytest.fixture(autouse=True)
    def _few_are_many(self, monkeypatch):
        monkeypatch.setattr(services, "AT_ONCE", 2)

    def test_waits_for_a_worker_and_goes_on_in_steps(self, send, browse, people, accounts, rung):
        change = confirm(send, people.kari, choose(send, people.kari, accounts), "add_tag", tag="fair")
        assert change.state == "running"
        assert rung == []
        page = reverse("accounts:bulk", args=[change.pk])
        assert "Waiting for a worker" in browse(people.kari, page).content.decode()
        services.work(change.pk)
        change.refresh_from_db()
        assert (change.state, change.rows_done) == ("done", 3)
        assert [len(ids) for ids in rung] == [2, 1]
        assert Account.objects.filter(tags__name="fair").count() == 3

    def test_a_worker_names_who_is_behind_it(self, send, people, accounts):
        change = confirm(send, people.manager, choose(send, people.manager, accounts), "owner",
                         owner=people.bo.pk)  # fmt: skip
        services.work(change.pk)
        assert {one.who for one in changes_of(Account.objects.get(name="Cedar"))} == {"Mia (in bulk)"}

    def test_a_worker_that_died_is_followed_by_another(self, send, people, accounts, monkeypatch):
        change = confirm(send, people.kari, choose(send, people.kari, accounts), "add_tag", tag="fair")
        real = services._one_step
        steps = []

        def dies(*args, **options):
            if steps:
                raise KeyboardInterrupt
            steps.append(1)
            return real(*args, **options)

        monkeypatch.setattr(services, "_one_step", dies)
        with pytest.raises(KeyboardInterrupt):
            services.work(change.pk)
        monkeypatch.setattr(services, "_one_step", real)
        assert sorted(states(change).values()) == ["changed", "changed", "waiting"]
        services.work(change.pk)  # its lease still stands
        assert sorted(states(change).values()) == ["changed", "changed", "waiting"]
        rings = []
        monkeypatch.setattr(services, "ring", rings.append)
        with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
            assert services.resume_waiting() == 1
            services.work(change.pk)
        assert rings == [change.pk]
        change.refresh_from_db()
        assert (change.state, set(states(change).values())) == ("done", {"changed"})

    def test_what_was_never_confirmed_is_forgotten(self, people, accounts):
        services.freeze(people.kari, Account.objects.values("pk"))
        with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
            services.resume_waiting()
        assert not BulkChange.objects.exists()


def test_a_deleted_tier_and_an_owner_who_left_are_not_put_back(send, people, accounts):
    small, large = make_tier(1, name="Small"), make_tier(2, name="Large")
    Account.objects.update(tier=small)
    change = confirm(send, people.kari, choose(send, people.kari, accounts[:1]), "tier", tier=large.pk,
                     reason="They grow")  # fmt: skip
    pin_tier(people.kari, accounts[0], None)
    undo(send, people.kari, change)
    assert states(change) == {"Acme": "kept"}
    moved = confirm(send, people.manager, choose(send, people.manager, accounts[1:]), "owner",
                    owner=people.bo.pk)  # fmt: skip
    people.kari.is_active = False
    people.kari.save()
    undo(send, people.manager, moved)
    assert set(states(moved).values()) == {"kept"}
    assert today_for(people.bo) == Account.objects.get(name="Borg").owner_since
