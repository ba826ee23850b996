"""The verbs of mailings: write a draft, schedule, pause, resume, stop, throw away."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from celery import current_app
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from correspondence.mailings import holding, missing
from correspondence.mailings.audience import Audience
from correspondence.models import Identity, Mailing, Medium, Topic
from correspondence.services.enqueueing import ring
from users.access import acts_for, require
from users.models import User

State = Mailing.State
MOST = 50_000
MOST_OF_ONE = 200
"""So many at once may salespeople write to, their own accounts; more is a matter for the team's manager."""

MOST_FOUND = 2 * MOST
"""Whoever is left out is kept, too, with the reason."""

CHANGEABLE = frozenset({
    "name", "medium", "template", "topic", "query", "criteria", "whom", "sender", "by_owner", "rest_days",
})  # fmt: skip
TASK = "correspondence.tasks.prepare_mailing"
logger = logging.getLogger(__name__)


@transaction.atomic
def save(user: User, fields: Mapping[str, Any], mailing: Mailing | None = None, token: Any = None) -> Mailing:
    """A new draft, or other words, people, sender for one. The same ``token`` again is the same draft.

    Raises ValidationError by field, PermissionDenied.
    """
    require(user.may_mail, _("Mailings are written by salespeople, managers and admins."))
    if mailing is None and token and (before := Mailing.objects.filter(token=token, created_by=user).first()):
        return before
    mailing = _locked(user, mailing) if mailing else Mailing(created_by=user, token=token)
    _require_draft(mailing)
    if unknown := set(fields) - CHANGEABLE:
        raise ValueError(f"not changeable: {', '.join(sorted(unknown))}")
    for name, value in fields.items():
        setattr(mailing, name, value)
    if wrong := _wrong(user, mailing):
        raise ValidationError(wrong)
    mailing.save()
    return mailing


@transaction.atomic
def schedule(
    user: User,
    mailing: Mailing,
    accounts: QuerySet[Any, Any],
    *,
    starts_at: datetime | None = None,
    per_hour: int | None = None,
) -> Mailing:
    """Freeze who gets it and which words, to leave from that moment on (None: now).

    ``accounts``: ids of those that its criteria find now. Raises ValidationError with what is missing,
    PermissionDenied. Twice is once: the second finds no draft any more.
    """
    mailing = _locked(user, mailing)
    _require_draft(mailing)
    wrong = _wrong(user, mailing) | _unready(mailing)
    now = timezone.now()
    if starts_at is not None and starts_at < now:
        wrong["starts_at"] = _("That moment is over: choose a later one, or leave it empty to start now.")
    if wrong:
        raise ValidationError(wrong)
    found = Audience(mailing, accounts=accounts, user=user).freeze(MOST_FOUND + 1)
    mailing.rows_total = mailing.rows_left = mailing.recipients.waiting().count()
    _require_size(user, found, mailing.rows_total)
    mailing.starts_at = mailing.spaced_from = starts_at or now
    mailing.spaced_place = 1
    mailing.per_hour = per_hour if mailing.medium == Medium.EMAIL else None
    mailing.state = State.SCHEDULED if mailing.starts_at > now else State.RUNNING
    mailing.save()
    if mailing.state == State.RUNNING:
        transaction.on_commit(partial(call, mailing.pk), robust=True)
    return mailing


@transaction.atomic
def pause(user: User, mailing: Mailing) -> Mailing:
    """Hold back everything that has not left. Raises ValidationError when there is nothing to hold back."""
    mailing = _locked(user, mailing)
    if mailing.state not in (State.SCHEDULED, State.RUNNING):
        raise ValidationError(_("Only a mailing that is scheduled or running can be paused."))
    holding.hold(mailing)
    mailing.state, mailing.lease_until = State.PAUSED, None
    mailing.save()
    return mailing


@transaction.atomic
def resume(user: User, mailing: Mailing) -> Mailing:
    """Go on with exactly what was held back, at the same pace. Raises ValidationError if it is not paused."""
    mailing = _locked(user, mailing)
    if mailing.state != State.PAUSED:
        raise ValidationError(_("Only a paused mailing can be resumed."))
    now = timezone.now()
    mailing.spaced_from = max(now, mailing.starts_at or now)
    mailing.spaced_place = holding.first_place(mailing)
    mailing.state = State.SCHEDULED if mailing.spaced_from > now else State.RUNNING
    mailing.attempts, mailing.error = 0, ""
    mailing.save()
    holding.go_on(mailing)
    transaction.on_commit(partial(call, mailing.pk), robust=True)
    transaction.on_commit(ring, robust=True)
    return mailing


@transaction.atomic
def stop(user: User, mailing: Mailing) -> Mailing:
    """For good: what has not left never leaves. Raises ValidationError when it is over already."""
    mailing = _locked(user, mailing)
    if not mailing.is_ahead:
        raise ValidationError(_("Only a mailing that has been scheduled and is not over can be stopped."))
    holding.stop(mailing)
    mailing.state, mailing.lease_until, mailing.finished_at = State.STOPPED, None, timezone.now()
    mailing.save()
    return mailing


@transaction.atomic
def delete(user: User, mailing: Mailing) -> None:
    """Throw a draft away."""
    mailing = _locked(user, mailing)
    _require_draft(mailing)
    mailing.delete()


def call(mailing_id: int) -> None:
    """Tell a worker. Without a broker nothing is lost: the mailing waits for the next tick."""
    try:
        current_app.send_task(TASK, args=[mailing_id], retry=False)
    except Exception:
        logger.warning("the broker does not answer; mailing %s waits", mailing_id, exc_info=True)


def may_send_as(user: User) -> QuerySet[User]:
    """Whom this user may choose as the sender: themself and whom they act for; admins everybody active."""
    people = User.objects.filter(is_active=True)
    return people if user.is_admin else people.filter(pk__in=acts_for(user))


def _locked(user: User, mailing: Mailing) -> Mailing:
    allowed = Mailing.objects.editable_by(user).filter(pk=mailing.pk).exists()
    require(allowed, _("A mailing is its maker's, and of those who act for them."))
    return (
        Mailing.objects.select_for_update(of=("self",))
        .select_related("template", "sender")
        .get(pk=mailing.pk)
    )


def _require_draft(mailing: Mailing) -> None:
    if not mailing.is_draft:
        raise ValidationError(_("It has been scheduled: who gets it, and the words, stand."))


def _require_size(user: User, found: int, total: int) -> None:
    if not total:
        raise ValidationError(_("Nobody would get it. Widen the criteria, or see why they are left out."))
    if found > MOST_FOUND or total > MOST:
        words = _("These are more than %(most)d recipients. Narrow the criteria.")
        raise ValidationError(words % {"most": MOST})
    if total > MOST_OF_ONE and not (user.is_manager or user.is_admin):
        words = _(
            "Salespeople write to %(most)d at most. Narrow the criteria, or ask your manager to send it."
        )
        raise ValidationError(words % {"most": MOST_OF_ONE})


def _wrong(user: User, mailing: Mailing) -> dict[str, Any]:
    """What a draft may not say, by field."""
    wrong: dict[str, Any] = {}
    if not mailing.name.strip():
        wrong["name"] = _("Give it a name: colleagues find it by that.")
    if mailing.topic not in (Topic.SERVICE, Topic.MARKETING):
        wrong["topic"] = _("Surveys are sent from their own pages.")
    if mailing.by_owner:
        mailing.sender = None
    elif mailing.sender is None:
        wrong["sender"] = _("Choose who writes, or let each account's owner write.")
    elif not may_send_as(user).filter(pk=mailing.sender.pk).exists():
        wrong["sender"] = _("You may send in your own name and in that of people you act for.")
    return wrong


def _unready(mailing: Mailing) -> dict[str, Any]:
    """What is missing before it can leave, by field."""
    wrong: dict[str, Any] = {}
    if mailing.template is None or mailing.template.is_retired:
        wrong["template"] = _("Choose a template that is in use.")
        return wrong
    words = Audience(mailing, accounts=Mailing.objects.none().values("pk"))
    if not words.texts:
        wrong["template"] = _("%(name)s has no words for this medium. Write them, or choose another.") % {
            "name": mailing.template
        }
    elif names := missing.unusable(words.names):
        wrong["template"] = _(
            "A mailing has no value for %(names)s: these belong to one talk, meeting or gift."
        ) % {"names": ", ".join(f"{{{{{name}}}}}" for name in names)}
    if mailing.medium == Medium.EMAIL and mailing.sender and not _has_identity(mailing.sender):
        wrong["sender"] = _(
            "%(name)s has no verified address to send from: they verify one under My mail."
        ) % {"name": mailing.sender}
    return wrong


def _has_identity(user: User) -> bool:
    return Identity.objects.verified().filter(user=user).exists()
