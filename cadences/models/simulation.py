"""What a draft of the plan would cost: computed once, kept so that it can be left and found again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from core.models import TimeStamped

if TYPE_CHECKING:
    from users.models import User


class SimulationQuerySet(models.QuerySet[Any]):
    """Managers and admins read simulations; admins start them."""

    def visible_to(self, user: User) -> Self:
        return self.all() if user.is_manager or user.is_admin else self.none()

    def editable_by(self, user: User) -> Self:
        return self.all() if user.is_admin else self.none()

    def latest_first(self) -> Self:
        """With whoever asked for them."""
        return self.select_related("asked_by").order_by("-pk")


class Simulation(TimeStamped):
    """One run of the engine's query for a draft over the real accounts, and its figures.

    ``fingerprint`` is of the draft's items and of the day: figures of another fingerprint are stale.
    ``updated_at`` is when its worker last said something.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    plan = models.ForeignKey("cadences.Plan", on_delete=models.CASCADE, related_name="simulations")
    asked_by = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    as_of = models.DateField(help_text="The company's day on which it was asked.")
    effective_from = models.DateField(help_text="The first day that was assumed for the draft.")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    step = models.CharField(max_length=80, blank=True, help_text="What is being computed just now.")
    fingerprint = models.CharField(max_length=64)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    figures = models.JSONField(default=dict, blank=True)

    objects = SimulationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["plan", "-id"], name="simulation_latest")]

    def __str__(self) -> str:
        return f"Simulation of plan {self.plan_id} as of {self.as_of} ({self.state})"
