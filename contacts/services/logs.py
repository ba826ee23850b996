"""Logging what happened, correcting it, taking it back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from contacts.models import Contact, Interaction
from contacts.reaching import was_reached
from contacts.services.asks import record_ask
from contacts.services.commitments import make_commitment
from contacts.services.concerns import raise_concern
from contacts.services.entries import LogEntry
from contacts.services.expectations import record_expectation
from core import facts
from users.access import is_owner_side, require, require_active
from users.clock import local, today_for
from users.models import User

CORRECTABLE = frozenset(
    {
        "kind",
        "outcome",
        "summary",
        "sentiment",
        "contact",
        "others",
        "direction",
        "happened_on",
        "covered",
        "refused_reason",
    }
)


@transaction.atomic
def log_interaction(user: User, account: Account, entry: LogEntry) -> Interaction:
    """Write down a contact, with the concern, promise and asks that came up in it.

    The same ``entry.token`` again returns the first log and writes nothing: a double click is one talk.
    Raises ValidationError naming the field, PermissionDenied for deactivated users.
    """
    interaction = write_log(user, account, entry)
    if interaction.kind != Interaction.Kind.NOTE:
        facts.changed(account_ids=[interaction.account_id])
    return interaction


@transaction.atomic
def write_log(user: User, account: Account, entry: LogEntry) -> Interaction:
    """:func:`log_interaction` without the bell, for verbs that close what was owed first and ring then."""
    require_active(user)
    account = (
        Account.objects.select_for_update(no_key=True, of=("self",))
        .select_related("owner__team")
        .get(pk=account.pk)
    )
    if entry.token and (before := Interaction.objects.filter(token=entry.token).first()):
        return _same_form(before, account, user)
    happened_on = _day(user, entry)
    _check(account, user, entry.__dict__ | {"happened_on": happened_on})
    interaction = Interaction.objects.create(
        account=account,
        contact=entry.contact,
        kind=entry.kind,
        direction=entry.direction,
        outcome=entry.outcome,
        reached=was_reached(entry.kind, entry.outcome),
        by_owner_side=is_owner_side(user, account.owner),
        happened_on=happened_on,
        happened_at=None if entry.happened_on else entry.happened_at or timezone.now(),
        user=user,
        summary=entry.summary.strip(),
        sentiment=entry.sentiment,
        covered=entry.covered,
        no_next_reason=entry.no_next_reason.strip(),
        refused_reason=entry.refused_reason.strip()[:200],
        token=entry.token,
    )
    if others := [other for other in entry.others if other != entry.contact]:
        interaction.others.add(*others)
    _log_companions(user, account, interaction, entry)
    return interaction


def add_note(user: User, account: Account, text: str, contact: Contact | None = None) -> Interaction:
    """A remark for everybody who opens the account; no contact with the customer."""
    if not text.strip():
        raise ValidationError({"summary": _("Write the note before saving it.")})
    return log_interaction(user, account, LogEntry("note", "noted", summary=text, contact=contact))


@transaction.atomic
def correct_interaction(user: User, interaction: Interaction, **changes: Any) -> Interaction:
    """Change what was logged; the row as it was stays in the history.

    Only :data:`CORRECTABLE` fields. Whether the customer was reached follows the outcome; whose side
    logged it stays as it was that day.
    """
    interaction = _locked(user, interaction)
    unknown = set(changes) - CORRECTABLE
    if unknown:
        raise ValueError(f"not correctable: {', '.join(sorted(unknown))}")
    before = interaction.happened_on
    others = list(changes.pop("others", interaction.others.all()))
    for name, value in changes.items():
        setattr(interaction, name, value)
    if interaction.happened_on != before:
        interaction.happened_at = None
    stands = {name: getattr(interaction, name) for name in CORRECTABLE - {"others"}}
    _check(interaction.account, user, stands | {"others": others})
    interaction.reached = was_reached(interaction.kind, interaction.outcome)
    interaction.save()
    interaction.others.set(other for other in others if other != interaction.contact)
    facts.changed(account_ids=[interaction.account_id])
    return interaction


@transaction.atomic
def withdraw_interaction(user: User, interaction: Interaction, reason: str) -> Interaction:
    """Take a log back: it stays readable with its reason and counts for nothing.

    What it had closed is settled by the listeners of ``core.facts`` (decision table, cycle keys).
    """
    if not reason.strip():
        raise ValidationError(
            {"reason": _("Say why the log is withdrawn; it stays visible with that reason.")}
        )
    interaction = _locked(user, interaction)
    interaction.withdrawn_at = timezone.now()
    interaction.withdrawn_by = user
    interaction.withdrawn_reason = reason.strip()[:200]
    interaction.token = None  # the form that made it may be saved anew
    interaction.save()
    facts.changed(account_ids=[interaction.account_id])
    return interaction


def _locked(user: User, interaction: Interaction) -> Interaction:
    """The row, locked behind its account, after asking whether this user may change it."""
    require_active(user)
    require(
        Interaction.objects.editable_by(user).filter(pk=interaction.pk).exists(),
        _("Only its author or those who look after the account may change a log."),
    )
    Account.objects.select_for_update(no_key=True).get(pk=interaction.account_id)
    locked = Interaction.objects.select_for_update(of=("self",)).get(pk=interaction.pk)
    if locked.withdrawn_at:
        raise ValidationError(_("This log was withdrawn already: log the contact anew."))
    return locked


def _same_form(before: Interaction, account: Account, user: User) -> Interaction:
    if before.account_id != account.pk or before.user_id != user.pk:
        raise ValidationError(_("This form was used for another log. Open it again and repeat the entry."))
    return before


def _day(user: User, entry: LogEntry) -> date:
    if entry.happened_on:
        return entry.happened_on
    return local(entry.happened_at, user).date() if entry.happened_at else today_for(user)


def _check(account: Account, user: User, said: dict[str, Any]) -> None:
    """Everything that is wrong, by field, in one go."""
    wrong: dict[str, str] = {}
    contact = said["contact"]
    if said["kind"] not in Interaction.Kind.values:
        wrong["kind"] = _("Choose how you were in contact.")
    if said["outcome"] not in Interaction.Outcome.values:
        wrong["outcome"] = _("Choose what came of it.")
    if said["sentiment"] is not None and said["sentiment"] not in range(1, 6):
        wrong["sentiment"] = _("The mood is a number from 1 (angry) to 5 (delighted).")
    if said["happened_on"] > today_for(user):
        wrong["happened_on"] = _("A log is of the past: choose today or an earlier day.")
    if contact is not None and contact.account_id != account.pk:
        wrong["contact"] = _("%(name)s does not work at this account: choose somebody who does.") % {
            "name": contact
        }
    if said["kind"] == Interaction.Kind.LETTER and contact is None:
        wrong["contact"] = _("A letter goes to a named person: choose the contact.")
    if any(other.account_id != account.pk for other in said.get("others", ())):
        wrong["others"] = _("Everybody who was there must work at this account.")
    if is_against_their_wish(said) and not said["refused_reason"].strip():
        wrong["refused_reason"] = _(
            "%(name)s does not want this channel: write why it was used all the same."
        ) % {"name": contact}
    if wrong:
        raise ValidationError(wrong)


def is_against_their_wish(said: dict[str, Any]) -> bool:
    """We used a channel that this person refused (R11). Theirs is the choice when they contact us, or ask to
    be called later."""
    contact = said["contact"]
    refused = contact.refused_channels if contact is not None else []
    theirs = said["direction"] == Interaction.Direction.IN or said["outcome"] == Interaction.Outcome.CALL_BACK
    return said["kind"] in refused and not theirs


def _log_companions(user: User, account: Account, interaction: Interaction, entry: LogEntry) -> None:
    """The concern, the promise and the asks of the talk, tied to it."""
    if entry.concern:
        draft = entry.concern
        raise_concern(
            user,
            account,
            draft.what,
            draft.severity,
            contact=entry.contact,
            owner=draft.owner,
            due_on=draft.due_on,
            interaction=interaction,
        )
    if entry.commitment:
        make_commitment(user, account, entry.commitment, contact=entry.contact, interaction=interaction)
    if entry.expectation.strip():
        record_expectation(
            user,
            account,
            entry.expectation,
            contact=entry.contact,
            led_on=interaction.happened_on,
            interaction=interaction,
        )
    for ask in entry.asks:
        record_ask(user, account, ask, contact=entry.contact, interaction=interaction)
