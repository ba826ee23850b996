"""What is kept of files brought in and records taken out; one noun a file."""

from imports.models.batch import ImportBatch, ImportedOwner, Refusal
from imports.models.erased import Erasure, Retention
from imports.models.taken import TakeOut

__all__ = ["Erasure", "ImportBatch", "ImportedOwner", "Refusal", "Retention", "TakeOut"]
