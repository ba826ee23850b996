"""Servicing campaigns: some weeks in which an account is looked after more closely (R9)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cadences.campaigns.querysets import CampaignQuerySet
from core.history import tracked
from core.models import TimeStamped

MOST_WEEKS = 12


@tracked()
class Campaign(TimeStamped):
    """One campaign on one account. What it owes are the plan's items of campaign slots, key ``E<id>``.

    It runs while ``ended_on`` is empty. A person ends it with a result, which ends what is still owed; where
    nobody does, the night after ``ends_on`` closes it with the result "over", and what was owed by then
    goes its way. Marking the account a former customer ends it, too.
    """

    class Result(models.TextChoices):
        WON = "won", _("Won")
        APPOINTMENT = "appointment", _("Appointment made")
        NO_INTEREST = "no_interest", _("No interest")
        OTHER = "other", _("Something else")
        OVER = "over", _("Its weeks ran out")
        FORMER = "former", _("They are a customer no more")

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="campaigns")
    started_on = models.DateField()
    started_by = models.ForeignKey("users.User", null=True, on_delete=models.SET_NULL, related_name="+")
    weeks = models.PositiveSmallIntegerField(default=4)
    ends_on = models.DateField(help_text="Its last day; nothing is owed for days after it.")
    reason = models.CharField(
        max_length=300, blank=True, help_text="Why it began although one of the five W's is not answered."
    )
    ended_on = models.DateField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    result = models.CharField(max_length=12, choices=Result, blank=True)
    words = models.CharField(max_length=1000, blank=True, help_text="What came of it.")

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            # two started at once would owe every call twice
            models.UniqueConstraint(
                fields=["account"], condition=Q(ended_on=None), name="campaign_one_running"
            ),
            models.CheckConstraint(
                name="campaign_of_some_weeks",
                condition=Q(weeks__range=(1, MOST_WEEKS), ends_on__gte=F("started_on")),
            ),
            models.CheckConstraint(
                name="campaign_ends_with_a_result",
                condition=Q(ended_on=None, result="") | Q(ended_on__isnull=False) & ~Q(result=""),
            ),
        ]
        indexes = [
            # the lists: what runs, by its last day; what ended, latest first
            models.Index(fields=["ends_on"], name="campaign_running", condition=Q(ended_on=None)),
            models.Index(fields=["-ended_on", "-id"], name="campaign_ended", condition=~Q(ended_on=None)),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} from {self.started_on} ({self.result or 'running'})"

    @property
    def key(self) -> str:
        """The cycle of its touchpoints."""
        return f"E{self.pk}"

    @property
    def is_running(self) -> bool:
        return self.ended_on is None

    def week(self, on: date) -> int:
        """In which of its weeks that day lies, counted from 1; never more than it has."""
        return max(1, min((on - self.started_on).days // 7 + 1, self.weeks))
