"""Who is not asked, and who waits for a manager's word."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.history import tracked
from core.models import TimeStamped
from surveys.querysets import ExclusionQuerySet, HeldBackQuerySet


@tracked()
class Exclusion(TimeStamped):
    """An account or one contact that is not asked; only managers say so, with a reason, and it is counted."""

    account = models.ForeignKey(
        "accounts.Account", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    contact = models.ForeignKey(
        "contacts.Contact", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    reason = models.CharField(max_length=200)
    by = models.ForeignKey("users.User", null=True, on_delete=models.SET_NULL, related_name="+")
    until = models.DateField(null=True, blank=True, help_text="Last day; empty: until somebody ends it.")

    objects = ExclusionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="exclusion_of_one",
                condition=Q(account__isnull=False, contact__isnull=True)
                | Q(account__isnull=True, contact__isnull=False),
            ),
            models.CheckConstraint(name="exclusion_with_reason", condition=~Q(reason="")),
            models.UniqueConstraint(fields=["account"], name="exclusion_once_per_account"),
            models.UniqueConstraint(fields=["contact"], name="exclusion_once_per_contact"),
        ]

    def __str__(self) -> str:
        return f"account {self.account_id or '-'}, contact {self.contact_id or '-'}: {self.reason}"


class HeldBack(TimeStamped):
    """Somebody who would be asked, if a manager says so: once per account and cycle of a programme."""

    class Reason(models.TextChoices):
        ADDRESS_CHANGED = "address_changed", _("address changed by the sales side after the purchase")
        NO_ADDRESS = "no_address", _("nobody with an e-mail address")

    class State(models.TextChoices):
        OPEN = "open", _("waits")
        RELEASED = "released", _("may be asked")
        SKIPPED = "skipped", _("not asked")
        OVER = "over", _("too late")

    programme = models.ForeignKey("surveys.Programme", on_delete=models.CASCADE, related_name="held_back")
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    cycle = models.CharField(max_length=24, help_text="Of what is owed.")
    contact = models.ForeignKey(
        "contacts.Contact", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    address = models.EmailField(blank=True, help_text="The one that was looked at: another one waits again.")
    reason = models.CharField(max_length=15, choices=Reason)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    since = models.DateField()
    decided_by = models.ForeignKey("users.User", null=True, on_delete=models.SET_NULL, related_name="+")
    decided_because = models.CharField(max_length=200, blank=True)

    objects = HeldBackQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "held back"
        constraints = [
            models.UniqueConstraint(fields=["programme", "account", "cycle"], name="heldback_once_per_cycle"),
            models.CheckConstraint(
                name="heldback_skipped_with_reason", condition=~Q(state="skipped") | ~Q(decided_because="")
            ),
        ]
        indexes = [models.Index(fields=["since"], condition=Q(state="open"), name="heldback_open")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.cycle}: {self.reason} ({self.state})"
