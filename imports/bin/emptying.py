"""After 30 days what lies in the bin is gone; its files are swept up the night after."""

from __future__ import annotations

from collections.abc import Iterable

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
    return jobs.once(JOB, company_today().isoformat(), empty)


def empty() -> dict[str, int]:
    """Delete units whose time is over."""
    over = BinUnit.objects.deleted_before(timezone.now() - BinUnit.KEPT_FOR)
    count = over.count()
    over.delete()
    return {"units": count}
