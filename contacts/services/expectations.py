"""What we led customers to expect, and whether it was met (R20)."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from contacts.models import Contact, Expectation, Interaction
from users.access import require, require_active
from users.clock import today_for
from users.models import User


@transaction.atomic
def record_expectation(
    user: User,
    account: Account,
    what: str,
    *,
    contact: Contact | None = None,
    led_on: date | None = None,
    interaction: Interaction | None = None,
) -> Expectation:
    """Write down what they now expect of us; anybody active may, as the one who led them to it."""
    require_active(user)
    today = today_for(user)
    wrong: dict[str, str] = {}
    if not what.strip():
        wrong["what"] = _("Say what they expect of us.")
    if led_on and led_on > today:
        wrong["led_on"] = _("That day is still to come: choose today or an earlier one.")
    if contact is not None and contact.account_id != account.pk:
        wrong["contact"] = _("Choose somebody who works at this account.")
    if wrong:
        raise ValidationError(wrong)
    return Expectation.objects.create(
        account=account,
        contact=contact,
        interaction=interaction,
        what=what.strip()[:300],
        led_by=user,
        led_on=led_on or today,
    )


@transaction.atomic
def judge_expectation(user: User, expectation: Expectation, state: str, words: str = "") -> Expectation:
    """Say whether it was met. What was not, or only partly, needs words: the next caller reads them."""
    expectation = _locked(user, expectation)
    judged = set(Expectation.State.values) - {Expectation.State.OPEN}
    if state not in judged:
        raise ValidationError({"state": _("Choose whether it was met, partly met or not met.")})
    if state != Expectation.State.MET and not words.strip():
        raise ValidationError({"words": _("Say how it turned out: the next caller reads it.")})
    expectation.state = state
    expectation.words = words.strip()[:300]
    expectation.judged_by = user
    expectation.judged_on = today_for(user)
    expectation.save()
    return expectation


@transaction.atomic
def reopen_expectation(user: User, expectation: Expectation) -> Expectation:
    """It is not known after all; what was said stays in the history."""
    expectation = _locked(user, expectation)
    expectation.state = Expectation.State.OPEN
    expectation.words = ""
    expectation.judged_by = expectation.judged_on = None
    expectation.save()
    return expectation


def _locked(user: User, expectation: Expectation) -> Expectation:
    require_active(user)
    require(
        Expectation.objects.editable_by(user).filter(pk=expectation.pk).exists(),
        _("Only who led them to expect it or those who look after the account may say how it turned out."),
    )
    locked: Expectation = Expectation.objects.select_for_update(of=("self",)).get(pk=expectation.pk)
    return locked
