"""The verbs: ask for a simulation, compute it, take up what a dead worker left.

A run holds an advisory lock of its session for as long as it works; PostgreSQL ends it with the process. A
row that says ``running`` without it has stopped: the queue gives its message to another worker, or
whoever asks again begins anew.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from celery import current_app
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Account
from cadences import plans
from cadences.models import Plan, Simulation
from cadences.simulation.computing import compute
from users.access import require_admin
from users.clock import company_today
from users.models import User

State = Simulation.State
BUSY = (State.WAITING, State.RUNNING)
TASK = "cadences.tasks.simulate"
AT_ONCE = 3_000
"""Up to so many accounts the figures are computed while the admin waits; beyond, a worker does it."""

PATIENCE = timedelta(seconds=45)
"""After so long without a worker the page says so, and asking again rings again."""

GRACE = timedelta(seconds=30)
LOCKS = 7437  # first key of the advisory locks of simulations
NO_FACT = ("id", "plan", "since", "created_at", "updated_at")

log = logging.getLogger(__name__)


def start(user: User, plan: Plan, on: date | None = None) -> Simulation:
    """Ask for the figures of a draft that takes over on that day (today); while one run is at work, that one.

    Raises ValidationError for a version that is no draft or owes nothing, for a day on which no draft can
    begin, and while a run for another day is at work.
    """
    require_admin(user)
    first = on or company_today()
    plans.check_first_day(first, Plan.objects.running().first())
    with transaction.atomic():
        simulation, is_to_ring = _entered(user, plan, first)
    if is_to_ring and Account.objects.count() <= AT_ONCE:
        work(simulation.pk)
    elif is_to_ring:
        transaction.on_commit(partial(_ring, simulation.pk))
    try:
        simulation.refresh_from_db()
    except Simulation.DoesNotExist:
        raise ValidationError(_("The draft was discarded while its figures were computed.")) from None
    return simulation


def _entered(user: User, plan: Plan, on: date) -> tuple[Simulation, bool]:
    """The row to look at, and whether somebody has to be called for it."""
    draft = Plan.objects.select_for_update().get(pk=plan.pk)
    _check(draft)
    latest = Simulation.objects.filter(plan=draft, state__in=BUSY).latest_first().first()
    if latest is not None and not has_stopped(latest):
        _agree(latest, on)
        return latest, is_left_alone(latest)
    if latest is not None:
        _fail(latest.pk, _("Its worker stopped. It was begun anew."))
    today = company_today()
    made = Simulation.objects.create(
        plan=draft, asked_by=user, as_of=today, effective_from=on, fingerprint=fingerprint(draft, today)
    )
    return made, True


def _agree(busy: Simulation, on: date) -> None:
    """One that still waits takes the day that was asked for last; one at work is not turned round."""
    if busy.effective_from == on:
        return
    waits = Simulation.objects.filter(pk=busy.pk, state=State.WAITING)
    if not waits.update(effective_from=on):  # the age of its asking stays
        words = _("A simulation from %(day)s is being computed. Ask again when it is done.")
        raise ValidationError({"on": words % {"day": date_format(busy.effective_from, "j F Y")}})


def _check(draft: Plan) -> None:
    if draft.state != Plan.State.DRAFT:
        raise ValidationError(
            _("Plan %(version)d is %(state)s: only a draft is simulated. Make a draft of it first.")
            % {"version": draft.version, "state": draft.get_state_display().lower()}
        )
    if not draft.items.filter(is_off=False).exists():
        raise ValidationError(_("This draft owes nothing to anybody. Fill at least one cell."))


def fingerprint(plan: Plan, today: date) -> str:
    """Of all that the figures come from but the accounts: items, ranks, the running version, the day."""
    names = [field.attname for field in plan.items.model._meta.fields if field.name not in NO_FACT]
    items = plan.items.order_by("slot_id", "tier__rank").values_list("tier__rank", *names)
    running = Plan.objects.running().values_list("pk", flat=True).first()
    text = repr([plan.state, running, today.isoformat(), *items])
    return sha256(text.encode()).hexdigest()


# -- the worker ------------------------------------------------------------------------------------------


def work(simulation_id: int) -> None:
    """Compute a simulation that waits or was left by a dead worker; two workers at once do it once."""
    with _alone(simulation_id) as is_alone:
        if not is_alone or (simulation := _begun(simulation_id)) is None:
            return
        try:
            _check(simulation.plan)
            figures = compute(simulation.plan, simulation.effective_from, partial(_tell, simulation_id))
        except ValidationError as refused:
            _fail(simulation_id, " ".join(refused.messages))
        except DatabaseError:
            log.exception("simulation %s failed", simulation_id)
            words = _(
                "The database refused the question. If it does so again, “Run now” on the page Engine names "
                "accounts whose data break the run; the worker's log has the details."
            )
            _fail(simulation_id, words)
        except Exception:
            log.exception("simulation %s failed", simulation_id)
            _fail(simulation_id, _("An unexpected error stopped it. The worker's log has the details."))
        else:
            _finish(simulation, figures)


@transaction.atomic
def _begun(simulation_id: int) -> Simulation | None:
    """The row, dated and fingerprinted anew: what counts is what is computed, not what was asked for."""
    rows = Simulation.objects.filter(pk=simulation_id, state__in=BUSY).select_related("plan")
    found: Simulation | None = rows.select_for_update(of=("self",)).first()
    if found is None:
        return None
    today, now = company_today(), timezone.now()
    found.state, found.started_at, found.as_of = State.RUNNING, now, today
    found.effective_from = max(found.effective_from, today)
    found.fingerprint, found.step, found.figures = fingerprint(found.plan, today), "", {}
    found.save()
    return found


def _tell(simulation_id: int, step: str, done: int, steps: int) -> None:
    _write(simulation_id, step=step, figures={"done": done, "steps": steps})


def _finish(simulation: Simulation, figures: dict[str, Any]) -> None:
    """Figures of the same draft from earlier are of no use any more."""
    with transaction.atomic():
        _write(simulation.pk, state=State.DONE, step="", figures=figures, finished_at=timezone.now())
        earlier = Simulation.objects.filter(plan_id=simulation.plan_id, pk__lt=simulation.pk)
        earlier.exclude(state__in=BUSY).delete()


def _fail(simulation_id: int, words: str) -> None:
    _write(simulation_id, state=State.FAILED, error=words[:300], step="", finished_at=timezone.now())


def _write(simulation_id: int, **values: Any) -> None:
    Simulation.objects.filter(pk=simulation_id, state__in=BUSY).update(**values, updated_at=timezone.now())


def _ring(simulation_id: int) -> None:
    try:
        current_app.send_task(TASK, args=[simulation_id], retry=False)
    except Exception:
        log.warning("simulation %s: the queue does not answer", simulation_id, exc_info=True)
        words = _("The queue does not answer, so nothing was started. See the page Engine, then ask again.")
        _fail(simulation_id, words)


# -- who is at work --------------------------------------------------------------------------------------


def is_left_alone(simulation: Simulation) -> bool:
    """Asked for a while ago, and no worker has taken it."""
    return simulation.state == State.WAITING and timezone.now() - simulation.updated_at > PATIENCE


def has_stopped(simulation: Simulation) -> bool:
    """Whether its worker died on the way: it has said nothing for a while and holds no lock."""
    if simulation.state != State.RUNNING or timezone.now() - simulation.updated_at <= GRACE:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s"
            " AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [LOCKS, simulation.pk],
        )
        return not cursor.fetchone()[0]


@contextmanager
def _alone(simulation_id: int) -> Iterator[bool]:
    """Whether this session is the one that works on it, until the block ends."""
    key = [LOCKS, simulation_id]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)
