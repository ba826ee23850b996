"""Versions of the plan take turns: activated from a day, scheduled for later, rolled back."""

from __future__ import annotations

import logging
from datetime import date, timedelta

from celery import current_app
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from accounts.models import Account
from cadences.models import Plan, PlanItem, Schedule
from cadences.plans.comparing import compare
from cadences.plans.drafts import copy_of, lock_plans, locked_draft
from cadences.since import carried_since
from core import facts
from users.access import require_admin
from users.clock import company_today
from users.models import User

log = logging.getLogger(__name__)

AT_ONCE = 2_000
"""Up to so many accounts what is owed is recomputed while the admin waits; beyond, a worker does it."""

FURTHEST = timedelta(days=366)


@transaction.atomic
def activate(user: User, plan: Plan, on: date) -> Plan:
    """Let a draft take over on that day: today at once, a later day by the night of that day.

    The running version retires; what ran without a break keeps its first day (decision table, "since of
    an item"). Raises ValidationError for a day before today or too far off, for a version that is no
    draft, owes nothing or says what the running one says, and while another one is scheduled.
    """
    require_admin(user)
    lock_plans()
    draft = locked_draft(user, plan)
    running = Plan.objects.running().select_for_update().first()
    today = company_today()
    check_first_day(on, running)
    _check_waiting()
    _check_content(draft, running)
    draft.activated_by, draft.activated_at, draft.effective_from = user, timezone.now(), on
    if on > today:
        draft.state = Plan.State.SCHEDULED
        draft.save()
        return draft
    _take_over(draft, running, on)
    _recompute(user)
    return draft


def start_scheduled(on: date) -> Plan | None:
    """Let the scheduled version run whose day has come; None if there is none. Called by the night."""
    if not Plan.objects.scheduled().filter(effective_from__lte=on).exists():
        return None  # without the lock, which a night would hold until its end
    with transaction.atomic():
        lock_plans()
        plan = Plan.objects.scheduled().filter(effective_from__lte=on).select_for_update().first()
        if plan is None or plan.effective_from is None:
            return None
        running = Plan.objects.running().select_for_update().first()
        _take_over(plan, running, plan.effective_from)
        return plan


@transaction.atomic
def unschedule(user: User, plan: Plan) -> Plan:
    """A version that waits for its day becomes a draft again."""
    require_admin(user)
    lock_plans()
    row = Plan.objects.select_for_update().get(pk=plan.pk)
    if row.state != Plan.State.SCHEDULED:
        raise ValidationError(
            _("Plan %(version)d does not wait for its day any more: it is %(state)s.")
            % {"version": row.version, "state": row.get_state_display().lower()}
        )
    row.state, row.effective_from = Plan.State.DRAFT, None
    row.activated_by = row.activated_at = None
    row.save()
    return row


@transaction.atomic
def roll_back(user: User, on: date) -> Plan:
    """Activate what the version before the running one said, as a version of its own."""
    require_admin(user)
    lock_plans()
    before = version_before()
    if before is None:
        raise ValidationError(_("No version ran before this one, so there is nothing to go back to."))
    draft = copy_of(user, before)  # however many drafts there are: going back is never refused for that
    draft.note = _("Back to plan %(version)d") % {"version": before.version}
    draft.save(update_fields=["note", "updated_at"])
    return activate(user, draft, on)


def version_before() -> Plan | None:
    """The version that ran until the running one took over."""
    return Plan.objects.that_ran().first() if Plan.objects.running().exists() else None


def accounts_concerned() -> int:
    """How many accounts a new version is worked out for."""
    return Account.objects.count()


def is_at_once() -> bool:
    """Whether what is owed is recomputed in the same moment, so few accounts are there."""
    return accounts_concerned() <= AT_ONCE


def _take_over(plan: Plan, running: Plan | None, on: date) -> None:
    days = carried_since(plan, running, on)
    items = list(plan.items.all())
    for item in items:
        item.since = days[item.pk]
    PlanItem.objects.bulk_update(items, ["since"])
    if running is not None:
        running.state = Plan.State.RETIRED
        running.save(update_fields=["state", "updated_at"])
    plan.state = Plan.State.RUNNING
    plan.save()


def check_first_day(on: date, running: Plan | None) -> None:
    """Raises ValidationError where no draft can begin: in the past, too far off, before the running plan."""
    today = company_today()
    words = {"today": date_format(today, "j F Y"), "last": date_format(today + FURTHEST, "j F Y")}
    if on < today:
        raise ValidationError({"on": _("Choose today (%(today)s) or a later day.") % words})
    if on > today + FURTHEST:
        raise ValidationError({"on": _("Choose a day until %(last)s: tiers change meanwhile.") % words})
    if running is not None and running.effective_from is not None and on < running.effective_from:
        words["first"] = date_format(running.effective_from, "j F Y")
        raise ValidationError({"on": _("The running plan starts on %(first)s: not before that.") % words})


def _check_waiting() -> None:
    waiting = Plan.objects.scheduled().first()
    if waiting is not None and waiting.effective_from is not None:
        said = {"version": waiting.version, "on": date_format(waiting.effective_from, "j F Y")}
        raise ValidationError(
            _("Plan %(version)d starts on %(on)s. Cancel that first: only one version can wait.") % said
        )


def _check_content(draft: Plan, running: Plan | None) -> None:
    if not draft.items.filter(is_off=False).exists():
        raise ValidationError(_("This draft owes nothing to anybody. Fill at least one cell."))
    if running is not None and not compare(running, draft):
        raise ValidationError(
            _("This draft says what plan %(version)d says already: nothing would change.")
            % {"version": running.version}
        )


def _recompute(user: User) -> None:
    """What is owed follows the new version: now for few accounts, else as soon as a worker is free."""
    if is_at_once():
        facts.changed(user_ids=[facts.NOBODY])
    elif Schedule.objects.filter(is_on=True).exists():
        transaction.on_commit(lambda: _ask_worker(user.display_name))


def _ask_worker(asked_by: str) -> None:
    try:
        current_app.send_task("cadences.tasks.follow_plan", kwargs={"asked_by": asked_by}, retry=False)
    except OperationalError as error:  # the next night does the same
        log.warning("no worker could be asked to recompute what is owed: %s", error)
