"""Who has the ear of whom at an account (R21)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contacts.querysets import InfluenceQuerySet
from core.history import tracked
from core.models import TimeStamped


@tracked()
class Influence(TimeStamped):
    """One person's word moves another's, besides the reporting lines. Both work at ``account``.

    The link outlasts a departure: it is shown while both work there, and again when who left comes back.
    """

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="influences")
    who = models.ForeignKey("contacts.Contact", on_delete=models.CASCADE, related_name="influences")
    whom = models.ForeignKey("contacts.Contact", on_delete=models.CASCADE, related_name="influenced_by")
    note = models.CharField(max_length=200, blank=True, help_text="Where that shows.")

    objects = InfluenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["who", "whom"], name="influence_once"),
            models.CheckConstraint(name="influence_on_another", condition=~Q(who=F("whom"))),
        ]

    def __str__(self) -> str:
        return _("%(who)s influences %(whom)s") % {"who": self.who, "whom": self.whom}
