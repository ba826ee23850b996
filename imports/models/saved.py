"""Mappings that people keep under a name, for all admins."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from core.models import TimeStamped
from imports.querysets import ForAdminsQuerySet


class SavedMappingQuerySet(ForAdminsQuerySet):
    def that_fit(self, header: list[str], kind: str = "") -> Self:
        """Whose columns are all in this header, the lately used first. ``kind``: of this kind only."""
        fits = self.filter(uses__contained_by=header).order_by("-used_at", "name")
        return fits.filter(kind=kind) if kind else fits


class SavedMapping(TimeStamped):
    """Columns and options of a kind of file, shared by all admins."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=14)
    columns = models.JSONField(help_text="{field: column}.")
    options = models.JSONField(default=dict, help_text="Without the day that dates a file's facts.")
    uses = ArrayField(models.CharField(max_length=120), help_text="Columns that a file must have.")
    created_by = models.ForeignKey("users.User", null=True, on_delete=models.SET_NULL, related_name="+")
    used_at = models.DateTimeField(auto_now_add=True)

    objects = SavedMappingQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="savedmapping_one_name")]

    def __str__(self) -> str:
        return self.name
