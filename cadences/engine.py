"""The doors of the cadence engine, in one place: docs/engine.md says what stands behind them."""

from cadences.chain import MACROS, SQL
from cadences.preview import Owed, next_after, next_contact, owed_after, owed_to, preview
from cadences.reconcile import Counts, reconcile

__all__ = [
    "MACROS",
    "SQL",
    "Counts",
    "Owed",
    "next_after",
    "next_contact",
    "owed_after",
    "owed_to",
    "preview",
    "reconcile",
]
