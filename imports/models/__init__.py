"""What is kept of files brought in and records taken out; one noun a file."""

from imports.models.batch import ImportBatch, ImportedOwner, Refusal
from imports.models.merge import AccountPair, ContactPair, Merge, MergeStep

__all__ = [
    "AccountPair",
    "ContactPair",
    "ImportBatch",
    "ImportedOwner",
    "Merge",
    "MergeStep",
    "Refusal",
]
