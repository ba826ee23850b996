"""Whom a salesperson's own mail is from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from core.history import tracked
from core.models import TimeStamped
from correspondence.querysets import IdentityQuerySet


@tracked(exclude=("token",))
class Identity(TimeStamped):
    """A user's own sender: nobody else's. Nothing is sent from it before its address is verified, by a link
    mailed to it.
    """

    user = models.OneToOneField("users.User", on_delete=models.CASCADE, related_name="identity")
    name = models.CharField(max_length=100, help_text="As recipients read it.")
    address = models.EmailField(help_text="Lower case.")
    signature = models.TextField(blank=True, help_text="Below every mail; source like any body.")
    wanted = models.EmailField(
        blank=True, help_text="The next address, while its link waits: until then the old one sends."
    )
    verified_at = models.DateTimeField(null=True, blank=True)
    token = models.CharField(
        max_length=64, blank=True, editable=False, help_text="SHA-256 of the link's secret, while it waits."
    )
    token_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = IdentityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            models.CheckConstraint(name="identity_address_lower_case", condition=Q(address=Lower("address"))),
            # two people must not write as one
            models.UniqueConstraint(
                fields=["address"], condition=Q(verified_at__isnull=False), name="identity_verified_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>"

    @property
    def unproven(self) -> str:
        """The address whose link waits; "" when there is none."""
        return self.wanted or ("" if self.verified_at else self.address)
