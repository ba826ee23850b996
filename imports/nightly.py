"""What data care does once a day, in one place: each on its own, so that one that fails stops no other."""

from __future__ import annotations

import logging
from collections.abc import Callable

from imports.bin import emptying
from imports.duplicates import finding
from imports.erasing import retention

JOBS: tuple[tuple[str, Callable[[], object]], ...] = (
    (retention.JOB, retention.tick),
    (emptying.JOB, emptying.tick),
    (finding.JOB, finding.tick),  # the longest comes last
)

logger = logging.getLogger(__name__)


def tick() -> None:
    """Do what is due and not done. What failed is in the run log, and is tried again by a later tick."""
    for name, do in JOBS:
        try:
            do()
        except Exception:
            logger.exception("%s failed", name)
