"""The engine's conscience: did last night run, who is alive, what waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Account
from cadences.models import Plan, Schedule
from cadences.nightly import JOB, due_date
from cadences.planned.night import JOB as WRITTEN
from cadences.survey_night import JOB as SURVEYS
from core import jobs
from core.models import Heartbeat, JobRun
from correspondence import health
from surveys.health import alarms
from surveys.models import Programme
from users.clock import zone
from users.models import Company

PATIENCE = timedelta(minutes=15)
"""How long after its hour a night may still be on its way before admins see red."""

SIGN_OF_LIFE = timedelta(minutes=5)
PROCESSES = ("worker", "beat", "tick")
SHOWN_RUNS = 10
ALL_RUNS = 400


# By hand: every page of an admin asks it, and building it costs more than answering it.
MISSED = """
SELECT schedule.*,
    (SELECT max(period) FROM core_jobrun run WHERE run.job = %s AND run.state = %s) AS done,
    (SELECT time_zone FROM users_company company WHERE company.id = schedule.id) AS zone
FROM cadences_schedule schedule WHERE schedule.is_on
"""


@dataclass(frozen=True)
class Pulse:
    """One process, and when it last gave a sign of life."""

    name: str
    beat_at: datetime | None
    detail: str = ""
    installed_at: datetime | None = None

    @property
    def is_starting(self) -> bool:
        """Nothing can have been heard of it yet: this installation is minutes old."""
        return self.beat_at is None and not _is_long_ago(self.installed_at)

    @property
    def is_old(self) -> bool:
        return not self.is_starting and _is_long_ago(self.beat_at)


@dataclass(frozen=True)
class SurveyState:
    """The surveys of the night: their latest run, and what keeps them from being sent."""

    last: JobRun | None
    alarms: list[str]


@dataclass
class Conscience:
    """All that the Engine page shows."""

    schedule: Schedule
    plan: Plan | None
    company_zone: str
    missed: date | None
    next_at: datetime | None
    runs: list[JobRun] = field(default_factory=list)
    has_more: bool = False
    pulses: list[Pulse] = field(default_factory=list)
    troubled: list[dict[str, Any]] = field(default_factory=list)
    surveys: SurveyState | None = None
    mail: list[str] = field(default_factory=list)
    failures: list[tuple[Any, JobRun]] = field(default_factory=list)  # of jobs beside the night, in words
    written: JobRun | None = None  # the latest run that wrote what the plan owes in writing

    @property
    def last(self) -> JobRun | None:
        """The latest run that was really made, whatever came of it."""
        return self.runs[0] if self.runs else None

    @property
    def is_alive(self) -> bool:
        return not any(pulse.is_old for pulse in self.pulses)


def examine(*, all_runs: bool = False) -> Conscience:
    """Read the run log, the heartbeats and how surveys stand; a dozen queries."""
    most = ALL_RUNS if all_runs else SHOWN_RUNS
    schedule, company = Schedule.get(), Company.get()
    made = JobRun.objects.filter(job=JOB).exclude(state=JobRun.State.COVERED)
    runs = list(made.order_by("-period")[: most + 1])
    beats = Heartbeat.objects.in_bulk(PROCESSES)
    state = Conscience(
        schedule=schedule,
        plan=Plan.objects.filter(state=Plan.State.RUNNING).first(),
        company_zone=company.time_zone,
        missed=missed_night(),
        next_at=_next_at(schedule, company.time_zone, runs),
        runs=runs[:most],
        has_more=len(runs) > most,
        pulses=[_pulse(name, beats.get(name), company) for name in PROCESSES],
    )
    if state.last is not None:
        state.troubled = _troubled(state.last)
    state.surveys = _surveys(company.time_zone)
    state.mail = health.alarms(timezone.now())
    state.failures = jobs.failures()
    state.written = JobRun.objects.filter(job=WRITTEN).order_by("-period").first()
    return state


def _surveys(zone_name: str) -> SurveyState | None:
    """None where no programme is on and no wave is in danger."""
    said = alarms(timezone.now().astimezone(zone(zone_name)).date())
    if not said and not Programme.objects.filter(is_on=True).exists():
        return None
    last = JobRun.objects.filter(job=SURVEYS).order_by("-period").first()
    if last is not None and last.state in jobs.FAILED:
        said.append(last.error)
    said += (last.counts.get("troubles") or []) if last is not None else []
    return SurveyState(last, said)


def missed_night(now: datetime | None = None) -> date | None:
    """The night that should have run and has not, else None; one query.

    A night is missed once its hour is more than :data:`PATIENCE` ago by the company's clock.
    """
    now = (now or timezone.now()) - PATIENCE
    schedule: Any = next(iter(Schedule.objects.raw(MISSED, [JOB, JobRun.State.DONE])), None)
    if schedule is None or (schedule.switched_on_at and schedule.switched_on_at > now):
        return None
    on = due_date(schedule, now, schedule.zone or "UTC")
    if on is None or (schedule.done and date.fromisoformat(schedule.done) >= on):
        return None
    return on


def latest_run() -> JobRun | None:
    """What the button's progress line reads; one query."""
    return JobRun.objects.filter(job=JOB, started_at__isnull=False).order_by("-started_at", "-period").first()


def _next_at(schedule: Schedule, zone_name: str, runs: list[JobRun]) -> datetime | None:
    """When the next night is due: at its hour, or at the next tick when one is owed already."""
    if not schedule.is_on:
        return None
    place = zone(zone_name)
    local = timezone.now().astimezone(place)
    done = next((date.fromisoformat(run.period) for run in runs if run.state == JobRun.State.DONE), None)
    on = due_date(schedule, timezone.now(), zone_name)
    if on is not None and (done is None or done < on):
        return timezone.now()
    day = local.date()
    if local.time() >= schedule.nightly_at or (done is not None and done >= day):
        day += timedelta(days=1)
    return datetime.combine(day, schedule.nightly_at, tzinfo=place)


def _pulse(name: str, beat: Heartbeat | None, company: Company) -> Pulse:
    if beat is None:
        return Pulse(name, None, installed_at=company.created_at)
    return Pulse(name, beat.beat_at, beat.detail, company.created_at)


def _is_long_ago(at: datetime | None) -> bool:
    return at is None or timezone.now() - at > SIGN_OF_LIFE


def _troubled(run: JobRun) -> list[dict[str, Any]]:
    """The accounts that a run left out, by name, with the reason."""
    rows = run.counts.get("troubled") or []
    names = Account.objects.in_bulk([row["account"] for row in rows])
    return [row | {"account": names[row["account"]]} for row in rows if row["account"] in names]
