"""Invitations: one mailed link each. Never written when somebody answers; nothing here could say so."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from surveys.querysets import InvitationQuerySet


class Invitation(models.Model):
    """One contact is asked in one wave. No link, no ticket, no moment: only the day of sending.

    Codes, language and address are those of that day. Purged 30 days after the wave's close.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        QUEUED = "queued", _("waits in the outbox")
        HANDED_OVER = "handed_over", _("handed over")
        BOUNCED = "bounced", _("bounced")
        SUPPRESSED = "suppressed", _("not sent: asked for no surveys")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey("surveys.Wave", on_delete=models.CASCADE, related_name="invitations")
    contact = models.ForeignKey("contacts.Contact", on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=10)
    codes = models.JSONField(default=dict, help_text='Coarse and frozen, such as {"tier": "Large"}.')
    send_on = models.DateField()
    address = models.EmailField(help_text="At that time; lower case.")
    state = models.CharField(max_length=11, choices=State, default=State.PLANNED)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            # twice the same night, two workers at once: one mail
            models.UniqueConstraint(fields=["wave", "contact"], name="invitation_once_per_wave"),
            models.CheckConstraint(
                name="invitation_address_lower_case", condition=Q(address=Lower("address"))
            ),
        ]
        indexes = [models.Index(fields=["wave", "send_on"], name="invitation_by_day")]

    def __str__(self) -> str:
        return f"{self.wave_id} on {self.send_on}: {self.state}"


class Asked(models.Model):
    """That somebody was asked on a day: so that nobody is asked too often. Kept for 13 months.

    Holds neither wave nor invitation on purpose: it outlives both.
    """

    contact = models.ForeignKey("contacts.Contact", on_delete=models.CASCADE, related_name="+")
    programme = models.ForeignKey("surveys.Programme", on_delete=models.CASCADE, related_name="+")
    purchase = models.ForeignKey(
        "sales.Purchase", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    sent_on = models.DateField()

    class Meta:
        verbose_name_plural = "asked"
        constraints = [
            models.UniqueConstraint(fields=["contact", "programme", "sent_on"], name="asked_once_a_day"),
            # one purchase, one survey, whatever becomes of dates and touchpoints
            models.UniqueConstraint(
                fields=["programme", "purchase"],
                condition=Q(purchase__isnull=False),
                name="asked_once_per_purchase",
            ),
        ]
        indexes = [models.Index(fields=["sent_on"], name="asked_by_day")]

    def __str__(self) -> str:
        return f"{self.contact_id} on {self.sent_on}"
