"""Rules of tiers in words, for pages. The reasons that the night stores are made by cadences.tier_rules."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import TierCondition
from cadences.tier_rules import HIDDEN, IDLE, NEVER, SUMS, UNREACHED, WORDS, Condition, Trouble


def fact_name(fact: str) -> str:
    return str(TierCondition.Fact(fact).label)


def condition_words(condition: Condition, currency: str) -> str:
    """Such as "Purchases of the last 12 months: at least 50,000 EUR"."""
    return _("%(fact)s: %(value)s") % {
        "fact": fact_name(condition.fact),
        "value": _value(condition, currency),
    }


def _value(condition: Condition, currency: str) -> str:
    if condition.fact in WORDS:
        return _(" or ").join(condition.said)
    low, high = (
        None if side is None else _number(side, condition.fact, currency)
        for side in (condition.at_least, condition.at_most)
    )
    if low is None:
        return _("at most %(high)s") % {"high": high}
    if high is None:
        return _("at least %(low)s") % {"low": low}
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def _number(number: Decimal, fact: str, currency: str) -> str:
    whole = number == number.to_integral_value()
    words = str(number_format(number, decimal_pos=0 if whole else 2, use_l10n=True, force_grouping=True))
    return f"{words}\u00a0{currency}" if fact in SUMS else words


def delay_words(months: int) -> str:
    """How long an account stays in a tier whose rule it no longer meets."""
    if not months:
        return _("leaves at once when a lower tier is due")
    words = ngettext(
        "leaves after %(n)d month in which a lower tier is due",
        "leaves after %(n)d months in which a lower tier is due",
        months,
    )
    return words % {"n": months}


def lift_words(network: int, tiers: int) -> str:
    words = ngettext(
        "From network value %(network)d: %(tiers)d tier up.",
        "From network value %(network)d: %(tiers)d tiers up.",
        tiers,
    )
    return words % {"network": network, "tiers": tiers}


def notes_words(troubles: Iterable[Trouble]) -> list[str]:
    """Oddities, a sentence each; tiers without a rule share one."""
    every = list(troubles)
    bare = [each.tier for each in every if each.code == UNREACHED]
    if len(bare) < 2:
        return [trouble_words(each) for each in every]
    words = _("%(tiers)s have no rule: only a person's choice or the network brings an account there.")
    rest = [trouble_words(each) for each in every if each.code != UNREACHED]
    return [*rest, words % {"tiers": get_text_list(bare, _("and"))}]


def trouble_words(trouble: Trouble) -> str:
    """What is wrong and how to cure it."""
    sentences = {
        NEVER: _(
            "No account can be in %(tier)s: its conditions on “%(fact)s” exclude each other. Join them into "
            "one condition, or ask for at least one of them."
        ),
        HIDDEN: _(
            "No account can be in %(tier)s: whoever meets its rule also meets that of %(other)s, which "
            "stands higher. Ask more for %(other)s, or put it below."
        ),
        UNREACHED: _("%(tier)s has no rule: only a person's choice or the network brings an account there."),
        IDLE: _(
            "The rule of %(tier)s decides nothing: whoever meets no rule of a higher tier is in the lowest."
        ),
    }
    fact = fact_name(trouble.facts[0]) if trouble.facts else ""
    return sentences[trouble.code] % {"tier": trouble.tier, "other": trouble.other, "fact": fact}
