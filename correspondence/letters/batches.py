"""The verbs of a batch: print, print again, post, forget. PostgreSQL decides; the queue only rings."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from datetime import date, timedelta
from functools import partial
from typing import Any

from celery import current_app
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.history import acting
from core.jobs import kill_point
from correspondence.letters import parts
from correspondence.letters.making import Desk
from correspondence.letters.typesetting import TypesettingError
from correspondence.models import Piece, PrintBatch, PrintLine
from correspondence.pieces import services as pieces
from users.access import require, require_active
from users.clock import today_for
from users.models import User

State, LineState = PrintBatch.State, PrintLine.State
MOST = 20_000
"""Letters in one batch."""

AT_ONCE = 200
"""Letters that are set together: whatever the size of the batch, only so many are in memory."""

POSTED_AT_ONCE = 500
"""Up to so many are noted as posted while the user waits; of more, a worker does so many at a time."""

LEASE = timedelta(minutes=10)
MAX_ATTEMPTS = 5
TASK = "correspondence.tasks.print_letters"

logger = logging.getLogger(__name__)


class LostLeaseError(Exception):
    """Another worker has the batch."""


# -- printing --------------------------------------------------------------------------------------------


@transaction.atomic
def start(user: User, chosen: QuerySet[Any]) -> PrintBatch:
    """Print these letters, the first MOST of them. ``chosen``: of the queue, in the order in which they are
    to lie in the pile; the others stay there.

    A letter that another batch has is left to it. Raises ValidationError when none is left.
    """
    require_active(user)
    wanted = list(chosen.values_list("pk", flat=True)[:MOST])
    allowed = Piece.objects.editable_by(user).letters_to_print().filter(pk__in=wanted)
    ours = set(allowed.values_list("pk", flat=True))
    batch = PrintBatch.objects.create(user=user, dated=today_for(user))
    lines = [
        PrintLine(batch=batch, piece_id=pk, position=position)
        for position, pk in enumerate((pk for pk in wanted if pk in ours), start=1)
    ]
    PrintLine.objects.bulk_create(lines, batch_size=2_000, ignore_conflicts=True)
    batch.rows_total = batch.lines.count()
    if not batch.rows_total:
        raise ValidationError(_("No letter is chosen that waits to be printed. Tick some rows first."))
    batch.save()
    transaction.on_commit(partial(ring, batch.pk))
    return batch


def ring(batch_id: int) -> None:
    """Tell a worker. Without a broker nothing is lost: the batch waits for the next tick."""
    try:
        current_app.send_task(TASK, args=[batch_id], retry=False)
    except Exception:
        logger.warning("the broker does not answer; letters %s wait", batch_id, exc_info=True)


def resume_waiting() -> int:
    """Ring for every batch that nobody took or whose worker died. Returns how many."""
    now = timezone.now()
    never_taken = Q(lease_until__isnull=True, updated_at__lt=now - timedelta(seconds=45))
    waiting = PrintBatch.objects.filter(never_taken | Q(lease_until__lt=now), state__in=PrintBatch.BUSY)
    ids = list(waiting.values_list("pk", flat=True))
    for batch_id in ids:
        ring(batch_id)
    return len(ids)


def work(batch_id: int, *, in_request: bool = False) -> None:
    """Print or post what waits, a part at a time; each part commits with what it did.

    ``in_request``: the history knows already who is behind the writes. A worker that dies leaves the parts
    it has committed; whoever takes the batch up goes on behind them.
    """
    batch = _claim(batch_id)
    if batch is None:
        return
    try:
        with nullcontext() if in_request else acting(batch.worked_for):
            _post_all(batch) if batch.state == State.POSTING else _print_all(batch)
    except LostLeaseError:
        logger.info("letters %s: another worker has them", batch.pk)
    except (DatabaseError, OSError, TypesettingError):
        logger.exception("letters %s: attempt %s failed", batch.pk, batch.attempts)
        _again_later(batch)
    except Exception:
        logger.exception("letters %s failed", batch.pk)
        _fail(batch, _("An unexpected error stopped it. The worker's log has the details."))


def _claim(batch_id: int) -> PrintBatch | None:
    now = timezone.now()
    claimed = PrintBatch.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lt=now), pk=batch_id, state__in=PrintBatch.BUSY
    ).update(lease_until=now + LEASE, attempts=F("attempts") + 1)
    if not claimed:
        return None
    batch = PrintBatch.objects.select_related("user", "posted_by").get(pk=batch_id)
    if batch.attempts > MAX_ATTEMPTS:
        _fail(batch, _("It was stopped five times. The worker's log has the details."))
        return None
    return batch


def _print_all(batch: PrintBatch) -> None:
    desk = Desk.of(batch.dated)
    while lines := list(batch.lines.filter(state=LineState.WAITING).with_letters()[:AT_ONCE]):
        parts.set_part(batch, lines, desk)
        kill_point("letters set")
        with transaction.atomic():
            PrintLine.objects.bulk_update(lines, ["state", "reason", "part"])
            _hold(batch, rows_done=F("rows_done") + len(lines))
        kill_point("letters committed")
    numbers = batch.lines.filter(state=LineState.SET).values_list("part", flat=True)
    joined = parts.join(batch, sorted(set(numbers)))
    with transaction.atomic():
        _onto_paper(batch)
        _hold(batch, state=State.READY, lease_until=None, finished_at=timezone.now(), **joined)
    parts.discard(batch)


def _onto_paper(batch: PrintBatch) -> None:
    """The letters that were set are printed now; who took one back meanwhile is told to find its sheets."""
    lines = batch.lines.filter(state=LineState.SET)
    waiting = Piece.objects.letters_to_print().filter(pk__in=lines.values("piece"))
    # locked first: somebody who takes one back waits for us, or we see that they did
    ids = list(waiting.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    Piece.objects.filter(pk__in=ids).update(state=Piece.State.PRINTED, updated_at=timezone.now())
    lines.exclude(piece__state=Piece.State.PRINTED).update(
        state=LineState.BEHIND,
        reason=_("It was taken back while it was printed: take its sheets out of the pile."),
    )
    lines.update(state=LineState.PRINTED)


def _hold(batch: PrintBatch, **values: Any) -> None:
    """Write to the batch while it is ours. Raises LostLeaseError when it is not."""
    values = {"lease_until": timezone.now() + LEASE, "updated_at": timezone.now()} | values
    if not _mine(batch).update(**values):
        raise LostLeaseError(batch.pk)


def _mine(batch: PrintBatch) -> QuerySet[PrintBatch]:
    """The batch while nobody has taken it up after us, and it is not done."""
    found: QuerySet[PrintBatch] = PrintBatch.objects.filter(
        pk=batch.pk, attempts=batch.attempts, state=batch.state
    )
    return found


def _again_later(batch: PrintBatch) -> None:
    if batch.attempts >= MAX_ATTEMPTS:
        _fail(batch, _("It failed five times. The worker's log has the details."))
    else:
        _mine(batch).update(lease_until=None, updated_at=timezone.now())


def _fail(batch: PrintBatch, words: str) -> None:
    """Letters that were not printed wait in the queue again; printed ones can be posted again.

    A worker that stood still while another went on has nothing to say any more.
    """
    is_printing = batch.state == State.RUNNING
    with transaction.atomic():
        failed = _mine(batch).update(
            state=State.FAILED if is_printing else State.READY,
            error=words[:300],
            lease_until=None,
            attempts=0,
            finished_at=timezone.now(),
            updated_at=timezone.now(),
        )
        if failed and is_printing:
            batch.lines.filter(state__in=[LineState.WAITING, LineState.SET]).update(state=LineState.AGAIN)
    if failed:
        parts.discard(batch)


# -- after the printer -----------------------------------------------------------------------------------


@transaction.atomic
def print_again(user: User, batch: PrintBatch, line: PrintLine | None = None) -> int:
    """Paper jam, or the wrong paper: what is not posted goes back into the queue. Returns how many letters.

    ``line``: only this one. Raises PermissionDenied, and ValidationError while a worker has the batch.
    """
    locked = _locked(user, batch)
    lines = locked.lines.to_post()
    if line is not None:
        lines = lines.filter(pk=line.pk)
    ours = Piece.objects.editable_by(user).filter(pk__in=lines.values("piece")).values("pk")
    printed = Piece.objects.select_for_update(of=("self",)).filter(pk__in=ours, state=Piece.State.PRINTED)
    ids = list(printed.order_by("pk").values_list("pk", flat=True))
    Piece.objects.filter(pk__in=ids).update(state=Piece.State.QUEUED, updated_at=timezone.now())
    return locked.lines.on_paper().filter(piece__in=ids).update(state=LineState.AGAIN)


def post(user: User, batch: PrintBatch, on: date | None = None) -> PrintBatch:
    """The letters of a batch were carried to the post on that day (today).

    Raises ValidationError for a day to come, and where none is left to post; PermissionDenied.
    """
    day = on or today_for(user)
    if day > today_for(user):
        raise ValidationError({"on": _("Letters are posted today or were on an earlier day.")})
    with transaction.atomic():
        locked = _locked(user, batch)
        count = _to_post(user, locked).count()
        if not count:
            raise ValidationError(_("None of these letters waits to be posted."))
        PrintBatch.objects.filter(pk=batch.pk).update(
            state=State.POSTING, posted_on=day, posted_by=user, rows_done=F("rows_total") - count,
            attempts=0, error="", lease_until=None, updated_at=timezone.now(),
        )  # fmt: skip
        if count > POSTED_AT_ONCE:
            transaction.on_commit(partial(ring, batch.pk))
    if count <= POSTED_AT_ONCE:
        work(batch.pk, in_request=True)
    batch.refresh_from_db()
    return batch


def _post_all(batch: PrintBatch) -> None:
    user, day = batch.posted_by, batch.posted_on
    try:
        while user and (found := list(_to_post(user, batch)[:POSTED_AT_ONCE])):
            with transaction.atomic():
                pieces.post(user, found, day)
                _hold(batch, rows_done=F("rows_done") + len(found))
            kill_point("letters posted")
    except (PermissionDenied, ValidationError) as refused:
        words = " ".join(refused.messages) if isinstance(refused, ValidationError) else str(refused)
        _fail(batch, words)
        return
    is_done = not batch.lines.to_post().exists()
    _hold(batch, state=State.POSTED if is_done else State.READY, lease_until=None)


def _to_post(user: User, batch: PrintBatch) -> QuerySet[Piece]:
    waiting = batch.lines.to_post().values("piece")
    found: QuerySet[Piece] = Piece.objects.editable_by(user).filter(pk__in=waiting).order_by("pk")
    return found


def _locked(user: User, batch: PrintBatch) -> PrintBatch:
    require_active(user)
    require(
        PrintBatch.objects.editable_by(user).filter(pk=batch.pk).exists(),
        _("Letters are handled by whoever printed them and by who acts for them."),
    )
    locked = PrintBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if locked.is_busy:
        raise ValidationError(_("A worker has these letters: wait until it is done."))
    return locked


def forget_old() -> int:
    """PDFs of letters are kept for a month; who printed what stays. Returns how many were deleted."""
    old = PrintBatch.objects.filter(created_at__lt=timezone.now() - PrintBatch.KEPT)
    done = 0
    for batch in old.exclude(state__in=PrintBatch.BUSY).iterator():
        parts.discard(batch)  # of a worker that died before it could
        if not batch.file:
            continue
        batch.file.delete(save=False)
        done += PrintBatch.objects.filter(pk=batch.pk).update(file="", updated_at=timezone.now())
    return done
