"""Which mails about a day have been settled: once per person and period, whatever rings how often."""

from __future__ import annotations

from django.db import models


class Digest(models.Model):
    """One morning of one person is settled: the mail is in the outbox, or there was nothing to say.

    ``day``: the civil date at their place; for the team's mail the Monday of its week.
    """

    class Kind(models.TextChoices):
        DAY = "day", "Their day"
        TEAM = "team", "Their team's week"

    user = models.ForeignKey("users.User", on_delete=models.CASCADE, related_name="digests")
    kind = models.CharField(max_length=4, choices=Kind)
    day = models.DateField()
    is_mailed = models.BooleanField(help_text="False: there was nothing to say.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind", "day"], name="digest_once")]
        indexes = [models.Index(fields=["day"], name="digest_by_day")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}, {self.day}"
