"""Asking for a referral or a testimonial (R4, R27): every ask leaves a record."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.querysets import AskQuerySet
from core.history import tracked
from core.models import TimeStamped


@tracked()
class Ask(TimeStamped):
    """Asked on, by whom, of which contact, the answer, and the company that was referred."""

    class Kind(models.TextChoices):
        REFERRAL = "referral", _("Referral")
        TESTIMONIAL = "testimonial", _("Testimonial")

    class Answer(models.TextChoices):
        OPEN = "open", _("No answer yet")
        YES = "yes", _("Yes")
        LATER = "later", _("Later")
        NO = "no", _("No")

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="asks")
    contact = models.ForeignKey(
        "contacts.Contact", null=True, blank=True, on_delete=models.SET_NULL, related_name="asks"
    )
    interaction = models.ForeignKey(
        "contacts.Interaction", null=True, blank=True, on_delete=models.SET_NULL, related_name="asks"
    )
    kind = models.CharField(max_length=12, choices=Kind)
    asked_on = models.DateField()
    asked_by = models.ForeignKey("users.User", null=True, on_delete=models.SET_NULL, related_name="asks")
    answer = models.CharField(max_length=6, choices=Answer, default=Answer.OPEN)
    referred_company = models.CharField(max_length=200, blank=True)

    objects = AskQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "-asked_on"], name="ask_timeline")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.asked_on}: {self.get_answer_display()}"
