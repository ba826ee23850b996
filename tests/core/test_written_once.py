"""Statements that are written once find what Django's own would find, for every value and every shape."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account
from contacts.models import Commitment
from core.written_once import WrittenOnce, written_once
from tests import factories as make
from users.models import User

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)


def due(account: Account, user: User, today: date, *, ahead: bool = False) -> QuerySet[Commitment]:
    """Promises of somebody at an account: until today, or a week ahead."""
    until = today + timedelta(days=7) if ahead else today
    rows = Commitment.objects.visible_to(user).filter(account=account, user=user, due_on__lte=until)
    return rows.select_related("account").order_by("due_on", "pk")


@pytest.fixture
def promised() -> list[Any]:
    user = make.make_user()
    return [
        Commitment.objects.create(
            account=make.make_account(),
            user=user,
            by_us=True,
            what="A quote",
            channel="email",
            due_on=DAY + timedelta(days=number),
        )
        for number in (0, 1, 7, 8)
    ]


def test_every_call_finds_its_own(promised: list[Any]) -> None:
    once: WrittenOnce[..., Commitment] = written_once(due)
    for one in promised:
        for today in (DAY, DAY + timedelta(days=1), DAY + timedelta(days=30)):
            for ahead in (False, True):
                given = (one.account, one.user, today)
                assert once(*given, ahead=ahead) == list(due(*given, ahead=ahead))
    assert len(once.known) == 2  # one statement for each shape


def test_joined_rows_come_along_in_one_query(promised: list[Any]) -> None:
    once: WrittenOnce[..., Commitment] = written_once(due)
    for one in promised:
        with CaptureQueriesContext(connection) as asked:
            (found,) = once(one.account, one.user, date(2027, 1, 1))
            assert found.account == one.account
        assert len(asked) == 1


def test_whoever_may_see_nothing_is_asked_nothing(promised: list[Any]) -> None:
    once: WrittenOnce[..., Commitment] = written_once(due)
    one = promised[0]
    assert once(one.account, one.user, DAY) == [one]
    one.user.is_active = False
    with CaptureQueriesContext(connection) as asked:
        assert once(one.account, one.user, DAY) == []
    assert not asked


@pytest.mark.parametrize("pk", [2**63, -(2**70), 10**40])
def test_an_id_that_no_row_can_have_finds_nothing(pk: int) -> None:
    once: WrittenOnce[..., Account] = written_once(lambda pk: Account.objects.filter(pk=pk))
    assert once(pk) == []


@pytest.mark.parametrize(
    "derive", [lambda day: day.replace(day=1), lambda day: day - timedelta(day.weekday())]
)
def test_what_a_calendar_makes_of_a_day_is_refused(derive: Callable[[date], date]) -> None:
    month: WrittenOnce[..., Commitment] = written_once(
        lambda today: Commitment.objects.filter(due_on__gte=derive(today))
    )
    with pytest.raises(TypeError, match="not known"):
        month(DAY)


def test_what_is_no_argument_is_noticed(promised: list[Any]) -> None:
    days = iter([DAY, DAY, DAY, DAY + timedelta(days=1)])
    once: WrittenOnce[..., Commitment] = written_once(
        lambda account: Commitment.objects.filter(account=account, due_on__lte=next(days))
    )
    assert once(promised[0].account) == [promised[0]]
    with pytest.raises(AssertionError, match="none of its arguments"):
        once(promised[0].account)


def test_what_cannot_be_written_in_advance_is_refused() -> None:
    limited: WrittenOnce[..., Commitment] = written_once(lambda most: Commitment.objects.all()[:most])
    with pytest.raises(TypeError, match="text"):
        limited(5)
    started: WrittenOnce[..., Commitment] = written_once(
        lambda today: Commitment.objects.filter(created_at__gte=timezone.make_aware(
            timezone.datetime(today.year, today.month, today.day)))
    )  # fmt: skip
    with pytest.raises(TypeError, match="not known"):
        started(DAY)
