"""What is kept of files brought in, records merged, taken out or thrown away; one noun a file."""

from imports.models.batch import ImportBatch, ImportedOwner, Refusal
from imports.models.bin import BinRow, BinUnit
from imports.models.erased import Erasure, Retention
from imports.models.journal import ChangedRow, CreatedRows, KeptRow
from imports.models.merge import AccountPair, ContactPair, Merge, MergeStep
from imports.models.saved import SavedMapping
from imports.models.taken import TakeOut

__all__ = [
    "AccountPair",
    "BinRow",
    "BinUnit",
    "ChangedRow",
    "ContactPair",
    "CreatedRows",
    "Erasure",
    "ImportBatch",
    "ImportedOwner",
    "KeptRow",
    "Merge",
    "MergeStep",
    "Refusal",
    "Retention",
    "SavedMapping",
    "TakeOut",
]
