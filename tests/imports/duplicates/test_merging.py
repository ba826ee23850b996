"""Two accounts become one, two people become one; nothing is lost, and it can be taken apart."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, BookEntry, FiveWAnswer
from cadences.models import Appointment, Campaign, Gift, Touchpoint
from contacts.models import Contact, Interaction
from core import facts
from core.history_reading import changes_of
from correspondence.models.mailing import Recipient
from imports.duplicates import keys, settling
from imports.duplicates.blanking import forget_people
from imports.duplicates.merging import merge_accounts, merge_contacts
from imports.duplicates.undoing import forget_old, undo_merge
from imports.models import AccountPair, Merge, MergeStep
from sales.models import Purchase
from sales.services import refresh_status
from surveys.models import Invitation, Programme
from tests import factories as make
from tests.imports.duplicates import full
from tests.imports.duplicates.conftest import NOW
from tests.imports.duplicates.snapshot import differing, everything
from tests.surveys import factories as survey
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    make.make_company()
    make.make_schedule(is_on=False)
    return make.make_user("admin")


@pytest.fixture
def twins(admin: User) -> tuple[Account, Account]:
    owner = make.make_user()
    one, other = full.account(owner, "Borg & Co"), full.account(owner, "Borg and Company Ltd")
    full.pair(one, other)
    refresh_status([one.pk, other.pk])
    facts.changed(account_ids=[one.pk, other.pk])
    return Account.objects.get(pk=one.pk), Account.objects.get(pk=other.pk)


def check_keys() -> None:
    """As the commit does."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


# -- every key has a rule ----------------------------------------------------------------------------


def test_every_key_to_what_is_merged_has_a_rule() -> None:
    """A new table that names an account, a person or a row that stands once must say what becomes of it."""
    wanted = {Account, Contact}
    for model in (Account, Contact):
        for key in keys.keys_to(model):
            if keys.RULES[key.name].act is keys.Act.MOVE and keys.uniques_with(key):
                wanted.add(key.model)  # a row of it may go into another one
    found = {key.name for model in wanted for key in keys.keys_to(model)}
    assert found == set(keys.RULES)


def test_every_constraint_with_a_condition_is_settled_before_rows_move() -> None:
    models = (Account, Contact, Touchpoint)
    found = {one.name for m in models for key in keys.keys_to(m) for one in keys.conditional_with(key)}
    assert found == set(settling.SETTLERS)


def test_what_is_left_out_says_so(admin: User, twins: tuple[Account, Account]) -> None:
    """The world of these tests has a row for every key, or they would prove little."""
    empty = {
        key.name for model in (Account, Contact) for key in keys.keys_to(model)
        if not key.model._base_manager.exclude(**{key.field.name: None}).exists()
    }  # fmt: skip
    assert empty <= {
        "contacts.Concern.confirmed_with", "contacts.Contact.formerly", "surveys.HeldBack.contact",
        "surveys.Invitation.account", "surveys.Invitation.contact", "surveys.Asked.contact",
        "correspondence.Recipient.account", "correspondence.Recipient.contact", "imports.ContactPair.first",
        "imports.ContactPair.second",
    }  # fmt: skip


# -- accounts ----------------------------------------------------------------------------------------


def test_everything_is_the_survivors(admin: User, twins: tuple[Account, Account]) -> None:
    ours, theirs = twins
    merge_accounts(admin, ours, theirs)
    check_keys()

    assert not Account.objects.filter(pk=theirs.pk).exists()
    for key in keys.keys_to(Account):
        assert not key.model._base_manager.filter(**{key.field.attname: theirs.pk}).exists(), key.name
    assert ours.interactions.count() == ours.purchases.count() == ours.concerns.count() == 2
    assert {tag.name for tag in ours.tags.all()} == {"partner", f"of {ours.pk}", f"of {theirs.pk}"}
    assert ours.contacts.filter(is_main=True).count() == 1
    assert not AccountPair.objects.exists()


def test_the_survivors_row_wins_where_one_can_stand(admin: User, twins: tuple[Account, Account]) -> None:
    ours, theirs = twins
    row = Touchpoint.objects.get(account=ours, cycle="n1")
    merge_accounts(admin, ours, theirs)

    assert Touchpoint.objects.get(account=ours, cycle="n1") == row
    assert Touchpoint.objects.filter(account=ours).count() == 4  # two clashed, their own agreed ones did not
    assert FiveWAnswer.objects.get(account=ours).words == "Said at Borg & Co"
    assert [gift.what for gift in Gift.objects.all()] == [f"Wine for {ours.pk}"]
    meetings = Appointment.objects.filter(account=ours).order_by("pk")
    assert [one.touchpoint_id for one in meetings] == [row.pk, None]  # both take place
    running, ended = Campaign.objects.filter(account=ours).order_by("pk")
    assert running.is_running
    assert (ended.result, ended.ended_on) == ("other", date(2026, 11, 23))


def test_taken_apart_it_is_as_if_it_had_never_been(admin: User, twins: tuple[Account, Account]) -> None:
    ours, theirs = twins
    before = everything()
    merge = merge_accounts(admin, ours, theirs, {"name": "theirs"})
    assert differing(before, everything())
    undone = undo_merge(admin, merge)
    check_keys()
    assert differing(before, everything()) == {}
    assert undone.notes == []
    assert not MergeStep.objects.exists()


def test_either_may_survive(admin: User, twins: tuple[Account, Account]) -> None:
    ours, theirs = twins
    before = everything()
    undo_merge(admin, merge_accounts(admin, theirs, ours))
    check_keys()
    assert differing(before, everything()) == {}


def test_facts_are_filled_in_and_conflicts_chosen(admin: User) -> None:
    owner, other = make.make_user(), make.make_user()
    ours = make.make_account(owner, name="Borg", external_id="B1", about="Buys pumps", phone="22 33")
    theirs = make.make_account(
        other, name="Borg Ltd", external_id="B2", about="Pays late", city="Oslo", email="post@borg.example",
        facts_from=date(2020, 1, 1),
    )  # fmt: skip
    merge = merge_accounts(admin, ours, theirs, {"name": "theirs", "about": "both", "external_id": "theirs"})
    ours.refresh_from_db()
    assert (ours.name, ours.external_id, ours.about) == ("Borg Ltd", "B2", "Buys pumps\n\nPays late")
    assert (ours.phone, ours.city, ours.email, ours.owner) == ("22 33", "Oslo", "post@borg.example", owner)
    assert ours.facts_from == date(2020, 1, 1)
    assert {change.who for change in changes_of(ours)} == {"the system (by merging)"}

    undo_merge(admin, merge)
    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert (ours.name, ours.external_id, theirs.external_id) == ("Borg", "B1", "B2")


def test_status_follows_the_purchases_of_both(admin: User) -> None:
    prospect = make.make_account(name="Borg")
    customer = make.make_account(name="Borg Ltd", status="customer", became_customer_on=date(2026, 3, 1))
    make.make_purchase(customer, date(2026, 3, 1))
    merge = merge_accounts(admin, prospect, customer)
    prospect.refresh_from_db()
    assert (prospect.status, prospect.became_customer_on) == ("customer", date(2026, 3, 1))

    undo_merge(admin, merge)
    prospect.refresh_from_db()
    customer.refresh_from_db()
    assert (prospect.status, customer.status) == ("prospect", "customer")


def test_a_former_customer_stays_one(admin: User) -> None:
    prospect = make.make_account(name="Borg")
    gone = make.make_account(
        name="Borg Ltd", status="former", former_since=date(2026, 6, 1), became_customer_on=date(2025, 3, 1)
    )
    make.make_purchase(gone, date(2025, 3, 1))
    merge_accounts(admin, prospect, gone)
    prospect.refresh_from_db()
    assert (prospect.status, prospect.former_since) == ("former", date(2026, 6, 1))


def test_it_leaves_the_book_of_whoever_lost_it(admin: User) -> None:
    owner, other = make.make_user(), make.make_user()
    ours, theirs = make.make_account(owner), make.make_account(other)
    make.make_book_entry(other, theirs)
    merge = merge_accounts(admin, ours, theirs)
    assert not BookEntry.objects.filter(user=other).exists()
    undo_merge(admin, merge)
    assert BookEntry.objects.get(user=other).account == theirs


@pytest.mark.parametrize("who", ["owner", "other", "reader", "colleague"])
def test_only_those_who_may_change_both(admin: User, who: str) -> None:
    people = {"owner": make.make_user(), "other": make.make_user(), "reader": make.make_user("reader")}
    ours, theirs = make.make_account(people["owner"]), make.make_account(people["other"])
    with pytest.raises(PermissionDenied):
        merge_accounts(people.get(who) or make.make_user(), ours, theirs)
    assert not Merge.objects.exists()


def test_an_owner_merges_their_own_and_keeps_them(admin: User) -> None:
    owner = make.make_user()
    ours, theirs = make.make_account(owner), make.make_account(owner)
    merge = merge_accounts(owner, ours, theirs)
    undo_merge(owner, merge)
    assert Account.objects.filter(owner=owner).count() == 2


def test_who_stands_in_for_a_colleague_takes_no_account_by_merging(admin: User) -> None:
    deputy = make.make_user()
    absent = make.make_user(deputy=deputy)
    mine, theirs = make.make_account(deputy), make.make_account(absent)
    assert Account.objects.editable_by(deputy).filter(pk=theirs.pk).exists(), "else this test shows nothing"
    for survivor, loser in ((mine, theirs), (theirs, mine)):
        with pytest.raises(PermissionDenied, match="Owners are changed"):
            merge_accounts(deputy, survivor, loser)
    merge = merge_accounts(admin, mine, theirs)
    with pytest.raises(PermissionDenied, match="Owners are changed"):
        undo_merge(deputy, merge)
    undo_merge(admin, merge)
    assert set(Account.objects.values_list("owner", flat=True)) == {deputy.pk, absent.pk}


def test_whoever_got_it_by_merging_gives_it_to_nobody_by_taking_apart(admin: User) -> None:
    former, now = make.make_user(), make.make_user()
    ours, theirs = make.make_account(former), make.make_account(now)
    merge = merge_accounts(admin, ours, theirs, {"owner": "theirs"})
    with pytest.raises(PermissionDenied, match="Owners are changed"):
        undo_merge(now, merge)
    undo_merge(admin, merge)
    assert Account.objects.get(pk=ours.pk).owner == former


def test_not_into_itself_and_not_twice(admin: User) -> None:
    ours, theirs = make.make_account(), make.make_account()
    with pytest.raises(ValidationError, match="one and the same"):
        merge_accounts(admin, ours, ours)
    merge = merge_accounts(admin, ours, Account.objects.get(pk=theirs.pk))
    with pytest.raises(ValidationError, match="gone"):
        merge_accounts(admin, ours, theirs)
    undo_merge(admin, merge)
    with pytest.raises(ValidationError, match="already"):
        undo_merge(admin, merge)


# -- taking apart, when life went on -----------------------------------------------------------------


def test_what_was_added_or_changed_since_stays_and_is_listed(admin: User) -> None:
    ours, theirs = (
        make.make_account(name="Borg", city="Oslo"),
        make.make_account(name="Borg Ltd", city="Bergen"),
    )
    moved = make.make_interaction(theirs)
    gone = make.make_concern(theirs)
    with time_machine.travel(NOW, tick=False):
        merge = merge_accounts(admin, ours, theirs, {"name": "theirs", "address": "theirs"})
    with time_machine.travel("2026-11-25 09:00+00:00", tick=False):
        added = make.make_interaction(ours, summary="Since")
        Interaction.objects.filter(pk=moved.pk).update(summary="Edited since")
        Account.objects.filter(pk=ours.pk).update(name="Borg AS")
        gone.delete()
        undone = undo_merge(admin, merge)
    moved.refresh_from_db()
    added.refresh_from_db()
    ours.refresh_from_db()
    assert (moved.account_id, moved.summary) == (theirs.pk, "Edited since")
    assert added.account_id == ours.pk
    assert (ours.name, ours.city) == ("Borg AS", "Oslo")
    assert undone.notes == [
        "Logs and notes: 1 added since the merge, with Borg AS as before.",
        "Name stays as it is: somebody has changed it since.",
    ]


def test_a_row_that_moved_on_stays_where_it_is(admin: User) -> None:
    ours, theirs, third = make.make_account(), make.make_account(), make.make_account()
    talk = make.make_interaction(theirs)
    merge = merge_accounts(admin, ours, theirs)
    Interaction.objects.filter(pk=talk.pk).update(account=third)
    undo_merge(admin, merge)
    talk.refresh_from_db()
    assert talk.account == third


def test_a_number_that_somebody_else_has_got_since_is_left_out(admin: User) -> None:
    ours, theirs = make.make_account(external_id="A"), make.make_account(external_id="B")
    merge = merge_accounts(admin, ours, theirs)
    newcomer = make.make_account(external_id="B")
    undone = undo_merge(admin, merge)
    theirs.refresh_from_db()
    newcomer.refresh_from_db()
    assert (theirs.external_id, newcomer.external_id) == (None, "B")
    assert undone.notes == ["The number B belongs to somebody else by now and was left out."]


def test_a_survivor_that_is_gone_has_to_come_back_first(admin: User) -> None:
    ours, theirs, third = make.make_account(name="Borg"), make.make_account(), make.make_account()
    first = merge_accounts(admin, ours, theirs)
    second = merge_accounts(admin, third, ours)
    with pytest.raises(ValidationError, match="Borg is not there any more"):
        undo_merge(admin, first)
    undo_merge(admin, second)
    undo_merge(admin, first)
    assert Account.objects.count() == 3


def test_thirty_days_and_then_only_the_link(admin: User) -> None:
    ours, theirs = make.make_account(), make.make_account()
    merge = merge_accounts(admin, ours, theirs)
    with time_machine.travel("2026-12-23 08:59+00:00", tick=False):
        assert forget_old() == 0
    with time_machine.travel("2026-12-23 09:01+00:00", tick=False):
        assert forget_old() == 1
        with pytest.raises(ValidationError, match="30 days"):
            undo_merge(admin, merge)
    assert Merge.objects.survivor_of("account", theirs.pk) == ours.pk


# -- with the engine ---------------------------------------------------------------------------------


def test_what_is_owed_is_right_at_once(admin: User) -> None:
    """The reconciler hears of it: one open rolling row, counted from the later of the two talks."""
    make.make_schedule()
    plan = make.make_plan(state="running", effective_from=date(2026, 1, 1))
    item = make.make_item(plan=plan, qualifying=["call"])
    ours, theirs = (
        make.make_account(name=n, status="customer", facts_from=date(2026, 1, 1))
        for n in ("Borg", "Borg Ltd")
    )
    make.make_interaction(ours, happened_on=date(2026, 10, 1))
    make.make_interaction(theirs, happened_on=date(2026, 11, 20))
    facts.changed(account_ids=[ours.pk, theirs.pk])
    before = set(Touchpoint.objects.open().values_list("account", "ideal_on"))
    assert len(before) == 2
    merge = merge_accounts(admin, ours, theirs)
    row = Touchpoint.objects.open().get()
    assert (row.account, row.slot, row.ideal_on) == (ours, item.slot, date(2026, 12, 20))
    undo_merge(admin, merge)
    assert set(Touchpoint.objects.open().values_list("account", "ideal_on")) == before


# -- people ------------------------------------------------------------------------------------------


@pytest.fixture
def people(admin: User) -> tuple[Contact, Contact]:
    """Two rows of one person, in one mailing and one survey."""
    owner = make.make_user()
    account = full.account(owner, "Borg")
    ours = account.contacts.get(is_main=True)
    theirs = full.person(
        owner, account, first_name="E.", job_title="Head of purchasing", refused_channels=["call"]
    )
    mailing = make.make_mailing(owner)
    wave = survey.make_wave(Programme.objects.get())
    for contact in (ours, theirs):
        full.in_mailing(mailing, contact)
        full.invited(wave, contact)
        make.make_interaction(account, owner, contact=contact)
    make.make_contact(account, reports_to=theirs)
    make.make_influence(ours, theirs)
    make.make_influence(theirs, account.contacts.get(reports_to=ours))
    facts.changed(account_ids=[account.pk])
    return ours, theirs


def test_two_people_become_one(admin: User, people: tuple[Contact, Contact]) -> None:
    ours, theirs = people
    merge_contacts(admin, ours, theirs)
    check_keys()
    for key in keys.keys_to(Contact):
        assert not key.model._base_manager.filter(**{key.field.attname: theirs.pk}).exists(), key.name
    ours.refresh_from_db()
    assert (ours.job_title, ours.refused_channels, ours.is_main) == ("Head of purchasing", ["call"], True)
    assert ours.interactions.count() == 3
    assert Recipient.objects.filter(contact=ours).count() == 1
    assert Invitation.objects.filter(contact=ours).count() == 1
    assert not ours.influences.filter(whom=ours).exists()


def test_people_taken_apart_are_as_before(admin: User, people: tuple[Contact, Contact]) -> None:
    ours, theirs = people
    Invitation.objects.filter(contact=theirs).delete()  # a copy of it is not kept: the next test
    before = everything()
    undo_merge(admin, merge_contacts(admin, ours, theirs, {"name": "theirs"}))
    check_keys()
    assert differing(before, everything()) == {}


def test_no_copy_of_an_invitation_is_kept(admin: User, people: tuple[Contact, Contact]) -> None:
    """They are purged after a wave; a kept one would come back after that."""
    merge_contacts(admin, *people)
    assert not MergeStep.objects.filter(act="dropped", model__startswith="surveys.Invitation").exists()


def test_of_an_erased_person_no_merge_keeps_anything(admin: User) -> None:
    account = make.make_account()
    one, two, three = (make.make_contact(account, last_name=name) for name in ("Lind", "Lindt", "Linth"))
    old, other = one.pk, make.make_account()
    merge_contacts(admin, two, one)
    merge = merge_contacts(admin, three, two)
    kept = merge_accounts(admin, make.make_account(), other)
    assert forget_people([three.pk]) == 2
    assert set(MergeStep.objects.values_list("merge", flat=True)) == {kept.pk}
    assert not Merge.objects.filter(kind="contact").exclude(loser_name="", survivor_name="").exists()
    assert Merge.objects.survivor_of("contact", old) == three.pk
    with pytest.raises(ValidationError, match="gone by now"):
        undo_merge(admin, merge)


def test_lines_never_run_in_a_circle(admin: User) -> None:
    account = make.make_account()
    theirs = make.make_contact(account)
    between = make.make_contact(account, reports_to=theirs)
    ours = make.make_contact(account, reports_to=between)
    before = everything()
    merge = merge_contacts(admin, ours, theirs)
    ours.refresh_from_db()
    between.refresh_from_db()
    assert (ours.reports_to, between.reports_to) == (None, ours)
    undo_merge(admin, merge)
    assert differing(before, everything()) == {}


def test_who_works_there_has_not_left(admin: User) -> None:
    account = make.make_account()
    ours = make.make_contact(account, left_on=date(2026, 5, 1))
    theirs = make.make_contact(account, is_main=True)
    merge = merge_contacts(admin, ours, theirs, {"left": "theirs"})
    ours.refresh_from_db()
    assert (ours.left_on, ours.is_main) == (None, True)
    undo_merge(admin, merge)
    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert (ours.left_on, theirs.is_main) == (date(2026, 5, 1), True)


def test_people_of_two_accounts_are_not_merged(admin: User) -> None:
    one, other = make.make_contact(make.make_account()), make.make_contact(make.make_account())
    with pytest.raises(ValidationError, match="different accounts"):
        merge_contacts(admin, one, other)


def test_many_rows_cost_the_same_number_of_statements(admin: User) -> None:
    def cost(rows: int) -> int:
        ours, theirs = make.make_account(), make.make_account()
        day = date(2026, 1, 1)
        for n in range(rows):
            make.make_interaction(theirs)
            for account in (ours, theirs):
                make.make_touchpoint(account, None, day + timedelta(days=n), cycle=f"n{n}")
            Purchase.objects.create(account=theirs, purchased_on=day, amount=1, currency="EUR")
        with CaptureQueriesContext(connection) as captured:
            merge_accounts(admin, ours, theirs)
        return len(captured)

    assert cost(2) == cost(20)
