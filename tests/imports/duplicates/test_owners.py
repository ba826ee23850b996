"""Of two accounts with different owners one stays: what the other had noted goes along, the owner is told."""

from __future__ import annotations

import pytest
from django.core import mail

from accounts.models import Account
from cadences.models import Appointment, Touchpoint
from contacts.models import Commitment, Concern
from correspondence.models import Message
from imports.duplicates.merging import merge_accounts
from imports.duplicates.undoing import undo_merge
from tests import factories as make
from users.models import User
from users.services import deactivate

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    make.make_company()
    make.make_schedule(is_on=False)
    return make.make_user("admin", display_name="Ada Min")


def noted_by(who: User, account: Account) -> None:
    """A to-do, a promise of each side, a concern and a meeting to which somebody is invited."""
    make.make_touchpoint(account, who, make.at("2026-11-24 09:00").date(), kind="todo", anchor="agreed",
                         basis="todo")  # fmt: skip
    make.make_promise(account, who, make.at("2026-11-24 09:00").date())
    make.make_promise(account, who, make.at("2026-11-24 09:00").date(), by_us=False)
    make.make_concern(account, owner=who)
    guest = make.make_contact(account, email=f"eva{account.pk}@customer.example")
    meeting = make.make_appointment(account, who, make.at("2026-12-01 10:00"), guest)
    meeting.guests.update(is_invited=True, told=meeting.sequence)


def whose(account: Account) -> list[User | None]:
    return [
        *(row.assignee for row in Touchpoint.objects.filter(account=account, kind="todo")),
        *(row.user for row in Commitment.objects.filter(account=account)),
        *(row.owner for row in Concern.objects.filter(account=account)),
        *(row.host for row in Appointment.objects.filter(account=account)),
    ]


@pytest.mark.parametrize("survives", ["the leaver's", "the colleague's"])
def test_what_a_leaver_had_noted_goes_to_whoever_has_the_account(admin: User, survives: str) -> None:
    gone, here = make.make_user(display_name="Kari Holm"), make.make_user(display_name="Dag Moe")
    left, kept = make.make_account(gone, name="Borg Ltd"), make.make_account(here, name="Borg")
    noted_by(gone, left)
    deactivate(None, gone)
    Message.objects.all().delete()
    survivor, loser = (left, kept) if survives == "the leaver's" else (kept, left)
    merge = merge_accounts(admin, survivor, loser, {"owner": "theirs" if survivor == left else "ours"})
    survivor.refresh_from_db()
    assert survivor.owner == here
    assert whose(survivor) == [here] * 5
    assert Message.objects.filter(payload__method="REQUEST").count() == 1  # the guest hears of the new host

    (told,) = mail.outbox
    assert told.to == [here.email]
    assert told.subject == f"{survivor.name} is yours, merged of two"
    assert f"Ada Min has merged two accounts: {loser.name} is part of {survivor.name}" in told.body
    assert "Kari Holm" in told.body

    uid = Appointment.objects.get().uid
    Concern.objects.update(owner=admin)  # has moved on since
    undo_merge(admin, merge)
    left = Account.objects.get(name="Borg Ltd")
    assert whose(left) == [gone, gone, gone, admin, gone]
    assert Appointment.objects.get().uid != uid  # invited anew: only who organises a meeting may change it


def test_notes_of_whoever_works_here_stay_theirs(admin: User) -> None:
    here, other = make.make_user(), make.make_user(display_name="Mona Vik")
    ours, theirs = make.make_account(here), make.make_account(other)
    noted_by(other, theirs)
    merge_accounts(admin, ours, theirs)
    assert whose(ours) == [other] * 5
    (told,) = mail.outbox
    assert "So is what was owed at the one of Mona Vik." in told.body


def test_nobody_is_told_what_they_did_or_had(admin: User) -> None:
    boss, owner = make.make_user("manager"), make.make_user()
    merge_accounts(admin, make.make_account(owner), make.make_account(owner))
    assert mail.outbox == []
    make.make_team(boss).members.add(owner)
    owner.refresh_from_db()
    merge_accounts(boss, make.make_account(boss), make.make_account(owner))
    assert mail.outbox == []


def test_nobody_who_has_left_is_told_or_gets_anything(admin: User) -> None:
    gone, here = make.make_user(), make.make_user()
    left, other = make.make_account(gone), make.make_account(here)
    noted_by(here, other)
    deactivate(None, gone)
    mail.outbox.clear()
    merge_accounts(admin, left, other)
    assert (mail.outbox, whose(left)) == ([], [here] * 5)
