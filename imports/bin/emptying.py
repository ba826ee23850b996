"""After 30 days what lies in the bin is gone; its files are swept up the night after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from core import jobs
from core.models import JobRun
from imports.models import BinRow, BinUnit
from users.clock import company_today

JOB = "bin"


def files_in_bin(names: list[str]) -> Iterable[str]:
    """Stored files that would be needed again: for ``accounts.stored_files``."""
    found: Iterable[str] = (
        BinRow.objects.filter(file__in=names).exclude(file="").values_list("file", flat=True)
    )
    return found


def tick() -> JobRun | None:
    """Empty it once a day; harmless at any time."""
    claimed = jobs.claim(JOB, company_today().isoformat(), "tick", grace=timedelta(seconds=60))
    if claimed is None:
        return None
    try:
        return jobs.perform(claimed, empty)
    except jobs.LostClaimError:
        return None


def failure() -> JobRun | None:
    """The latest run, where it could not be done."""
    latest = JobRun.objects.filter(job=JOB).order_by("-period").first()
    has_failed = latest is not None and latest.state in (JobRun.State.FAILED, JobRun.State.DEAD)
    return latest if has_failed else None


def empty() -> dict[str, int]:
    """Delete units whose time is over."""
    over = BinUnit.objects.deleted_before(timezone.now() - BinUnit.KEPT_FOR)
    count = over.count()
    over.delete()
    return {"units": count}
