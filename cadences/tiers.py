"""The verbs of tiers: make, change, rank, delete, lift, apply. For admins alone (R28)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account, Tier, TierCondition, TierLift
from accounts.services import hold_tier
from cadences.models import Override, Plan
from cadences.plans.drafts import lock_plans
from cadences.tier_rules import MOST_NETWORK, REFUSED, Condition, Lift, Rule, Rules, Trouble, troubles
from cadences.tier_words import trouble_words
from cadences.tiering import TierWeighing, moving, retier, rule_of, rules_now
from core import facts
from users.access import require_admin
from users.clock import company_today
from users.models import Company, User

AT_ONCE = 20_000  # more moves than this are a worker's, not a request's
WEIGHED_AT_ONCE = 300_000  # and so is judging more accounts than this twice
ASIDE = 10_000  # ranks of tiers that are changing places, out of everybody's way


def drafted(
    tier: Tier | None,
    *,
    place: int,
    name: str,
    match: str,
    demote_after_months: int,
    conditions: Sequence[Condition],
) -> Rules:
    """The stored rules with one tier as it would be; ``place`` = how many tiers stand below it."""
    stored = rules_now()
    rule = Rule(tier.pk if tier else 0, name, match, tuple(conditions), demote_after_months)
    others = [each for each in stored.tiers if tier is None or each.tier_id != tier.pk]
    others.insert(min(place, len(others)), rule)
    return replace(stored, tiers=tuple(others))


@transaction.atomic
def save_tier(
    user: User,
    tier: Tier | None,
    *,
    place: int,
    conditions: Sequence[Condition],
    **fields: Any,
) -> Tier:
    """Make a tier or change one, with its rule. ``place``: how many tiers stand below it.

    No account moves: the night does that, or :func:`apply_now`. Raises ValidationError by field, and for
    rules that contradict each other.
    """
    require_admin(user)
    _lock()
    if tier is not None:
        tier = hold_tier(tier)
    row = tier or Tier()
    for name, value in fields.items():
        setattr(row, name, value)
    _check(row, drafted(tier, place=place, conditions=conditions, name=row.name, match=row.match,
                        demote_after_months=row.demote_after_months))  # fmt: skip
    if tier is None:
        row.rank = ASIDE
    row.save()
    _write_conditions(row, conditions)
    others = [each for each in Tier.objects.order_by("rank") if each.pk != row.pk]
    others.insert(min(place, len(others)), row)
    _put_in_order(others)
    row.refresh_from_db()
    return row


@transaction.atomic
def move_tier(user: User, tier: Tier, *, up: bool) -> Tier:
    """Let it change places with its neighbour; at the end of the ladder nothing happens."""
    require_admin(user)
    _lock()
    tier = hold_tier(tier)
    order = list(Tier.objects.order_by("rank").prefetch_related("conditions"))
    place = [each.pk for each in order].index(tier.pk)
    other = place + (1 if up else -1)
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
        rules = Rules(tuple(rule_of(each) for each in order), currency=Company.get().currency)
        _refuse(rules, {order[place].name, order[other].name})
        _put_in_order(order)
    tier.refresh_from_db()
    return tier


@transaction.atomic
def delete_tier(user: User, tier: Tier) -> None:
    """Raises ValidationError with everything that still uses it, and how to cure that."""
    require_admin(user)
    lock_plans()  # nobody copies a version meanwhile
    _lock()
    tier = hold_tier(tier)
    if reasons := uses(tier):
        raise ValidationError(reasons)
    tier.delete()


def uses(tier: Tier) -> list[str]:
    """Sentences about what still needs the tier; empty when it may be deleted."""
    found = []
    names = {"tier": tier.name}
    if Tier.objects.count() == 1:
        found.append(_("%(tier)s is the only tier: an account is always in one. Make another first.") % names)
    accounts = Account.objects.filter(tier=tier).aggregate(n=Count("pk"))["n"]
    if accounts:
        words = ngettext("%(n)d account is in %(tier)s.", "%(n)d accounts are in %(tier)s.", accounts)
        found.append(f"{words % {**names, 'n': accounts}} {_way_out(tier)}")
    for plan in Plan.objects.filter(items__tier=tier).distinct().order_by("version"):
        found.append(_plan_words(plan) % {**names, "version": plan.version})
    exceptions = Override.objects.filter(as_tier=tier).count()
    if exceptions:
        words = ngettext(
            "%(n)d exception serves an account like %(tier)s. End it first.",
            "%(n)d exceptions serve accounts like %(tier)s. End them first.",
            exceptions,
        )
        found.append(words % {**names, "n": exceptions})
    return found


def _way_out(tier: Tier) -> str:
    """How a tier is emptied: what brings accounts there, when they leave, and whom a person put there."""
    give_back = _("Give back the accounts that somebody chose it for.")
    if tier.conditions.exists():
        rule = _("Take its rule away, let accounts leave after 0 months, and apply that.")
        return f"{rule} {give_back}"
    network = _(
        "Only the network lifts accounts there: change that, let them leave after 0 months, and apply it."
    )
    return f"{network} {give_back}"


def _plan_words(plan: Plan) -> str:
    if plan.state == Plan.State.DRAFT:
        return _("Draft %(version)d of the plan has contacts for %(tier)s. Take them out, or drop the draft.")
    if plan.state == Plan.State.RETIRED:
        return _(
            "Version %(version)d of the plan, which is kept, had contacts for %(tier)s: a tier that was once "
            "served stays. Without a rule nobody comes into it."
        )
    return _(
        "Version %(version)d of the plan has contacts for %(tier)s. It stays as long as that version is "
        "kept; without a rule nobody comes into it."
    )


@transaction.atomic
def set_lifts(user: User, lifts: Mapping[int, int]) -> None:
    """From which network value on an account stands how many tiers higher; 0 = none.

    Raises ValidationError by network value (``network_1`` …) where a higher value would lift less.
    """
    require_admin(user)
    _lock()
    check_lifts(lifts)
    stored = {lift.network: lift for lift in TierLift.objects.select_for_update()}
    for network, tiers in lifts.items():
        lift = stored.get(network)
        if not tiers:
            if lift:
                lift.delete()
        elif lift is None or lift.tiers != tiers:
            lift = lift or TierLift(network=network)
            lift.tiers = tiers
            lift.full_clean()
            lift.save()


def check_lifts(lifts: Mapping[int, int]) -> None:
    """Raises ValidationError where somebody with more network would be lifted less."""
    most, at = 0, 0
    for network in range(1, MOST_NETWORK + 1):
        tiers = lifts.get(network, 0)
        if tiers and tiers < most:
            words = _("Network value %(at)d already lifts by %(most)d: a higher value cannot lift by less.")
            raise ValidationError({f"network_{network}": words % {"at": at, "most": most}})
        if tiers > most:
            most, at = tiers, network


def lifted(lifts: Mapping[int, int]) -> Rules:
    """The stored rules with these lifts instead."""
    return replace(rules_now(), lifts=tuple(Lift(network, n) for network, n in lifts.items() if n))


def is_too_much(weighing: TierWeighing) -> bool:
    """Whether applying this now is a worker's task."""
    return weighing.moved > AT_ONCE or weighing.total > WEIGHED_AT_ONCE


@transaction.atomic
def apply_now(user: User) -> int:
    """Move the accounts that the next night would move, and what is owed to them. Returns how many.

    For up to ``AT_ONCE`` accounts: see :func:`is_too_much`.
    """
    require_admin(user)
    today = company_today()
    ids = [each.account_id for each in moving(as_of=today, limit=AT_ONCE)]
    if not ids:
        return 0
    changed = retier(ids, today)
    facts.changed(account_ids=ids)
    return changed


def _lock() -> None:
    """Who changes tiers takes turns: each sees the ladder as the one before left it."""
    list(Tier.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _check(row: Tier, rules: Rules) -> None:
    wrong: dict[str, Any] = {}
    row.name = row.name.strip()
    try:
        row.full_clean(exclude=["rank"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        wrong = error.update_error_dict(wrong)
    twin = Tier.objects.filter(name__iexact=row.name).exclude(pk=row.pk).first()
    if twin is not None:
        wrong["name"] = [_("There is a tier %(name)s already. Choose another name.") % {"name": twin.name}]
    if wrong:
        raise ValidationError(wrong)
    _refuse(rules, {row.name})


def _refuse(rules: Rules, names: set[str]) -> None:
    """Contradictions in which one of these tiers takes part; others wait for whoever edits those."""
    wrong = [each for each in refused(rules) if names & {each.tier, each.other}]
    if wrong:
        raise ValidationError([trouble_words(each) for each in wrong])


def refused(rules: Rules) -> Iterable[Trouble]:
    return [each for each in troubles(rules) if each.code in REFUSED]


def _write_conditions(tier: Tier, conditions: Sequence[Condition]) -> None:
    """Only what is different, so that the history tells what somebody changed."""
    stored = list(tier.conditions.all())
    for place, condition in enumerate(conditions):
        row = stored[place] if place < len(stored) else TierCondition(tier=tier)
        values = {
            "fact": condition.fact,
            "at_least": condition.at_least,
            "at_most": condition.at_most,
            "words": list(condition.words),
        }
        if row.pk and all(getattr(row, name) == value for name, value in values.items()):
            continue
        for name, value in values.items():
            setattr(row, name, value)
        row.full_clean()
        row.save()
    for row in stored[len(conditions) :]:
        row.delete()


def _put_in_order(order: Sequence[Tier]) -> None:
    """Ranks from 1 up without gaps; first aside, because no two may have one rank for a moment."""
    moved = [(tier, rank) for rank, tier in enumerate(order, 1) if tier.rank != rank]
    for tier, rank in moved:
        Tier.objects.filter(pk=tier.pk).update(rank=ASIDE + rank)
    for tier, rank in moved:
        Tier.objects.filter(pk=tier.pk).update(rank=rank)
        tier.rank = rank
