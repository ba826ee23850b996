"""Starting the plan and switching the engine on and off; and the data a new installation begins with."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Tier, TierCondition, TierLift
from cadences import seed_data, seed_events
from cadences.models import Plan, PlanItem, Purpose, Schedule, Slot, Touchpoint
from core.models import JobRun
from correspondence.models import Medium, Template
from users.access import require_admin
from users.clock import company_today
from users.models import Calendar, Company

if TYPE_CHECKING:
    from users.models import User


@transaction.atomic
def seed() -> dict[str, int]:
    """Make what a new installation needs and has not got; what exists is never changed.

    Returns how many rows of each kind were made.
    """
    company = Company.get()
    if company.calendar is None:
        company.calendar = Calendar.objects.get_or_create(name="Company")[0]
        company.save(update_fields=["calendar", "updated_at"])
    Schedule.get()
    return {
        "tiers": _seed_tiers(),
        "slots": _make(Slot, [*seed_data.SLOTS, *seed_events.SLOTS, *seed_events.LETTER_SLOTS]),
        "purposes": _make(Purpose, [*seed_data.PURPOSES, *seed_events.SHEETS, *seed_events.LETTER_SHEETS]),
        "items": _seed_plan(),
    }


def _make(model: type[Slot] | type[Purpose], rows: list[dict[str, Any]]) -> int:
    made = 0
    for row in rows:
        defaults = {name: value for name, value in row.items() if name != "key"}
        made += model.objects.get_or_create(key=row["key"], defaults=defaults)[1]
    return made


def _seed_tiers() -> int:
    """Tiers and their rules, only where there is no tier at all: an admin may have made others."""
    if Tier.objects.exists():
        return 0
    tiers = {row["name"]: Tier.objects.create(**row) for row in seed_data.TIERS}
    for name, threshold in seed_data.TIER_THRESHOLDS.items():
        fact = TierCondition.Fact.PURCHASES_12M
        TierCondition.objects.create(tier=tiers[name], fact=fact, at_least=threshold)
    TierLift.objects.create(**seed_data.NETWORK_LIFT)
    return len(tiers)


def _seed_plan() -> int:
    """Version 1 as a draft, where there is no plan and the seeded tiers are there."""
    tiers = {tier.name: tier for tier in Tier.objects.all()}
    if Plan.objects.exists() or not {row["name"] for row in seed_data.TIERS} <= tiers.keys():
        return 0
    plan = Plan.objects.create(version=1, note="The plan that comes with Tend")
    slots = {slot.key: slot for slot in Slot.objects.all()}
    purposes = {purpose.key: purpose for purpose in Purpose.objects.all()}
    items = [*seed_data.ITEMS, *seed_events.ITEMS, *seed_events.LETTER_ITEMS]
    for row in items:
        values = {name: value for name, value in row.items() if name not in {"slot", "tier", "sheet"}}
        PlanItem.objects.create(
            plan=plan,
            slot=slots[row["slot"]],
            tier=tiers[row["tier"]] if row["tier"] else None,
            purpose=purposes[row.get("sheet", row["slot"])],
            template=_template_for(row),
            **values,
        )
    return len(items)


def _template_for(row: dict[str, Any]) -> Template | None:
    """What the night writes it with, for approval; None (by hand) where there are no words for it yet."""
    use = seed_data.WRITTEN_FOR.get(row["slot"])
    medium = Medium.EMAIL if row["kind"] == PlanItem.Kind.EMAIL else Medium.LETTER
    found = (
        Template.objects.of_use(use).filter(texts__medium=medium).distinct()
        if use
        else Template.objects.none()
    )
    return found.first()


@transaction.atomic
def start_plan(on: date) -> Plan:
    """Let the seeded plan run from ``on``: sets ``effective_from`` and every item's ``since``.

    May be repeated with another date while nothing has run. Raises ValidationError when there is no
    plan, or when a night has run already.
    """
    plan = Plan.objects.select_for_update().order_by("version").first()
    if plan is None:
        raise ValidationError(_("There is no plan yet. Run “python manage.py seed” first."))
    if (
        Plan.objects.exclude(pk=plan.pk).exists()
        or Touchpoint.objects.filter(item__isnull=False).exists()
        or JobRun.objects.filter(job="nightly", state=JobRun.State.DONE).exists()
    ):
        raise ValidationError(_("The plan has run already; its start can no longer be moved."))
    plan.state, plan.effective_from = Plan.State.RUNNING, on
    plan.save(update_fields=["state", "effective_from", "updated_at"])
    plan.items.update(since=on)
    return plan


@transaction.atomic
def switch_on(user: User) -> Schedule:
    """Let tick and reconciler work from now on; a plan starts today if none runs or waits for its day.

    Said twice, nothing changes: nights missed since the first time are still made up for.
    """
    require_admin(user)
    schedule = Schedule.objects.select_for_update().get(pk=Schedule.get().pk)
    if schedule.is_on:
        return schedule
    if not Plan.objects.filter(state__in=[Plan.State.RUNNING, Plan.State.SCHEDULED]).exists():
        if Plan.objects.count() > 1:
            raise ValidationError(
                _("No plan runs and there are several drafts: activate one on the page Plan first.")
            )
        start_plan(company_today())
    schedule.is_on, schedule.switched_on_at = True, timezone.now()
    schedule.save(update_fields=["is_on", "switched_on_at", "updated_at"])
    return schedule


@transaction.atomic
def switch_off(user: User) -> Schedule:
    """Stop tick and reconciler; what is owed stays as it is."""
    require_admin(user)
    schedule = Schedule.get()
    schedule.is_on = False
    schedule.save(update_fields=["is_on", "updated_at"])
    return schedule
