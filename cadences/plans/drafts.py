"""Drafts: copies of a version, several beside each other, that owe nothing to anybody."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cadences.models import Plan, PlanItem, Purpose
from users.access import require_admin
from users.models import User

MOST_DRAFTS = 20


def lock_plans() -> None:
    """Versions are numbered, activated and rolled back one after another; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7435, 0)")


def locked_draft(user: User, plan: Plan) -> Plan:
    """The draft as it is now, for an admin alone; raises ValidationError once it is no draft any more."""
    require_admin(user)
    found = Plan.objects.select_for_update().filter(pk=plan.pk).first()
    if found is None:
        raise ValidationError(_("This draft has been discarded meanwhile. Nothing was saved."))
    if found.state != Plan.State.DRAFT:
        words = {"version": found.version, "state": found.get_state_display().lower()}
        raise ValidationError(
            _("Plan %(version)d is %(state)s and no longer edited. Make a draft of it and change that.")
            % words
        )
    return found


@transaction.atomic
def draft_of(user: User, plan: Plan | None = None) -> Plan:
    """A new draft with the items of ``plan``; of the running version (else the newest) if none is said.

    Several drafts may stand beside each other: each has a number of its own.
    """
    require_admin(user)
    lock_plans()
    if Plan.objects.drafts().count() >= MOST_DRAFTS:
        raise ValidationError(
            _("There are %(n)d drafts already. Discard one that nobody needs any more.") % {"n": MOST_DRAFTS}
        )
    return copy_of(user, plan or Plan.objects.running().first() or Plan.objects.newest_first().first())


def copy_of(user: User, source: Plan | None) -> Plan:
    """The next version, with the items of ``source``. For callers that hold :func:`lock_plans`."""
    newest = Plan.objects.aggregate(Max("version"))["version__max"] or 0
    draft = Plan.objects.create(version=newest + 1, made_from=source, made_by=user)
    if source is not None:
        PlanItem.objects.bulk_create(
            [_copy(item, draft) for item in PlanItem.objects.filter(plan=source).order_by("id")]
        )
    return draft


def _copy(item: PlanItem, draft: Plan) -> PlanItem:
    """The same item in another version; from when on it owes is decided when that version starts."""
    values = {
        field.attname: getattr(item, field.attname)
        for field in PlanItem._meta.concrete_fields
        if field.attname not in {"id", "plan_id", "since", "created_at", "updated_at"}
    }
    return PlanItem(plan=draft, **values)


@transaction.atomic
def name_draft(user: User, plan: Plan, note: str) -> Plan:
    """Say in a line what this version is about."""
    draft = locked_draft(user, plan)
    draft.note = note.strip()
    if len(draft.note) > 200:
        raise ValidationError({"note": _("At most %(n)d characters.") % {"n": 200}})
    draft.save(update_fields=["note", "updated_at"])
    return draft


@transaction.atomic
def discard(user: User, plan: Plan) -> None:
    """Throw a draft away, with the sheets that only it used. Refused for the only version there is."""
    draft = locked_draft(user, plan)
    if not Plan.objects.exclude(pk=draft.pk).exists():
        raise ValidationError(_("This is the only version of the plan. Change it instead."))
    sheets = set(draft.items.filter(purpose__isnull=False).values_list("purpose_id", flat=True))
    draft.delete()
    Purpose.objects.filter(pk__in=sheets, items__isnull=True).delete()
