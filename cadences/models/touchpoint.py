"""Contacts that are owed. What happened is an interaction: the difference is the ledger."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q

from cadences.models.plan import PlanItem
from cadences.querysets import TouchpointQuerySet


class Touchpoint(models.Model):
    """One owed contact, unique per (account, slot, cycle); docs/engine.md holds the rules.

    All dates are local civil dates. ``ideal_on`` is what the rule says, ``planned_on`` that moved to a
    working day, ``due_on`` the same unless a person snoozed or dated it by hand. Lateness always
    counts from ``planned_on``. Bulk-made by the engine in SQL, therefore without change triggers: its
    own columns say who closed it, when and why.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"
        SKIPPED = "skipped", "Skipped"
        LAPSED = "lapsed", "Lapsed"
        CANCELLED = "cancelled", "Cancelled"

    class Kind(models.TextChoices):
        CALL = "call", "Call"
        EMAIL = "email", "E-mail"
        LETTER = "letter", "Letter"
        MEETING = "meeting", "Meeting"
        VIDEO = "video", "Video call"
        SURVEY = "survey", "Survey"
        GIFT = "gift", "Gift"
        TEXT = "text", "Text message"
        TODO = "todo", "To-do"

    class Basis(models.TextChoices):
        """Which fact the ideal date was counted from."""

        PURCHASE = "purchase", "a purchase"
        CAMPAIGN = "campaign", "the start of a servicing campaign"
        OWNER = "owner", "a new owner"
        LETTER = "letter", "a thank-you that has left"
        CONTACT = "contact", "the last contact"
        SKIP = "skip", "the day it was skipped"
        TRACK = "track", "the end of the 1-2-1 track"
        FLOOR = "floor", "the start of the plan for this account, spread"
        PROMOTED = "promoted", "the promotion to a higher tier"
        WINDOW = "window", "its window in the calendar, spread"
        AGREED = "agreed", "an agreement with the customer"
        TODO = "todo", "a note to oneself"

    # Every index costs the night: those of foreign keys exist only where somebody looks by them.
    account = models.ForeignKey(
        "accounts.Account", on_delete=models.CASCADE, related_name="touchpoints", db_index=False
    )
    slot = models.ForeignKey(
        "cadences.Slot", on_delete=models.PROTECT, related_name="touchpoints", db_index=False
    )
    cycle = models.CharField(max_length=24)
    item = models.ForeignKey(
        "cadences.PlanItem",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="touchpoints",
        db_index=False,
    )
    plan_version = models.PositiveIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=8, choices=Kind)
    anchor = models.CharField(max_length=14, choices=[*PlanItem.Anchor.choices, ("agreed", "Agreed")])
    basis = models.CharField(max_length=8, choices=Basis)
    base_on = models.DateField(help_text="The day of the fact that the ideal date was counted from.")
    ideal_on = models.DateField()
    planned_on = models.DateField()
    due_on = models.DateField()
    due_at = models.DateTimeField(null=True, blank=True, help_text="Only for an agreed time.")
    tolerance_days = models.PositiveSmallIntegerField(default=0)
    lapses_on = models.DateField(null=True, blank=True, help_text="Last day on which it can still be done.")

    contact = models.ForeignKey(
        "contacts.Contact",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="touchpoints",
        db_index=False,
    )
    assignee = models.ForeignKey(
        "users.User",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="touchpoints",
        db_index=False,
    )
    about = models.CharField(max_length=300, blank=True, help_text="What was agreed, or the to-do itself.")

    is_touched = models.BooleanField(default=False, help_text="A person snoozed, dated or noted it.")
    snoozed_on = models.DateField(null=True, blank=True, help_text="The day somebody snoozed or dated it.")
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    reason = models.CharField(
        max_length=200, blank=True, help_text="Why skipped, lapsed, cancelled or snoozed."
    )
    closed_on = models.DateField(null=True, blank=True)
    closed_by = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    interaction = models.ForeignKey(
        "contacts.Interaction",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="touchpoints",
        db_index=False,
        help_text="What closed it.",
    )
    made_by = models.ForeignKey(
        "contacts.Interaction",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="agreed_touchpoints",
        db_index=False,
        help_text="The log or note that an agreed date or to-do came from.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TouchpointQuerySet.as_manager()

    is_projected = False
    """Only in previews: a later rolling contact, dated as if the one before it were kept; never stored."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "slot", "cycle"], name="touchpoint_once"),
            models.CheckConstraint(
                name="touchpoint_closed_on_a_day",
                condition=Q(state="open", closed_on__isnull=True)
                | ~Q(state="open") & Q(closed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="touchpoint_planned_not_after_lapse",
                condition=Q(lapses_on__isnull=True) | Q(lapses_on__gte=F("due_on")),
            ),
            # a date that Python cannot read would break every page it stands on; here it breaks one account
            models.CheckConstraint(
                name="touchpoint_dates_of_this_age",
                condition=Q(ideal_on__range=(date(1900, 1, 1), date(2999, 12, 31)))
                & Q(due_on__range=(date(1900, 1, 1), date(2999, 12, 31))),
            ),
        ]
        indexes = [
            # My day: what is open for one person, by date
            models.Index(fields=["assignee", "due_on"], name="touchpoint_my_day", condition=Q(state="open")),
            # the ledger of one person, or of a team, by month; its latest rows
            models.Index(fields=["assignee", "planned_on"], name="touchpoint_of_person"),
            # the latest rows of the company, a page at a time, and its rows of one month
            models.Index(fields=["planned_on"], name="touchpoint_by_day"),
            # the engine asks which accounts have an open agreed call; reassigning asks for the rest
            models.Index(
                fields=["account"], name="touchpoint_agreed", condition=Q(state="open", anchor="agreed")
            ),
            # withdrawing or correcting a log finds what it closed and what it made
            models.Index(
                fields=["interaction"],
                name="touchpoint_closed_by_log",
                condition=Q(interaction__isnull=False),
            ),
            models.Index(
                fields=["made_by"], name="touchpoint_made_by_log", condition=Q(made_by__isnull=False)
            ),
            models.Index(
                fields=["contact"], name="touchpoint_by_contact", condition=Q(contact__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot_id}/{self.cycle} due {self.due_on} ({self.state})"

    @property
    def is_from_plan(self) -> bool:
        """False for agreed dates and to-dos, which people make and the reconciler never cancels."""
        return self.anchor != "agreed"

    def redate(self, until: date, *, on: date) -> None:
        """Snooze or date by hand (``on`` is today): moves ``due_on`` and the lapse, nothing else.

        The lapse counts from the new date; a calendar item never lapses before its window does.
        Does not save.
        """
        after = self.item.lapse_after if self.item is not None else None
        if self.lapses_on is not None:
            moved = until + (timedelta(days=after) if after is not None else self.lapses_on - self.due_on)
            self.lapses_on = max(moved, self.lapses_on) if self.anchor == "calendar" else moved
        self.due_on = until
        self.snoozed_on = on
        self.is_touched = True
