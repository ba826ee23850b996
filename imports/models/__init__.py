"""What is kept of files brought in and records taken out; one noun a file."""

from imports.models.batch import ImportBatch, ImportedOwner, Refusal
from imports.models.journal import ChangedRow, CreatedRows, KeptRow
from imports.models.saved import SavedMapping

__all__ = [
    "ChangedRow",
    "CreatedRows",
    "ImportBatch",
    "ImportedOwner",
    "KeptRow",
    "Refusal",
    "SavedMapping",
]
