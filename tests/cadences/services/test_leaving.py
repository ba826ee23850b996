"""Somebody has left: what moves, what stays, what it puts at risk, and where they turn up."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Account
from cadences.models import Touchpoint
from cadences.services import (
    Departure,
    NextPost,
    came_back,
    hanging_on,
    has_left,
    left_by_mistake,
    snooze,
)
from contacts.models import Commitment, Concern, Contact, Interaction
from contacts.services import close_commitment, edit_contact, note_on_concern
from core.history_reading import changes_of
from tests import factories as make

TODAY = date(2026, 11, 24)
LAST_DAY = date(2026, 11, 20)

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(people):
    return make.make_account(people.owner, name="Acme")


@pytest.fixture
def eva(account):
    return make.make_contact(
        account, first_name="Eva", last_name="Lind", is_main=True, job_title="Head of purchasing",
        phone="22 33 44 55", email="eva@acme.example", language="nb", refused_channels=["letter"],
        decision_roles=["decides", "pays"], attitude=5, placed=4, influence=3,
    )  # fmt: skip


@pytest.fixture
def per(account, eva):
    return make.make_contact(account, first_name="Per", last_name="Vik", reports_to=eva)


@pytest.fixture
def hanging(people, account, eva, per):
    """What names Eva: open and closed, a promise each way; and something of Per's own."""
    promise = {"account": account, "user": people.owner, "due_on": TODAY}
    return {
        "call": make.make_touchpoint(account, people.owner, TODAY, contact=eva),
        "old call": make.make_touchpoint(
            account, people.owner, LAST_DAY, contact=eva, state="done", closed_on=LAST_DAY
        ),
        "his call": make.make_touchpoint(account, people.owner, TODAY, contact=per),
        "nobody's": make.make_touchpoint(account, people.owner, TODAY),
        "quote": Commitment.objects.create(**promise, contact=eva, what="A quote"),
        "drawing": Commitment.objects.create(**promise, contact=eva, what="A drawing", by_us=False),
        "old quote": Commitment.objects.create(
            **promise, contact=eva, what="An old quote", state="kept", closed_on=LAST_DAY
        ),
        "talk": make.make_interaction(account, people.owner, contact=eva, happened_on=LAST_DAY),
    }


def names(hanging):
    for row in hanging.values():
        row.refresh_from_db()
    return {what: row.contact.first_name if row.contact else "" for what, row in hanging.items()}


def snapshot():
    tables = (Account, Contact, Commitment, Concern, Touchpoint, Interaction)
    return {table: list(table.objects.order_by("pk").values()) for table in tables}


def test_what_is_open_goes_to_the_successor_and_what_happened_stays(people, account, eva, per, hanging):
    done = has_left(people.owner, eva, Departure(LAST_DAY, successor=per, takes_main=True))
    assert names(hanging) == {
        "call": "Per", "old call": "Eva", "his call": "Per", "nobody's": "", "quote": "Per", "drawing": "Per",
        "old quote": "Eva", "talk": "Eva",
    }  # fmt: skip
    eva.refresh_from_db()
    per.refresh_from_db()
    assert (eva.left_on, eva.is_main, per.is_main, per.reports_to) == (LAST_DAY, False, True, None)
    assert done.successor == per
    said = {(one.field, one.after) for one in changes_of(hanging["quote"])}
    assert ("Contact", "Per Vik") in said


def test_without_a_successor_the_rows_stay_until_somebody_is_chosen(people, account, eva, per, hanging):
    has_left(people.owner, eva, Departure(LAST_DAY, takes_main=True))
    assert names(hanging)["call"] == "Eva"
    assert names(hanging)["quote"] == "Eva"
    assert not account.contacts.filter(is_main=True).exists()


def test_the_successor_may_be_somebody_new(people, account, eva, hanging):
    newcomer = {"first_name": "Siri", "last_name": "Moe", "job_title": "Head of purchasing"}
    done = has_left(people.owner, eva, Departure(LAST_DAY, newcomer=newcomer, takes_main=True))
    siri = account.contacts.get(last_name="Moe")
    assert done.successor == siri
    assert (siri.is_main, siri.left_on, siri.decision_roles) == (True, None, [])
    assert names(hanging)["call"] == "Siri"


def test_being_whom_we_call_is_taken_over_only_if_said(people, account, eva, per):
    has_left(people.owner, eva, Departure(LAST_DAY, successor=per))
    per.refresh_from_db()
    assert per.is_main is False


@pytest.mark.parametrize(
    ("roles", "severity"),
    [(["decides"], 3), (["champions"], 2), (["champions", "decides"], 3), (["uses"], None)],
)
def test_a_decider_or_champion_who_leaves_is_a_concern_of_the_owner(people, account, eva, roles, severity):
    eva.decision_roles = roles
    eva.save()
    done = has_left(people.manager, eva, Departure(LAST_DAY))
    concern = Concern.objects.filter(account=account).first()
    assert done.concern == concern
    if severity is None:
        assert concern is None
        return
    assert (concern.severity, concern.owner, concern.contact) == (severity, people.owner, eva)
    assert concern.due_on == TODAY + timedelta(days=7)
    assert "Eva Lind" in concern.what


def test_they_are_opened_at_the_new_employer(people, account, eva):
    borg = make.make_account(people.colleague, name="Borg & Co")
    post = NextPost(account=borg, job_title="Managing director", tell_owner=True)
    there = has_left(people.owner, eva, Departure(LAST_DAY, next_post=post)).elsewhere
    assert there is not None
    there.refresh_from_db()
    assert (there.account, there.formerly, there.name) == (borg, eva, "Eva Lind")
    assert there.job_title == "Managing director"
    # what is true of the person goes along; what was the post's does not
    assert (there.language, there.refused_channels, there.attitude, there.placed) == ("nb", ["letter"], 5, 4)
    assert (there.decision_roles, there.influence, there.phone, there.email) == ([], None, "", "")
    welcome = Touchpoint.objects.get(account=borg)
    assert (welcome.kind, welcome.assignee, welcome.contact) == ("todo", people.colleague, there)
    assert "Acme" in welcome.about


def test_whoever_stands_there_already_is_tied_and_not_doubled(people, account, eva):
    borg = make.make_account(people.owner, name="Borg & Co")
    known = make.make_contact(borg, first_name="EVA", last_name="Lind")
    done = has_left(people.owner, eva, Departure(LAST_DAY, next_post=NextPost(account=borg)))
    known.refresh_from_db()
    assert (done.elsewhere, known.formerly) == (known, eva)
    assert borg.contacts.count() == 1
    assert not Touchpoint.objects.filter(account=borg).exists()


def test_a_namesake_at_a_colleagues_account_is_left_alone(people, account, eva):
    borg = make.make_account(people.colleague, name="Borg & Co")
    namesake = make.make_contact(borg, first_name="Eva", last_name="Lind")
    has_left(people.owner, eva, Departure(LAST_DAY, next_post=NextPost(account=borg)))
    namesake.refresh_from_db()
    assert namesake.formerly is None


def test_a_company_we_do_not_know_becomes_a_prospect(people, account, eva):
    has_left(people.owner, eva, Departure(LAST_DAY, next_post=NextPost(prospect=" Nova AS ")))
    nova = Account.objects.get(name="Nova AS")
    assert (nova.status, nova.owner) == ("prospect", people.owner)
    assert nova.contacts.get().formerly == eva


def wrong_departures(people, account, eva, per):
    gone = make.make_contact(account, left_on=LAST_DAY)
    stranger = make.make_contact(make.make_account())
    return {
        "to come": (Departure(TODAY + timedelta(days=1)), "left_on"),
        "before the first": (Departure(date(2019, 1, 1)), "left_on"),
        "themself": (Departure(LAST_DAY, successor=eva), "successor"),
        "gone too": (Departure(LAST_DAY, successor=gone), "successor"),
        "stranger": (Departure(LAST_DAY, successor=stranger), "successor"),
        "two": (Departure(LAST_DAY, successor=per, newcomer={"last_name": "Moe"}), "successor"),
        "same account": (Departure(LAST_DAY, next_post=NextPost(account=account)), "employer"),
        "known name": (Departure(LAST_DAY, per, next_post=NextPost(prospect="acme")), "employer"),
        "no name": (Departure(LAST_DAY, newcomer={"last_name": " "}), "last_name"),
    }


def test_what_cannot_be_is_refused_by_field_and_nothing_is_written(people, account, eva, per, hanging):
    eva.started_on = date(2020, 1, 1)
    eva.save()
    cases = wrong_departures(people, account, eva, per)
    before = snapshot()
    for what, (departure, field) in cases.items():
        with pytest.raises(ValidationError) as refused:
            has_left(people.owner, eva, departure)
        assert list(refused.value.error_dict) == [field], what
        assert snapshot() == before, what


def test_twice_is_once(people, account, eva, per):
    has_left(people.owner, eva, Departure(LAST_DAY, successor=per))
    before = snapshot()
    with pytest.raises(ValidationError, match="already"):
        has_left(people.owner, eva, Departure(TODAY, successor=per))
    assert snapshot() == before


def test_who_may(people, account, eva, hanging):
    before = snapshot()
    for user in (people.colleague, people.desk, people.gone):
        with pytest.raises(PermissionDenied):
            has_left(user, eva, Departure(LAST_DAY))
        with pytest.raises(PermissionDenied):
            came_back(user, eva)
    assert snapshot() == before
    for user in (people.deputy, people.manager, people.admin, people.owner):
        has_left(user, eva, Departure(LAST_DAY))
        came_back(user, eva)
    eva.refresh_from_db()
    assert eva.left_on is None


def test_back_they_work_there_again_and_what_moved_stays(people, account, eva, per, hanging):
    has_left(people.owner, eva, Departure(LAST_DAY, successor=per, takes_main=True))
    came_back(people.owner, eva)
    eva.refresh_from_db()
    assert (eva.left_on, eva.is_main) == (None, False)
    assert names(hanging)["call"] == "Per"
    with pytest.raises(ValidationError, match="works there"):
        came_back(people.owner, eva)


def test_the_preview_names_what_moves(people, eva, per, hanging, django_assert_num_queries):
    with django_assert_num_queries(3):
        found = hanging_on(people.owner, eva)
    assert (found.touchpoints, found.promises) == ([hanging["call"]], [hanging["quote"], hanging["drawing"]])
    assert (found.reports, found.was_main, found.raises_concern) == ([per], True, True)


# -- by mistake ------------------------------------------------------------------------------------


def test_a_mistake_puts_back_all_that_moved(people, account, eva, per, hanging):
    before = names(hanging)
    has_left(people.owner, eva, Departure(LAST_DAY, successor=per, takes_main=True))
    assert names(hanging) != before
    done = left_by_mistake(people.owner, eva)
    assert done.kept == []
    assert names(hanging) == before
    for person in (eva, per):
        person.refresh_from_db()
    assert (eva.left_on, eva.is_main, per.is_main, per.reports_to) == (None, True, False, eva)
    assert not Concern.objects.exists()


def test_what_somebody_has_seen_to_since_is_kept_and_named(people, account, eva, per, hanging, tuesday):
    concern = has_left(people.owner, eva, Departure(LAST_DAY, successor=per)).concern
    tuesday.shift(timedelta(hours=1))
    close_commitment(people.owner, hanging["quote"], kept=True)
    snooze(people.owner, hanging["call"], TODAY + timedelta(days=2))
    note_on_concern(people.owner, concern, "Called their boss")
    done = left_by_mistake(people.owner, eva)
    assert done.kept == [str(hanging["call"].slot), "A quote", concern.what]
    left = names(hanging)
    assert (left["call"], left["quote"], left["drawing"]) == ("Per", "Per", "Eva")
    assert Concern.objects.get() == concern


def test_people_who_were_added_stay_and_are_named(people, account, eva):
    beta = make.make_account(people.owner, name="Beta")
    said = Departure(LAST_DAY, newcomer={"last_name": "Moe"}, next_post=NextPost(account=beta))
    has_left(people.owner, eva, said)
    assert sorted(left_by_mistake(people.owner, eva).kept) == ["Eva Lind at Beta", "Moe at Acme"]


def test_whom_a_person_chose_to_call_since_stays(people, account, eva, per):
    has_left(people.owner, eva, Departure(LAST_DAY))
    edit_contact(people.owner, per, is_main=True)
    left_by_mistake(people.owner, eva)
    assert account.contacts.get(is_main=True) == per


def test_after_a_day_and_twice_it_is_refused(people, account, eva, tuesday):
    has_left(people.owner, eva, Departure(LAST_DAY))
    left_by_mistake(people.owner, eva)
    with pytest.raises(ValidationError, match="too late"):
        left_by_mistake(people.owner, eva)
    has_left(people.owner, eva, Departure(LAST_DAY))
    tuesday.shift(timedelta(hours=24, seconds=1))
    with pytest.raises(ValidationError, match="too late"):
        left_by_mistake(people.owner, eva)
    with pytest.raises(PermissionDenied):
        left_by_mistake(people.colleague, eva)
