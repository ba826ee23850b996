"""Somebody leaves: all they held has a colleague, dates stand, and what was theirs alone ends at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account
from cadences.lists.bulk import services as bulk
from cadences.models import Appointment, BulkChange, SavedView, Touchpoint
from contacts.models import Commitment, Concern
from core import facts
from core.history_reading import changes_of
from correspondence.models import Identity, Mailing, Message, Piece, Recipient
from imports.leaving.choices import Choices
from imports.leaving.services import leave
from imports.leaving.shown import leaving
from imports.leaving.sorts import SORTS
from tests import factories as make
from tests.imports.leaving.conftest import NOW, PASSWORD, TODAY, on
from users import services
from users.models import Absence, Team, User
from users.tokens import ResetTokens, invitations


def chosen(**said) -> Choices:
    sent = QueryDict(mutable=True)
    for name, value in said.items():
        sent[name.replace("_", "-")] = str(value)
    return Choices.of(sent)


def go(people, choices: Choices):
    seen = leaving(people.admin, people.leaver, choices).token
    return leave(people.admin, people.leaver, choices, seen)


def to_dag(people, **said) -> Choices:
    return chosen(to=people.dag.pk, **said)


def owners(rows, field: str) -> list[str]:
    return [str(getattr(row, field)) for row in rows.order_by("pk")]


# -- the verb --------------------------------------------------------------------------------------


def test_everything_goes_to_colleagues_and_keeps_its_dates(people, held):
    dates = set(Touchpoint.objects.values_list("pk", "due_on", "ideal_on"))
    go(people, to_dag(people))
    assert set(Account.objects.values_list("name", "owner__display_name")) == {
        ("Account 1", "Dag Moe"), ("Account 2", "Dag Moe"), ("Of Ola", "Ola Berg"),
    }  # fmt: skip
    both = ["Dag Moe", "Ola Berg"]  # with the account that goes, and whoever has the other one
    assert owners(Touchpoint.objects.filter(kind="todo"), "assignee") == both
    assert owners(Commitment.objects.all(), "user") == both
    assert owners(Concern.objects.all(), "owner") == both
    assert owners(Appointment.objects.exclude(pk=held.joined.pk), "host") == both
    assert owners(Piece.objects.all(), "sender") == both
    assert set(Touchpoint.objects.values_list("pk", "due_on", "ideal_on")) == dates


def test_roles_go_to_whom_they_fit(people, held):
    go(people, to_dag(people, rest_mailings=people.ola.pk, rest_deputies="nobody"))
    assert Team.objects.get(pk=held.team.pk).manager == people.manager  # Dag manages nobody
    mailing = Mailing.objects.get()
    assert (mailing.sender, mailing.created_by) == (people.dag, people.ola)
    assert User.objects.get(pk=held.covered.pk).deputy is None
    assert Absence.objects.get().deputy == people.dag
    assert SavedView.objects.get().owner == people.dag


def test_the_engine_hears_who_manages_a_team_now(people, held, monkeypatch):
    member = make.make_user(team=held.team)
    heard: set[int] = set()
    monkeypatch.setattr(facts, "_listeners", [lambda _accounts, users: heard.update(users)])
    go(people, to_dag(people))
    assert member.pk in heard


def test_nobody_stands_in_for_themself(people, held):
    go(people, to_dag(people, rest_absences=people.ola.pk))
    assert Absence.objects.get().deputy is None


def test_single_choices_and_teams(people, held):
    one, two = held.accounts
    more = {f"owner_{one.pk}": people.ola.pk, f"owner_{two.pk}": people.dag.pk}
    choices = chosen(team=people.team.pk, to=people.ola.pk, **more)
    shown = leaving(people.admin, people.leaver, choices)
    assert {owner.display_name for owner in shown.division.owners} == {"Dag Moe", "Ola Berg"}
    go(people, choices)
    assert owners(Account.objects.filter(pk__in=[one.pk, two.pk]), "owner") == ["Ola Berg", "Dag Moe"]
    assert Concern.objects.get(account=one).owner == people.ola


def test_what_was_approved_becomes_a_draft_in_the_new_name(people, held):
    message = Message.objects.create(
        kind="piece", topic="service", recipient="eva@customer.example", key="7", state="pending",
        payload={"piece": held.pieces[0].pk}, next_try_at=NOW + timedelta(hours=1),
    )  # fmt: skip
    Piece.objects.filter(pk=held.pieces[0].pk).update(state="queued", message=message)
    go(people, to_dag(people))
    piece = Piece.objects.get(pk=held.pieces[0].pk)
    assert (piece.state, piece.sender, piece.message) == ("draft", people.dag, None)
    message.refresh_from_db()
    assert message.state == "cancelled"


def test_turns_in_mailings_go_with_the_account_or_with_the_mailing(people, held):
    """Those of a mailing in the owners' names follow their account; those in the leaver's, the mailing."""
    by_owner = make.make_mailing(people.manager, state="running", starts_at=NOW - timedelta(hours=1))
    Mailing.objects.filter(pk=held.mailing.pk).update(by_owner=False)
    turns = [
        Recipient.objects.create(
            mailing=mailing, account=account, contact=account.contacts.first(), sender=people.leaver, place=n
        )
        for n, mailing in enumerate((by_owner, held.mailing), 1)
        for account in (held.foreign,)
    ]
    done = make.make_mailing(people.manager, state="done", starts_at=on(-4, 8))
    old = Recipient.objects.create(mailing=done, account=held.foreign, sender=people.leaver, place=1)
    go(people, to_dag(people))
    assert [Recipient.objects.get(pk=turn.pk).sender for turn in turns] == [people.ola, people.dag]
    assert Recipient.objects.get(pk=old.pk).sender == people.leaver


def test_mails_written_in_their_name_are_counted_before(people, held):
    contact = make.make_contact(held.foreign)
    make.make_piece(contact, people.leaver, mailing=held.mailing, state="queued")
    assert leaving(people.admin, people.leaver, chosen()).prepared == 1


def test_whoever_gets_something_is_told(people, held):
    go(people, to_dag(people))
    told = {(one.to[0], one.subject) for one in mail.outbox}
    assert (people.dag.email, "2 accounts are yours now") in told
    assert (people.ola.email, "You take over from Kari Holm") in told
    (said,) = [one.body for one in mail.outbox if one.to == [people.ola.email]]
    assert "Open promises: 1" in said


def test_history_says_who_and_through_which_door(people, held):
    go(people, to_dag(people))
    concern = Concern.objects.get(account=held.foreign)
    (change,) = changes_of(concern)
    assert (change.before, change.after) == ("Kari Holm", "Ola Berg")
    assert change.who.endswith("(when somebody left)")


def test_the_hand_over_is_kept_as_a_change_that_can_be_taken_back(people, held):
    done = go(people, to_dag(people))
    change = BulkChange.objects.get()
    assert (done.change, done.accounts) == (change, 2)
    assert change.what == "Accounts of Kari Holm, who has left, to Dag Moe"


def test_the_whole_step_is_taken_back_once_they_are_active_again(people, held):
    before = {row: getattr(row, field) for row, field in noted()}
    change = go(people, to_dag(people)).change
    assert {getattr(row, field) for row, field in noted()} == {people.dag, people.ola}
    services.reactivate(people.admin, people.leaver)
    assert bulk.undo(people.admin, change)
    assert {row: getattr(row, field) for row, field in noted()} == before
    assert set(change.rows.values_list("state", flat=True)) == {"undone"}
    assert not people.leaver.sessions.exists()


def noted():
    """Accounts and what colleagues take over, each with the field that names them."""
    kinds = ((Account, "owner"), (Touchpoint.objects.filter(kind="todo"), "assignee"), (Commitment, "user"),
             (Concern, "owner"), (Appointment, "host"))  # fmt: skip
    for kind, field in kinds:
        rows = kind if hasattr(kind, "order_by") else kind.objects
        for row in rows.order_by("pk"):
            yield row, field


def test_without_accounts_it_is_a_change_of_its_own(people, held):
    Account.objects.filter(owner=people.leaver).update(owner=people.dag)
    change = go(people, chosen()).change
    assert change.what.startswith("What Kari Holm, who has left, held, to ")
    assert change.rows_total == 2
    Concern.objects.filter(account=held.foreign).update(owner=people.manager)  # has moved on since
    Commitment.objects.filter(account=held.foreign).update(state="kept", closed_on=TODAY)
    services.reactivate(people.admin, people.leaver)
    bulk.undo(people.admin, change)
    assert Concern.objects.get(account=held.foreign).owner == people.manager
    assert Commitment.objects.get(account=held.foreign).user == people.ola
    assert Touchpoint.objects.get(account=held.foreign, kind="todo").assignee == people.leaver


def test_nothing_is_given_back_to_somebody_who_only_reads_now(people, held):
    change = go(people, to_dag(people)).change
    services.reactivate(people.admin, people.leaver)
    User.objects.filter(pk=people.leaver.pk).update(roles=["reader"])
    bulk.undo(people.admin, change)
    assert "cannot have it back" in dict(change.rows.values_list("account", "reason"))[held.foreign.pk]
    assert not Commitment.objects.filter(user=people.leaver).exists()


def test_with_nobody_chosen_it_stays_in_their_name(people, held):
    go(people, chosen())
    assert owners(Account.objects.filter(pk__in=[a.pk for a in held.accounts]), "owner") == ["Kari Holm"] * 2
    assert owners(Concern.objects.all(), "owner") == ["Kari Holm", "Ola Berg"]
    assert not User.objects.get(pk=people.leaver.pk).is_active


def test_something_else_than_was_looked_at_is_refused_as_a_whole(people, held):
    choices = to_dag(people)
    seen = leaving(people.admin, people.leaver, choices).token
    make.make_concern(held.foreign, owner=people.leaver)
    with pytest.raises(ValidationError, match="changed while you were looking"):
        leave(people.admin, people.leaver, choices, seen)
    assert User.objects.get(pk=people.leaver.pk).is_active
    assert Identity.objects.exists()
    assert owners(Account.objects.filter(owner=people.leaver), "owner") == ["Kari Holm"] * 2


def test_whoever_leaves_meanwhile_gets_nothing_unseen(people, held):
    choices = to_dag(people)
    seen = leaving(people.admin, people.leaver, choices).token
    services.deactivate(None, people.dag)
    with pytest.raises(ValidationError, match="changed while you were looking"):
        leave(people.admin, people.leaver, to_dag(people), seen)
    assert User.objects.get(pk=people.leaver.pk).is_active


def test_twice_is_once(people, held):
    choices = to_dag(people)
    seen = leaving(people.admin, people.leaver, choices).token
    leave(people.admin, people.leaver, choices, seen)
    told = len(mail.outbox)
    with pytest.raises(ValidationError):
        leave(people.admin, people.leaver, choices, seen)
    assert len(mail.outbox) == told
    assert BulkChange.objects.count() == 1


def test_what_somebody_deactivated_still_holds_is_given_on_later(people, held):
    services.deactivate(None, people.leaver)
    go(people, to_dag(people))
    assert not Account.objects.filter(owner=people.leaver).exists()
    assert owners(Concern.objects.all(), "owner") == ["Dag Moe", "Ola Berg"]


@pytest.mark.parametrize("who", ["manager", "dag", "reader", "leaver"])
def test_only_admins(people, held, who):
    with pytest.raises(PermissionDenied):
        leave(getattr(people, who), people.leaver, to_dag(people), "")
    assert User.objects.get(pk=people.leaver.pk).is_active


# -- what ends in the same second ------------------------------------------------------------------


def test_sessions_end(people, held):
    browser = Client()
    browser.force_login(people.leaver)
    go(people, to_dag(people))
    assert browser.get(reverse("home")).status_code == 302
    assert not browser.login(email=people.leaver.email, password=PASSWORD)


def test_the_address_of_the_calendar_ends(people, held):
    address = reverse("meetings:feed", args=[held.feed])
    assert Client().get(address).status_code == 200
    go(people, to_dag(people))
    assert Client().get(address).status_code == 404


def test_links_to_set_a_password_end(people, held):
    people.leaver.refresh_from_db()
    reset, invited = ResetTokens().make_token(people.leaver), invitations.make_token(people.leaver)
    go(people, to_dag(people))
    after = User.objects.get(pk=people.leaver.pk)
    assert not ResetTokens().check_token(after, reset)
    assert not invitations.check_token(after, invited)
    after.is_active = True  # not even with the right to sign in
    assert not ResetTokens().check_token(after, reset)


def test_their_own_mail_address_ends_by_every_door(people, held):
    services.deactivate(None, people.leaver)
    assert not Identity.objects.exists()


def test_they_are_taken_off_meetings_of_others(people, held):
    held.joined.colleagues.add(people.leaver)
    go(people, to_dag(people))
    assert not held.joined.colleagues.exists()


def test_a_change_of_roles_counts_with_the_next_request(people):
    browser = Client()
    browser.force_login(people.leaver)
    assert browser.get(reverse("reassign:people")).status_code == 200
    services.edit_user(people.admin, people.leaver, roles=["salesperson"])
    assert browser.get(reverse("reassign:people")).status_code == 403
    services.edit_user(people.admin, people.leaver, roles=["admin"])
    assert browser.get(reverse("users:list")).status_code == 200


# -- the pages -------------------------------------------------------------------------------------


def step(client, person, **sent):
    return client.post(reverse("leaving:person", args=[person.pk]), sent)


def test_the_steps_lead_to_a_summary_and_only_the_last_writes(people, held, as_admin):
    first = as_admin.get(reverse("leaving:person", args=[people.leaver.pk]))
    assert "Who gets their 2 accounts" in first.content.decode()
    assert first.context["after"] == "single"  # who is chosen here decides whether it is asked
    both = {"to": [people.dag.pk, people.ola.pk]}
    assert "Account by account" in step(as_admin, people.leaver, **both, step="single").content.decode()
    rest = step(as_admin, people.leaver, **both, step="rest").content.decode()
    assert "Teams they manage" in rest
    last = step(as_admin, people.leaver, **both, step="confirm")
    assert "Who gets what" in last.content.decode()
    assert User.objects.get(pk=people.leaver.pk).is_active
    assert not BulkChange.objects.exists()
    seen = last.context["shown"].token
    done = step(as_admin, people.leaver, **both, act="leave", seen=seen)
    assert done.status_code == 302
    there = reverse("accounts:bulk", args=[BulkChange.objects.get().pk])
    assert there in as_admin.get(done["Location"]).content.decode()
    assert "It can be taken back until" in as_admin.get(there).content.decode()
    assert not Account.objects.filter(owner=people.leaver).exists()


def test_the_last_admin_is_told_on_the_page(people, held, as_admin):
    """The one who asks cannot sign in with a password; the other one is the last who can."""
    people.admin.set_unusable_password()
    people.admin.save()
    User.objects.filter(pk=people.leaver.pk).update(roles=["admin"])
    as_admin.force_login(people.admin)
    seen = leaving(people.admin, people.leaver, chosen()).token
    page = step(as_admin, people.leaver, act="leave", seen=seen)
    assert page.status_code == 422
    assert "last admin" in page.content.decode()


def test_much_costs_as_many_queries_as_little(people, held):
    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            shown = leaving(people.admin, people.leaver, to_dag(people))
            assert shown.gets
        return len(found)

    little = cost()
    for _ in range(10):
        account = make.make_account(people.leaver)
        make.make_concern(account, owner=people.leaver)
        make.make_promise(held.foreign, people.leaver, TODAY)
    assert cost() == little


def test_every_sort_is_held_by_the_leaver_of_these_tests(people, held):
    """A sort that nobody holds here would be tested by nothing."""
    quiet = {"recipients"}  # its rows are those of a mailing that has been scheduled
    assert {sort.key for sort in SORTS if not sort.rows(people.leaver).exists()} == quiet
