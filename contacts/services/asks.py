"""Asking for a referral or a testimonial: every ask leaves a record (R4)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from contacts.models import Ask, Contact, Interaction
from contacts.services.entries import AskDraft
from users.access import require, require_active
from users.clock import today_for
from users.models import User


@transaction.atomic
def record_ask(
    user: User,
    account: Account,
    draft: AskDraft,
    *,
    contact: Contact | None = None,
    interaction: Interaction | None = None,
) -> Ask:
    """Asked on, by whom, of which contact, the answer and the company referred to."""
    require_active(user)
    _check(draft)
    return Ask.objects.create(
        account=account,
        contact=contact,
        interaction=interaction,
        kind=draft.kind,
        asked_on=today_for(user),
        asked_by=user,
        answer=draft.answer,
        referred_company=draft.referred_company.strip()[:200],
    )


@transaction.atomic
def answer_ask(user: User, ask: Ask, answer: str, referred_company: str = "") -> Ask:
    """What the customer said to it later."""
    require_active(user)
    require(
        Ask.objects.editable_by(user).filter(pk=ask.pk).exists(),
        _("Only who asked or those who look after the account may record the answer."),
    )
    _check(AskDraft(ask.kind, answer, referred_company))
    ask = Ask.objects.select_for_update(of=("self",)).get(pk=ask.pk)
    ask.answer = answer
    ask.referred_company = referred_company.strip()[:200]
    ask.save()
    return ask


def _check(draft: AskDraft) -> None:
    if draft.kind not in Ask.Kind.values:
        raise ValidationError({"kind": _("Choose referral or testimonial.")})
    if draft.answer not in Ask.Answer.values:
        raise ValidationError({"answer": _("Choose one of the answers in the list.")})
    if draft.referred_company and draft.kind != Ask.Kind.REFERRAL:
        raise ValidationError({"referred_company": _("Only a referral names another company.")})
