"""What is kept of files brought in and records taken out; one noun a file."""

from imports.models.batch import ImportBatch, ImportedOwner, Refusal
from imports.models.bin import BinRow, BinUnit

__all__ = ["BinRow", "BinUnit", "ImportBatch", "ImportedOwner", "Refusal"]
