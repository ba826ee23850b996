"""Companies and rules by chance, and a judge in plain Python who knows nothing of the SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.utils import timezone

from accounts.models import Account, Tag, Tier, TierCondition, TierLift
from contacts.models import Ask
from tests.factories import make_account, make_purchase, make_tier

DAY = date(2026, 3, 31)
COUNTRIES = ("NO", "DK", "SE")
INDUSTRIES = ("Food", "Paper", "Marine works")
TAGS = ("partner", "trade fair", "press")
SUMS = (0, 500, 1_000, 5_000, 20_000)


@dataclass
class Drawn:
    """One account with everything that a rule may ask about."""

    account: Account
    purchases: list[dict[str, Any]] = field(default_factory=list)
    asks: list[dict[str, Any]] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)


def draw_rules(rng: Random) -> list[Tier]:
    """One to five tiers, lowest first; the upper ones with up to three conditions."""
    tiers = []
    for rank in range(1, rng.randint(1, 5) + 1):
        tier = make_tier(rank, match=rng.choice(["all", "any"]), demote_after_months=rng.choice([0, 1, 3]))
        for _ in range(rng.choice([0, 1, 1, 2, 3]) if rank > 1 else 0):
            TierCondition.objects.create(tier=tier, **_condition(rng))
        tiers.append(tier)
    for network in rng.sample(range(1, 6), rng.choice([0, 0, 1, 2])):
        TierLift.objects.create(network=network, tiers=rng.choice([1, 1, 2]))
    return tiers


def _condition(rng: Random) -> dict[str, Any]:
    fact = rng.choice(TierCondition.Fact.values)
    pools = {"country": COUNTRIES, "industry": INDUSTRIES, "tag": TAGS}
    if fact in pools:
        words = rng.sample(pools[fact], rng.randint(1, 2))
        return {"fact": fact, "words": [word.upper() if fact == "industry" else word for word in words]}
    tops = {"network": (1, 2, 4), "purchase_count": (1, 2, 3), "employees": (10, 100, 500)}
    low, high = sorted(rng.choice(tops.get(fact, SUMS)) for _ in range(2))
    ends = rng.choice(["low", "low", "high", "both"])
    return {
        "fact": fact,
        "at_least": None if ends == "high" else Decimal(low),
        "at_most": None if ends == "low" else Decimal(high),
    }


def draw_account(rng: Random, tiers: list[Tier]) -> Drawn:
    """Some have no tier yet, some are pinned (for ever, until a day, given back), some wait to fall."""
    pinned = rng.random() < 0.3
    tier = None if not pinned and rng.random() < 0.2 else rng.choice(tiers)
    drawn = Drawn(
        make_account(
            tier=tier,
            tier_since=date(2025, 1, 1) if tier else None,
            tier_pinned=pinned,
            tier_pinned_until=(
                rng.choice([None, DAY, DAY - timedelta(days=1), DAY + timedelta(days=9)])
                if pinned or (tier and rng.random() < 0.1)
                else None
            ),
            below_since=rng.choice([None, None, date(2025, 12, 31), date(2026, 1, 2), date(2026, 3, 1)])
            if tier and not pinned
            else None,
            network_value=rng.choice([0, 0, 1, 3, 5]),
            yearly_revenue=rng.choice([None, *SUMS]),
            currency=rng.choice(["", "EUR", "USD"]),
            employees=rng.choice([None, 9, 10, 100, 501]),
            country=rng.choice(["", *COUNTRIES]),
            industry=rng.choice(["", *INDUSTRIES, " food "]),
        )
    )
    for _ in range(rng.choice([0, 1, 2, 4])):
        drawn.purchases.append(_purchase(rng))
        make_purchase(drawn.account, **drawn.purchases[-1])
    for _ in range(rng.choice([0, 0, 1, 3])):
        drawn.asks.append(
            {
                "kind": rng.choice(["referral", "referral", "testimonial"]),
                "answer": rng.choice(["yes", "yes", "no", "open"]),
                "asked_on": DAY + timedelta(days=rng.choice([-400, -5, 0, 1])),
            }
        )
        Ask.objects.create(account=drawn.account, **drawn.asks[-1])
    drawn.tags = set(rng.sample(TAGS, rng.choice([0, 0, 1, 2])))
    drawn.account.tags.set([Tag.objects.get_or_create(name=name)[0] for name in drawn.tags])
    return drawn


def _purchase(rng: Random) -> dict[str, Any]:
    voided = rng.random() < 0.15
    return {
        "purchased_on": rng.choice(
            [date(2025, 3, 31), date(2025, 4, 1), DAY, DAY + timedelta(days=1), date(2024, 5, 1)]
        ),
        "amount": str(rng.choice([-700, 499, 500, 1_000, 4_500, 20_000])),
        "currency": rng.choice(["EUR", "EUR", "EUR", "USD"]),
        "voided_at": timezone.now() if voided else None,
        "void_reason": "double" if voided else "",
    }


@dataclass(frozen=True)
class Verdict:
    """What the account must be after the night of DAY."""

    tier: Tier
    below_since: date | None
    pinned: bool


def verdict(drawn: Drawn, tiers: list[Tier], as_of: date = DAY) -> Verdict:
    """The rules read aloud: highest rule that holds, lifted, up at once, down after the tier's months."""
    account, old = drawn.account, drawn.account.tier
    if account.tier_pinned and (account.tier_pinned_until is None or account.tier_pinned_until >= as_of):
        return Verdict(old, None, True)
    given = max((place for place, tier in enumerate(tiers) if place and holds(drawn, tier, as_of)), default=0)
    network = fact(drawn, "network", as_of)
    lifts = [lift.tiers for lift in TierLift.objects.all() if network >= lift.network]
    given = min(given + max(lifts, default=0), len(tiers) - 1)
    released = account.tier_pinned or account.tier_pinned_until is not None
    if old is None or released or given >= tiers.index(old):
        return Verdict(tiers[given], None, False)
    since = account.below_since or as_of
    if _months_later(since, old.demote_after_months) <= as_of:
        return Verdict(tiers[given], None, False)
    return Verdict(old, since, False)


def holds(drawn: Drawn, tier: Tier, as_of: date = DAY) -> bool:
    found = [_holds(drawn, condition, as_of) for condition in tier.conditions.all()]
    return bool(found) and (all(found) if tier.match == "all" else any(found))


def _holds(drawn: Drawn, condition: TierCondition, as_of: date) -> bool:
    value = fact(drawn, condition.fact, as_of)
    if condition.fact == "tag":
        return bool(value & set(condition.words))
    if condition.fact == "industry":
        return value in [word.lower() for word in condition.words]
    if condition.fact == "country":
        return value in condition.words
    if value is None:
        return False
    return (condition.at_least is None or value >= condition.at_least) and (
        condition.at_most is None or value <= condition.at_most
    )


def fact(drawn: Drawn, name: str, as_of: date) -> Any:
    account = drawn.account
    counted = [
        row
        for row in drawn.purchases
        if row["currency"] == "EUR" and not row["voided_at"] and row["purchased_on"] <= as_of
    ]
    if name == "purchases_12m":
        start = as_of.replace(year=as_of.year - 1)
        return sum(Decimal(row["amount"]) for row in counted if row["purchased_on"] > start)
    if name == "purchases_lifetime":
        return sum(Decimal(row["amount"]) for row in counted)
    if name == "purchase_count":
        return sum(Decimal(row["amount"]) > 0 for row in counted)
    if name == "yearly_revenue":
        return account.yearly_revenue if account.currency in {"", "EUR"} else None
    if name == "network":
        made = [
            row
            for row in drawn.asks
            if row["kind"] == "referral" and row["answer"] == "yes" and row["asked_on"] <= as_of
        ]
        return min(5, account.network_value + len(made))
    plain = {
        "employees": account.employees,
        "country": str(account.country),
        "industry": account.industry.strip().lower(),
        "tag": drawn.tags,
    }
    return plain[name]


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError
