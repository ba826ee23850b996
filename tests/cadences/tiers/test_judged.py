"""Hundreds of companies by chance: what the night writes is what a plain reading of the rules says."""

from __future__ import annotations

from random import Random

import pytest

from accounts.models import Account, Tier, TierCondition
from cadences.tiering import Moving, moving, retier, rules_now, weigh
from tests.cadences.tiers.judge import DAY, Drawn, draw_account, draw_rules, holds, verdict
from tests.factories import make_company

pytestmark = pytest.mark.django_db
SEEDS = range(25)


@pytest.fixture(params=SEEDS)
def drawn(request: pytest.FixtureRequest) -> tuple[list[Tier], list[Drawn]]:
    rng = Random(request.param)
    make_company(currency="EUR")
    tiers = draw_rules(rng)
    return tiers, [draw_account(rng, tiers) for _ in range(30)]


def stored() -> dict[int, Account]:
    return {row.pk: row for row in Account.objects.select_related("tier", "tier_before")}


def test_the_night_writes_what_the_judge_says(drawn: tuple[list[Tier], list[Drawn]]) -> None:
    tiers, rows = drawn
    expected = {row.account.pk: verdict(row, tiers) for row in rows}
    moved = {row.account.pk for row in rows if expected[row.account.pk].tier != row.account.tier}
    assert retier(None, DAY) == len(moved)
    found = stored()
    for row in rows:
        account, said = found[row.account.pk], expected[row.account.pk]
        assert (account.tier, account.below_since, account.tier_pinned) == (
            said.tier, said.below_since, said.pinned
        )  # fmt: skip
        if account.pk in moved:
            assert (account.tier_before, account.tier_since) == (row.account.tier, DAY)
            assert said.tier.name in account.tier_reason
        else:
            assert (account.tier_before, account.tier_since) == (None, row.account.tier_since)
    assert retier(None, DAY) == 0  # a second time changes nothing
    assert {pk: account.tier_reason for pk, account in stored().items()} == {
        pk: account.tier_reason for pk, account in found.items()
    }


def test_the_preview_is_what_the_night_then_does(drawn: tuple[list[Tier], list[Drawn]]) -> None:
    tiers, rows = drawn
    before = stored()
    weighing, listed = weigh(as_of=DAY), moving(as_of=DAY, limit=99)
    assert stored() == before
    assert [weight.caught for weight in weighing.tiers[1:]] == [
        sum(holds(row, tier) for row in rows) for tier in tiers[1:]
    ]
    assert [weight.now for weight in weighing.tiers] == [
        sum(row.account.tier == tier for row in rows) for tier in tiers
    ]
    assert weighing.moved == len(listed) == retier(None, DAY)
    after = stored()
    assert [weight.tonight for weight in weighing.tiers] == [
        sum(account.tier == tier for account in after.values()) for tier in tiers
    ]
    assert weighing.waiting == sum(account.below_since is not None for account in after.values())
    assert {each.account_id: shown(each) for each in listed} == {
        pk: (account.tier_before and account.tier_before.name, account.tier.name, account.tier_reason)
        for pk, account in after.items()
        if account.tier != before[pk].tier and account.tier
    }
    pairs = {move.key: move for move in weighing.moves}
    for move in pairs.values():
        assert len(moving_before(tiers, before, move.key)) == move.count


def shown(each: Moving) -> tuple[str | None, str, str]:
    return (each.old and each.old.name, each.new.name, each.reason)


def moving_before(tiers: list[Tier], before: dict[int, Account], key: str) -> list[int]:
    """Who went from one step to another, by what is stored before and after."""
    old, new = (int(part) for part in key.split("-"))
    steps = {tier.pk: step for step, tier in enumerate(tiers, 1)}
    return [
        pk
        for pk, account in stored().items()
        if steps.get(before[pk].tier_id or 0, 0) == old and steps[account.tier_id or 0] == new and old != new
    ]


def test_one_account_is_judged_like_all(drawn: tuple[list[Tier], list[Drawn]]) -> None:
    tiers, rows = drawn
    chosen = rows[:5]
    retier([row.account.pk for row in chosen], DAY)
    found = stored()
    for row in rows:
        wanted = verdict(row, tiers).tier if row in chosen else row.account.tier
        assert found[row.account.pk].tier == wanted


def test_rules_that_are_not_stored_are_weighed_like_stored_ones(
    drawn: tuple[list[Tier], list[Drawn]],
) -> None:
    draft, expected = rules_now(), weigh(as_of=DAY)
    TierCondition.objects.all().delete()
    assert weigh(draft, DAY) == expected
