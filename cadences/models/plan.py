"""The communication plan: versions of items, built from the bottom up (R29)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cadences.exception_querysets import OverrideQuerySet
from cadences.plan_querysets import OfThePlanQuerySet, PlanItemQuerySet, PlanQuerySet, SlotQuerySet
from contacts.models import Interaction
from core.history import tracked
from core.models import TimeStamped

SLOT_AGREED = "agreed"
SLOT_TODO = "todo"


@tracked()
class Slot(models.Model):
    """What an item is for: relationship call, yearly survey, summer greeting … stable over versions.

    The slots ``agreed`` and ``todo`` are built in: dates promised to a customer, and own to-dos. Those of a
    campaign, a new owner and a thank-you are always counted from that event; all others from what their items
    say.
    """

    class Event(models.TextChoices):
        PURCHASE = "purchase", _("A purchase")
        CAMPAIGN = "campaign", _("The start of a servicing campaign")
        OWNER = "owner", _("A new owner")
        LETTER = "letter", _("A thank-you that has left")

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    is_track = models.BooleanField(default=False, help_text="Part of the 1-2-1 track after a purchase (R1).")
    event = models.CharField(
        max_length=8,
        choices=Event,
        default=Event.PURCHASE,
        help_text="What its items of the anchor after_event are counted from.",
    )

    objects = SlotQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                name="slot_track_follows_a_purchase", condition=Q(is_track=False) | Q(event="purchase")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_of_event(self) -> bool:
        """Counted from a campaign, a new owner or a thank-you, and from nothing else."""
        return self.event != self.Event.PURCHASE

    @property
    def group(self) -> str:
        """Where it stands on the ladder: the 1-2-1 track, an event, or all year (empty)."""
        return "track" if self.is_track else self.event if self.is_of_event else ""

    @property
    def rank(self) -> int:
        """The place of its group on the ladder."""
        return ("track", "", "owner", "letter", "campaign").index(self.group)


@tracked()
class Purpose(TimeStamped):
    """The sheet: talking points and checklist of a contact (R2, R4)."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    talking_points = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    checklist = models.JSONField(
        default=list,
        blank=True,
        help_text='List of {"key", "text", "gate"}; gate "favourable" is R4\'s cross-selling gate, or empty.',
    )

    objects = OfThePlanQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


@tracked()
class Plan(TimeStamped):
    """One version of the plan. At most one is running; a draft never influences what is owed.

    A scheduled version waits for its first day: the night of ``effective_from`` lets it run.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        RUNNING = "running", _("Running")
        RETIRED = "retired", _("Retired")

    version = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    effective_from = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    made_from = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="drafts",
        help_text="The version that this one began as a copy of.",
    )
    made_by = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    activated_by = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    activated_at = models.DateTimeField(null=True, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state__in=["running", "scheduled"]), name="plan_one_running"
            ),
            models.CheckConstraint(
                name="plan_live_from_a_day",
                condition=Q(state__in=["draft", "retired"]) | Q(effective_from__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Plan {self.version} ({self.state})"


@tracked()
class PlanItem(TimeStamped):
    """What a tier gets in a slot. Of every slot an account gets the item of the highest tier it reaches."""

    class Kind(models.TextChoices):
        CALL = "call", _("Call")
        EMAIL = "email", _("E-mail")
        LETTER = "letter", _("Letter")
        MEETING = "meeting", _("Meeting")
        VIDEO = "video", _("Video call")
        SURVEY = "survey", _("Survey")
        GIFT = "gift", _("Gift")
        TEXT = "text", _("Text message")

    class Anchor(models.TextChoices):
        AFTER_EVENT = "after_event", _("After an event")
        AFTER_CONTACT = "after_contact", _("After the last contact")
        CALENDAR = "calendar", _("In the calendar")

    class Unit(models.TextChoices):
        DAY = "day", _("days")
        WEEK = "week", _("weeks")
        MONTH = "month", _("months")
        YEAR = "year", _("years")

    class Cycle(models.TextChoices):
        YEAR = "year", _("Year")
        HALF = "half", _("Half-year")
        QUARTER = "quarter", _("Quarter")
        MONTH = "month", _("Month")

    class Starts(models.TextChoices):
        FIRST = "first", _("The first purchase")
        NEW = "new", _("A purchase after the running track has ended")
        RESTART = "restart", _("Every purchase, restarting a running track")

    class Assignee(models.TextChoices):
        OWNER = "owner", _("The account's owner")
        MANAGER = "manager", _("The owner's team manager")
        DEPUTY = "deputy", _("The owner's standing deputy")
        NOBODY = "nobody", _("Nobody: sent from the neutral address")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="items")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="items")
    tier = models.ForeignKey(
        "accounts.Tier",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="plan_items",
        help_text="Empty: the base plan, which every customer gets.",
    )
    is_off = models.BooleanField(default=False, help_text="From this tier on the slot is not used.")
    kind = models.CharField(max_length=8, choices=Kind)
    anchor = models.CharField(max_length=14, choices=Anchor)
    every = models.PositiveSmallIntegerField(
        default=0, help_text="Offset after the event, or interval after the contact, in units."
    )
    unit = models.CharField(max_length=5, choices=Unit, default=Unit.DAY)
    starts = models.CharField(
        max_length=8, choices=Starts, default=Starts.FIRST, help_text="after_event only"
    )
    min_amount = models.DecimalField(
        max_digits=18,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="after_event only: the day's purchases reach this sum, in the company's currency.",
    )
    product = models.CharField(
        max_length=80,
        blank=True,
        help_text="after_event only: a line of the day's purchases names this product (part of its name).",
    )
    cycle = models.CharField(max_length=8, choices=Cycle, blank=True, help_text="calendar only")
    window_from = models.PositiveSmallIntegerField(
        default=0, help_text="calendar only: days from the first day of the cycle to the window's first day"
    )
    window_days = models.PositiveSmallIntegerField(
        default=0, help_text="calendar only: length of the window in days"
    )
    tolerance_days = models.PositiveSmallIntegerField(default=0)
    lapse_after = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Days after due_on, for calendar items after the window's last day; empty: never.",
    )
    avoids_track = models.BooleanField(
        default=False, help_text="calendar only: not owed from the purchase to the track's last date"
    )
    assignee = models.CharField(max_length=7, choices=Assignee, default=Assignee.OWNER)
    minutes = models.PositiveSmallIntegerField(default=15)
    purpose = models.ForeignKey(
        Purpose, null=True, blank=True, on_delete=models.PROTECT, related_name="items"
    )
    template = models.ForeignKey(
        "correspondence.Template",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="plan_items",
        help_text="E-mail, letter, gift: what it is written with on its day; empty: a person writes it.",
    )
    approval = models.BooleanField(
        default=True, help_text="What was written waits as a draft; else it is queued at once."
    )
    qualifying = ArrayField(
        models.CharField(max_length=10, choices=Interaction.Kind),
        default=list,
        blank=True,
        help_text="Kinds of interaction that count as this contact.",
    )
    since = models.DateField(
        null=True,
        blank=True,
        help_text="effective_from of the first version from which the slot ran without a break.",
    )

    objects = PlanItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "slot", "tier"], name="planitem_once_per_slot_and_tier", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="planitem_fits_its_anchor",
                condition=Q(is_off=True)
                | Q(anchor="after_event")
                | Q(anchor="after_contact", every__gte=1)
                | Q(anchor="calendar", window_days__gte=1) & ~Q(cycle=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot} ({self.tier or 'base'})"


@tracked()
class Override(TimeStamped):
    """One account's exception from the plan in one slot, with a reason and perhaps a last day.

    Off; or another interval (rolling items); or ``as_tier``: served in this slot like an account of that
    tier, which also gives it a contact that its own tier has not.
    """

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="overrides")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="overrides")
    is_off = models.BooleanField(default=False)
    every = models.PositiveSmallIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=5, choices=PlanItem.Unit, blank=True)
    as_tier = models.ForeignKey(
        "accounts.Tier", null=True, blank=True, on_delete=models.CASCADE, related_name="overrides"
    )
    reason = models.CharField(max_length=200)
    since = models.DateField(
        null=True,
        blank=True,
        help_text="First day of the exception; what another tier lends is not owed for days before it.",
    )
    until = models.DateField(null=True, blank=True, help_text="Last day of the exception.")

    objects = OverrideQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "slot"], name="override_once"),
            models.CheckConstraint(
                name="override_begins_before_it_ends",
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
            ),
            models.CheckConstraint(
                name="override_changes_something",
                condition=Q(is_off=True, every__isnull=True, as_tier__isnull=True)
                | Q(is_off=False) & (Q(every__gte=1) & ~Q(unit="") | Q(as_tier__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        words = f"{self.every} {self.unit}" if self.every else f"as {self.as_tier}"
        return f"{self.account}, {self.slot}: {'off' if self.is_off else words}"
