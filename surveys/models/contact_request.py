"""Customers who ask to be called: a form of its own, tied to no survey and to no answer."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.history import tracked
from surveys.querysets import ContactRequestQuerySet


@tracked()
class ContactRequest(models.Model):
    """What somebody wrote of themself. A day and no time, a random id: it lines up with no ballot."""

    class State(models.TextChoices):
        OPEN = "open", _("waits")
        DONE = "done", _("taken care of")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("Your name"), max_length=120)
    company = models.CharField(_("Your company"), max_length=160)
    reach = models.CharField(_("Phone or e-mail"), max_length=160)
    message = models.TextField(_("What is it about?"), max_length=2000, blank=True)
    received_on = models.DateField()
    state = models.CharField(max_length=4, choices=State, default=State.OPEN)
    note = models.CharField(max_length=300, blank=True, help_text="What became of it.")
    handled_by = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    handled_on = models.DateField(null=True, blank=True)

    objects = ContactRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="contactrequest_done_with_words",
                condition=Q(state="open", handled_on__isnull=True)
                | Q(state="done", handled_on__isnull=False) & ~Q(note=""),
            )
        ]
        indexes = [models.Index(fields=["state", "-received_on"], name="contactrequest_list")]

    def __str__(self) -> str:
        return f"{self.name}, {self.company}"
