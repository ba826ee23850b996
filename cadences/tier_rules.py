"""Rules of tiers: what they say, whether they contradict each other, and how they read in SQL. Pure.

A rule becomes SQL from a fixed map of facts; everything a person typed goes along as a parameter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

ALL, ANY = "all", "any"
SUMS = frozenset({"purchases_12m", "purchases_lifetime", "yearly_revenue"})
COUNTS = frozenset({"purchase_count", "employees", "network"})
WORDS = frozenset({"country", "industry", "tag"})
FACTS = SUMS | COUNTS | WORDS
MOST_NETWORK = 5


@dataclass(frozen=True)
class Condition:
    """A number from ``at_least`` to ``at_most`` (both included, either may be open), or one of ``words``.

    ``labels``: the words as people read them, in the same order.
    """

    fact: str
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    words: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def low(self) -> Decimal:
        return self.at_least if self.at_least is not None else Decimal("-Infinity")

    @property
    def high(self) -> Decimal:
        return self.at_most if self.at_most is not None else Decimal("Infinity")

    @property
    def said(self) -> tuple[str, ...]:
        return self.labels or self.words

    def implies(self, other: Condition) -> bool:
        """Whether every account that meets this one meets the other."""
        if self.fact != other.fact:
            return False
        if self.fact in WORDS:
            return set(self.words) <= set(other.words)
        return self.low >= other.low and self.high <= other.high

    def excludes(self, other: Condition) -> bool:
        """Whether no account can meet both. Of tags an account may have many."""
        if self.fact != other.fact or self.fact == "tag":
            return False
        if self.fact in WORDS:
            return not set(self.words) & set(other.words)
        return max(self.low, other.low) > min(self.high, other.high)


@dataclass(frozen=True)
class Rule:
    """A tier and what brings an account into it; ``tier_id`` 0 = not stored yet."""

    tier_id: int
    name: str
    match: str = ALL
    conditions: tuple[Condition, ...] = ()
    demote_after_months: int = 3

    @property
    def ways(self) -> list[tuple[Condition, ...]]:
        """The rule as alternatives, in each of which all conditions hold."""
        if self.match == ANY:
            return [(condition,) for condition in self.conditions]
        return [self.conditions] if self.conditions else []

    def implies(self, other: Rule) -> bool:
        """Whether every account that meets this rule surely meets the other; a rule without conditions
        is met by nobody."""
        return bool(self.conditions) and all(
            any(all(any(mine.implies(theirs) for mine in way) for theirs in their_way)
                for their_way in other.ways)
            for way in self.ways
        )  # fmt: skip


@dataclass(frozen=True)
class Lift:
    """From this network value on an account stands ``tiers`` above what its rule gives."""

    network: int
    tiers: int


@dataclass(frozen=True)
class Rules:
    """All tiers, lowest first, and the lifts. The lowest tier needs no rule."""

    tiers: tuple[Rule, ...]
    lifts: tuple[Lift, ...] = ()
    currency: str = "EUR"

    @property
    def conditions(self) -> Iterator[Condition]:
        return (condition for rule in self.tiers for condition in rule.conditions)

    @property
    def facts(self) -> frozenset[str]:
        """The facts that these rules ask for; others are not even read."""
        asked = {condition.fact for condition in self.conditions}
        return frozenset(asked | {"network"} if self.lifts else asked)


@dataclass(frozen=True)
class Trouble:
    """What is wrong with rules: ``code``, the tier it is about and the one it collides with."""

    code: str
    tier: str
    other: str = ""
    facts: tuple[str, ...] = field(default=())


NEVER, HIDDEN, UNREACHED, IDLE = "never", "hidden", "unreached", "idle"
REFUSED = frozenset({NEVER, HIDDEN})


def troubles(rules: Rules) -> list[Trouble]:
    """Contradictions (refused) and oddities (told): see the four codes.

    never: conditions of one rule exclude each other. hidden: whoever meets the rule also meets a higher
    tier's, so that nobody is ever given this one. unreached: a tier above the lowest has no rule.
    idle: the lowest tier has a rule, which decides nothing.
    """
    found = []
    for step, rule in enumerate(rules.tiers):
        if not step:
            if rule.conditions and len(rules.tiers) > 1:
                found.append(Trouble(IDLE, rule.name))
            continue
        if not rule.conditions:
            found.append(Trouble(UNREACHED, rule.name))
        elif clash := _clash(rule):
            found.append(Trouble(NEVER, rule.name, facts=clash))
        else:
            above = (higher for higher in rules.tiers[step + 1 :] if rule.implies(higher))
            found += [Trouble(HIDDEN, rule.name, higher.name) for higher in above][:1]
    return found


def _clash(rule: Rule) -> tuple[str, ...]:
    """The facts that a rule asks of an account twice in ways that no account can meet."""
    pairs = (
        (one.fact,)
        for way in rule.ways
        for place, one in enumerate(way)
        for other in way[place + 1 :]
        if one.excludes(other)
    )
    return next(pairs, ())


# -- SQL ----------------------------------------------------------------------------------------------

_YEAR = "purchased_on > %(as_of)s::date - interval '12 months'"
# What a purchase brings to its account; only what the rules ask for is summed.
_BOUGHT = {
    "purchases_12m": f"sum(amount) FILTER (WHERE {_YEAR})",
    "purchases_lifetime": "sum(amount)",
    "purchase_count": "count(*) FILTER (WHERE amount > 0)",
}
# How a fact reads on a row of accounts with what is joined to it.
_READ = {
    "purchases_12m": "coalesce(bought.purchases_12m, 0)",
    "purchases_lifetime": "coalesce(bought.purchases_lifetime, 0)",
    "purchase_count": "coalesce(bought.purchase_count, 0)",
    "yearly_revenue": "CASE WHEN account.currency IN ('', %(currency)s) THEN account.yearly_revenue END",
    "employees": "account.employees",
    "network": f"least({MOST_NETWORK}, account.network_value + coalesce(referrals.made, 0))",
    "country": "account.country::text",
    "industry": "lower(btrim(account.industry))",
    "tag": "tagged.names",
}
_AMOUNT = "to_char(trunc({0}), 'FM999,999,999,999,999,990')"
_TOLD = {
    "purchases_12m": f"{_AMOUNT} || ' ' || %(currency)s || ' in 12 months'",
    "purchases_lifetime": f"{_AMOUNT} || ' ' || %(currency)s || ' in all'",
    "yearly_revenue": f"coalesce('yearly revenue ' || {_AMOUNT} || ' ' || %(currency)s, 'no yearly revenue')",
    "purchase_count": f"{_AMOUNT} || ' purchases'",
    "employees": f"coalesce({_AMOUNT} || ' employees', 'number of employees unknown')",
    "network": "'network value ' || {0}",
}


_LIFTED = """CASE WHEN given_step > base_step THEN
                'lifted from ' || base.name || ' by network value ' || network END"""


@dataclass(frozen=True)
class Compiled:
    """The places of ``sql/tiering.sql`` and the parameters that belong to them."""

    places: dict[str, str]
    values: dict[str, Any]


def compiled(rules: Rules) -> Compiled:
    """The rules as the parts of the one statement that re-tiering and its preview share."""
    return _Compiler(rules).run()


class _Compiler:
    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.values: dict[str, Any] = {
            "currency": rules.currency,
            "tier_ids": [rule.tier_id for rule in rules.tiers],
            "tier_names": [rule.name for rule in rules.tiers],
            "tier_months": [rule.demote_after_months for rule in rules.tiers],
            "top": len(rules.tiers),
        }

    def run(self) -> Compiled:
        steps = list(enumerate(self.rules.tiers, 1))[:0:-1]  # from the highest down; the lowest needs none
        tests = {step: [self._test(each) for each in rule.conditions] for step, rule in steps}
        whole = {step: self._whole(rule, tests[step]) for step, rule in steps}
        told = {
            step: [self._told(each) for each in rule.conditions] for step, rule in steps if rule.conditions
        }
        pairs = {step: list(zip(tests[step], words, strict=True)) for step, words in told.items()}
        places = {
            "joins": "\n".join(self._joins()),
            "facts": "".join(f",\n        {_READ[fact]} AS {fact}" for fact in sorted(self.rules.facts)),
            "rule": _case("true", [(whole[step], str(step)) for step, _ in steps], "1"),
            "lift": _case("true", self._lifts(), "0"),
            "met": "ARRAY[" + ", ".join(_counted(whole[step]) for step, _ in reversed(steps)) + "]::bigint[]",
            "lifted": _LIFTED if self.rules.lifts else "NULL",
            "holds": _case("base_step", [(str(s), _listed(found, "{0}")) for s, found in pairs.items()]),
            "fails": _case("old_step", [(str(s), _listed(found, "NOT {0}")) for s, found in pairs.items()]),
        }
        return Compiled(places, self.values)

    def _joins(self) -> Iterator[str]:
        facts = self.rules.facts
        if bought := sorted(facts & _BOUGHT.keys()):
            sums = ", ".join(f"{_BOUGHT[fact]} AS {fact}" for fact in bought)
            start = f"AND {_YEAR}" if bought == ["purchases_12m"] else ""
            yield f"""LEFT JOIN (
        SELECT account_id, {sums}
        FROM sales_purchase
        WHERE voided_at IS NULL AND purchased_on <= %(as_of)s {start}
            AND currency = %(currency)s AND @only(account_id)
        GROUP BY account_id
    ) bought ON bought.account_id = account.id"""  # noqa: S608 - from the fixed map above
        if "network" in facts:
            yield """LEFT JOIN (
        SELECT account_id, count(*) AS made
        FROM contacts_ask
        WHERE kind = 'referral' AND answer = 'yes' AND asked_on <= %(as_of)s AND @only(account_id)
        GROUP BY account_id
    ) referrals ON referrals.account_id = account.id"""
        if "tag" in facts:
            tags = {word for each in self.rules.conditions if each.fact == "tag" for word in each.words}
            yield f"""LEFT JOIN (
        SELECT hung.account_id, array_agg(tag.name::text) AS names
        FROM accounts_account_tags hung
        JOIN accounts_tag tag ON tag.id = hung.tag_id
        WHERE tag.name = ANY({self._value(sorted(tags))}) AND @only(hung.account_id)
        GROUP BY hung.account_id
    ) tagged ON tagged.account_id = account.id"""  # noqa: S608 - a placeholder

    def _value(self, value: Any) -> str:
        """A placeholder for something that a person typed."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"

    def _test(self, condition: Condition) -> str:
        """True or false, never null: what is unknown is not met."""
        fact = condition.fact
        if fact == "tag":
            return f"coalesce({fact} && {self._value(list(condition.words))}::text[], false)"
        if fact in WORDS:
            words = [word.strip().lower() if fact == "industry" else word for word in condition.words]
            return f"coalesce({fact} = ANY({self._value(words)}), false)"
        sides = [(">=", condition.at_least), ("<=", condition.at_most)]
        wanted = [f"{fact} {sign} {self._value(value)}" for sign, value in sides if value is not None]
        return f"coalesce({' AND '.join(wanted)}, false)"

    @staticmethod
    def _whole(rule: Rule, tests: list[str]) -> str:
        if not tests:
            return "false"
        return "(" + (" AND " if rule.match == ALL else " OR ").join(tests) + ")"

    def _lifts(self) -> list[tuple[str, str]]:
        highest = sorted(self.rules.lifts, key=lambda lift: (lift.tiers, -lift.network), reverse=True)
        return [(f"network >= {self._value(lift.network)}", str(int(lift.tiers))) for lift in highest]

    def _told(self, condition: Condition) -> tuple[str, str]:
        """How the fact reads where the condition holds and where it does not."""
        fact = condition.fact
        if fact in WORDS:
            words = " or ".join(condition.said)
            return (
                self._value(f"{fact} {words}") + "::text",
                self._value(f"{'without tag' if fact == 'tag' else fact + ' is not'} {words}") + "::text",
            )
        value = _TOLD[fact].format(fact)
        if condition.at_most is None:
            least = figure(condition.at_least)
            return (
                f"{value} || {self._value(f', threshold {least}')}",
                f"{value} || {self._value(f', below {least}')}",
            )
        span = figure(condition.at_most)
        if condition.at_least is not None:
            span = f"{figure(condition.at_least)} to {span}"
        else:
            span = f"at most {span}"
        return (
            f"{value} || {self._value(f', wanted {span}')}",
            f"{value} || {self._value(f', not {span}')}",
        )


def figure(number: Decimal | None) -> str:
    """A threshold as it stands in a stored reason: grouped, cents only where there are any."""
    number = number or Decimal(0)
    return f"{number:,.0f}" if number == number.to_integral_value() else f"{number:,.2f}"


def _counted(test: str) -> str:
    return f"count(*) FILTER (WHERE {test})"


def _case(on: str, branches: list[tuple[str, str]], otherwise: str = "NULL") -> str:
    if not branches:
        return otherwise
    whens = " ".join(f"WHEN {test} THEN {value}" for test, value in branches)
    return f"CASE {'' if on == 'true' else on} {whens} ELSE {otherwise} END"


def _listed(pairs: list[tuple[str, tuple[str, str]]], test: str) -> str:
    """The words of those conditions that hold, or of those that fail, one after the other."""
    side = 1 if test.startswith("NOT") else 0
    parts = (f"CASE WHEN {test.format(each)} THEN {words[side]} END" for each, words in pairs)
    return f"concat_ws('; ', {', '.join(parts)})"
