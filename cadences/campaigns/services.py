"""The verbs of servicing campaigns (R9): start, end, take the end back; the night closes the rest."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import DateField, F, Q, Value
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from accounts.services import may_edit
from cadences.campaigns.querysets import last_day
from cadences.models import Campaign, PlanItem, Slot, Touchpoint
from core import facts
from sales.five_ws import open_in_words
from users.access import require, require_active
from users.clock import company_today
from users.models import User

USUAL_WEEKS = 4
CALLS_A_WEEK = 2
BY_PHONE = (PlanItem.Kind.CALL, PlanItem.Kind.VIDEO)
MOST_ASKED_WEEKS = 12
BY_PERSON = (
    Campaign.Result.WON,
    Campaign.Result.APPOINTMENT,
    Campaign.Result.NO_INTEREST,
    Campaign.Result.OTHER,
)
"""What a person may say came of it; the other results are noted by what happened."""


def longest() -> int:
    """For how many weeks on end the running plan has at least two calls a week; 0: it has no campaign.

    Asked of the base plan, which every account reaches.
    """
    calls = PlanItem.objects.filter(
        plan__state="running", slot__event=Slot.Event.CAMPAIGN, tier=None, is_off=False, kind__in=BY_PHONE
    ).values_list("every", "unit")
    days = {PlanItem.Unit.DAY: 1, PlanItem.Unit.WEEK: 7, PlanItem.Unit.MONTH: 30, PlanItem.Unit.YEAR: 365}
    at = [every * days[PlanItem.Unit(unit)] // 7 for every, unit in calls]
    weeks = 0
    while weeks < MOST_ASKED_WEEKS and at.count(weeks) >= CALLS_A_WEEK:
        weeks += 1
    return weeks


@transaction.atomic
def start_campaign(user: User, account: Account, *, weeks: int = USUAL_WEEKS, reason: str = "") -> Campaign:
    """From today on; prospects and former customers may have one too.

    ``reason``: why it may begin although one of the five W's is open. Raises PermissionDenied, or
    ValidationError by field.
    """
    account = _locked(user, account)
    today = company_today()
    Campaign.objects.filter(account=account).ran_out(today).update(
        ended_on=F("ends_on"), result=Campaign.Result.OVER, updated_at=timezone.now()
    )
    _check_start(account, weeks, today)
    if not reason.strip() and (missing := open_in_words(account, today)):
        words = _("Not answered yet: %(open)s. Answer it on the account's page, or say why it can wait.")
        raise ValidationError({"reason": words % {"open": missing}})
    campaign: Campaign = Campaign.objects.create(
        account=account,
        started_on=today,
        started_by=user,
        weeks=weeks,
        ends_on=last_day(today, weeks),
        reason=reason.strip()[:300],
    )
    facts.changed(account_ids=[account.pk])
    return campaign


@transaction.atomic
def end_campaign(user: User, campaign: Campaign, *, result: str, words: str = "") -> Campaign:
    """Say what came of it: what it still owed is cancelled. One whose weeks ran out can be given its result.

    Raises PermissionDenied, ValidationError by field.
    """
    _locked(user, campaign.account)
    row = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if row.ended_on is not None and row.result != Campaign.Result.OVER:
        raise ValidationError(_ended_already(row))
    if result not in BY_PERSON:
        raise ValidationError({"result": _("Say what came of it: choose one of the list.")})
    if result == Campaign.Result.OTHER and not words.strip():
        raise ValidationError({"words": _("Say in a few words what came of it.")})
    row.ended_on = min(company_today(), row.ends_on)
    row.ended_by, row.result, row.words = user, result, words.strip()[:1000]
    row.save()
    facts.changed(account_ids=[row.account_id])
    return row


@transaction.atomic
def resume_campaign(user: User, campaign: Campaign) -> Campaign:
    """Take an end back: the campaign runs on, and what was cancelled is owed again. Within its weeks only."""
    _locked(user, campaign.account)
    row = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if row.ended_on is None:
        return row
    if row.account.status == Account.Status.FORMER and row.result == Campaign.Result.FORMER:
        raise ValidationError(_("They are a former customer: say first that they are a customer again."))
    if row.ends_on < company_today():
        raise ValidationError(_("Its weeks are over: start another campaign instead."))
    if Campaign.objects.running().filter(account=row.account_id).exists():
        raise ValidationError(_("Another campaign runs on this account by now."))
    row.ended_on = row.ended_by = None
    row.result = row.words = ""
    row.save()
    facts.changed(account_ids=[row.account_id])
    return row


def end_for_former(user: User, account: Account) -> None:
    """Called when a customer is marked former: whatever a campaign still owes them is owed no more.

    Also one whose weeks ran out, if calls of it are still open. It stays ended when they come back: a person
    resumes it, or starts another.
    """
    owing = Touchpoint.objects.open().filter(account=account, basis="campaign")
    late = [int(cycle[1:]) for cycle in owing.values_list("cycle", flat=True)]
    rows = Campaign.objects.filter(account=account).filter(
        Q(ended_on=None) | Q(result=Campaign.Result.OVER, pk__in=late)
    )
    rows.update(
        ended_on=Least(F("ends_on"), Value(company_today(), DateField())),
        ended_by=user,
        result=Campaign.Result.FORMER,
        updated_at=timezone.now(),
    )


def close_ran_out(on: date) -> int:
    """Called by the night: campaigns whose last day is over end by themselves. Returns how many.

    Changes nothing that is owed: what fell into their weeks goes its way.
    """
    return int(
        Campaign.objects.ran_out(on).update(
            ended_on=F("ends_on"), result=Campaign.Result.OVER, updated_at=timezone.now()
        )
    )


def _locked(user: User, account: Account) -> Account:
    require_active(user)
    row: Account = (
        Account.objects.select_for_update(no_key=True, of=("self",))
        .select_related("owner")
        .get(pk=account.pk)
    )
    require(
        may_edit(user, row),
        _("A campaign is started and ended by the account's owner, their deputy and manager."),
    )
    return row


def _check_start(account: Account, weeks: int, today: date) -> None:
    most = longest()
    if not most:
        raise ValidationError(
            _("The running plan has no campaign with two calls a week. An admin can add one.")
        )
    if not 1 <= weeks <= most:
        words = ngettext(
            "Between 1 and %(n)d week.", "Between 1 and %(n)d weeks: for so many the plan has calls.", most
        )
        raise ValidationError({"weeks": words % {"n": most}})
    if account.owner is None or not account.owner.is_active:
        raise ValidationError(_("Nobody would make the calls: give the account an owner first."))
    if running := Campaign.objects.running().filter(account=account).first():
        said = {"day": date_format(running.started_on, "j F"), "last": date_format(running.ends_on, "j F")}
        raise ValidationError(_("A campaign runs here since %(day)s, until %(last)s.") % said)
    if account.paused_from and account.paused_until and account.paused_from <= today <= account.paused_until:
        said = {"until": date_format(account.paused_until, "j F")}
        raise ValidationError(_("The account is paused until %(until)s. End the pause first.") % said)


def _ended_already(campaign: Campaign) -> str:
    said = {
        "name": campaign.ended_by.display_name if campaign.ended_by else _("A colleague"),
        "day": date_format(campaign.ended_on or campaign.ends_on, "j F"),
        "result": campaign.get_result_display().lower(),
    }
    return _("%(name)s has ended it on %(day)s: %(result)s.") % said
