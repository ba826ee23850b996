"""How far a campaign is: its week, what was done and missed, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadences.models import Campaign, Touchpoint

MISSED = {Touchpoint.State.SKIPPED, Touchpoint.State.LAPSED}


@dataclass(frozen=True)
class Step:
    """One contact of a campaign."""

    pk: int
    slot: str
    kind: str
    state: str
    due_on: date
    closed_on: date | None
    is_late: bool

    @property
    def mark(self) -> str:
        """done, missed, late, next (open) or gone (cancelled)."""
        if self.state in MISSED:
            return "missed"
        if self.state == Touchpoint.State.OPEN:
            return "late" if self.is_late else "open"
        return "done" if self.state == Touchpoint.State.DONE else "gone"

    @property
    def words(self) -> str:
        return {
            "done": _("done"), "missed": _("missed"), "late": _("late"), "open": _("to come"),
            "gone": _("cancelled"),
        }[self.mark]  # fmt: skip


@dataclass(frozen=True)
class Progress:
    """A campaign of ``with_steps`` as it stands on ``today``."""

    campaign: Campaign
    today: date
    steps: list[Step]

    @property
    def is_over(self) -> bool:
        """Its weeks have run out, whether or not a night has noted it yet."""
        return self.campaign.ends_on < self.today

    @property
    def week(self) -> int:
        return self.campaign.week(self.today)

    @property
    def done(self) -> list[Step]:
        return [step for step in self.steps if step.mark == "done"]

    @property
    def missed(self) -> list[Step]:
        return [step for step in self.steps if step.mark == "missed"]

    @property
    def next(self) -> Step | None:
        return next((step for step in self.steps if step.state == Touchpoint.State.OPEN), None)

    @property
    def shown(self) -> list[Step]:
        """Without what the end of the campaign cancelled."""
        return [step for step in self.steps if step.mark != "gone"]

    @property
    def counted(self) -> str:
        """ "3 done, 1 missed, 8 to come"."""
        still = sum(step.state == Touchpoint.State.OPEN for step in self.steps)
        done, missed = len(self.done), len(self.missed)
        parts = [
            ngettext("%(n)d done", "%(n)d done", done) % {"n": done},
            ngettext("%(n)d missed", "%(n)d missed", missed) % {"n": missed} if missed else "",
            ngettext("%(n)d to come", "%(n)d to come", still) % {"n": still} if still else "",
        ]
        return ", ".join(part for part in parts if part)

    @property
    def may_resume(self) -> bool:
        """Ended by a person, and its weeks are not over."""
        return self.campaign.ended_on is not None and not self.is_over


def progress(campaign: Campaign, today: date) -> Progress:
    """Of a campaign of ``with_steps`` (one query for a whole list)."""
    steps: list[dict[str, object]] = getattr(campaign, "steps", [])
    return Progress(campaign, today, [_step(said, today) for said in steps])


def _step(said: dict[str, object], today: date) -> Step:
    due, closed = date.fromisoformat(str(said["due_on"])), said["closed_on"]
    grace = timedelta(days=int(str(said["tolerance"])))
    planned = date.fromisoformat(str(said["planned_on"]))
    return Step(
        pk=int(str(said["pk"])),
        slot=str(said["slot"]),
        kind=str(said["kind"]),
        state=str(said["state"]),
        due_on=due,
        closed_on=date.fromisoformat(str(closed)) if closed else None,
        is_late=said["state"] == Touchpoint.State.OPEN and max(due, planned + grace) < today,
    )
