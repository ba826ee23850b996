"""What is thin about the people of an account, by the rule and by the queries that lists use."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.models import Contact
from contacts.watch import SILENT_DAYS, Gap, is_silent, warnings_of
from tests.factories import make_account, make_contact, make_interaction

TODAY = date(2026, 11, 24)
ROLES = ["decides", "champions", "uses"]

days = st.none() | st.integers(0, 200).map(lambda back: TODAY - timedelta(days=back))
persons = st.builds(
    SimpleNamespace, decision_roles=st.lists(st.sampled_from(ROLES), unique=True), is_main=st.booleans(),
    left_on=days, spoken_on=days,
)  # fmt: skip


def gaps(people):
    return [one.gap for one in warnings_of(people, TODAY)]


@settings(max_examples=200)
@given(st.lists(persons, max_size=6))
def test_each_warning_says_what_it_means(people):
    there = [one for one in people if one.left_on is None]
    found = gaps(people)
    assert len(found) == len(set(found))
    assert (Gap.ALL_LEFT in found) == (bool(people) and not there)
    assert (Gap.ONLY_ONE in found) == (len(there) == 1)
    assert (Gap.NO_DECIDER in found) == (
        bool(there) and not any("decides" in x.decision_roles for x in there)
    )
    assert (Gap.NO_MAIN in found) == (bool(there) and not any(x.is_main for x in there))
    silent = [x for x in there if "champions" in x.decision_roles and is_silent(x.spoken_on, TODAY)]
    named = [list(one.people) for one in warnings_of(people, TODAY) if one.gap == Gap.SILENT_CHAMPION]
    assert named == ([silent] if silent else [])


@pytest.mark.parametrize(("back", "silent"), [(0, False), (89, False), (90, True), (None, True)])
def test_ninety_days_are_silence(back, silent):
    assert is_silent(None if back is None else TODAY - timedelta(days=back), TODAY) is silent


def test_who_left_last_is_named():
    gone = [
        SimpleNamespace(decision_roles=[], is_main=False, left_on=TODAY - timedelta(days=n), spoken_on=None)
        for n in (9, 2, 30)
    ]
    assert warnings_of(gone, TODAY)[0].person is gone[1]


@pytest.mark.django_db
def test_the_queries_say_the_same(django_assert_num_queries):
    account = make_account()
    talks = {"Eva": [5, 300], "Per": [91], "Ola": [], "Siri": [90], "Gone": [400]}
    for name, backs in talks.items():
        person = make_contact(
            account, first_name=name, last_name="Vik", decision_roles=["champions", "uses"],
            left_on=TODAY if name == "Gone" else None,
        )  # fmt: skip
        for back in backs:
            make_interaction(account, contact=person, happened_on=TODAY - timedelta(days=back))
    ola = Contact.objects.get(first_name="Ola")
    make_interaction(account, contact=ola, happened_on=TODAY, reached=False)
    make_interaction(
        account, contact=ola, happened_on=TODAY, withdrawn_at="2026-11-24T00:00Z", withdrawn_reason="x"
    )
    make_contact(account, first_name="Bo", decision_roles=["decides"])
    make_contact(account, first_name="Ex", decision_roles=["decides"], left_on=TODAY)

    since = TODAY - timedelta(days=SILENT_DAYS)
    silent = Contact.objects.filter(account=account).champions().not_spoken_to_since(since)
    assert sorted(one.first_name for one in silent) == ["Ola", "Per", "Siri"]
    assert [one.first_name for one in Contact.objects.deciders()] == ["Bo"]
    with django_assert_num_queries(1):
        people = list(Contact.objects.filter(account=account).for_panel())
    warned = {one.gap: one for one in warnings_of(people, TODAY)}
    assert {one.pk for one in warned[Gap.SILENT_CHAMPION].people} == {one.pk for one in silent}
    assert [one.first_name for one in people[-2:]] == ["Ex", "Gone"]
