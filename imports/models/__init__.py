"""What is kept of files brought in and records taken out; one noun a file."""

from imports.models.batch import ImportBatch, ImportedOwner, Refusal

__all__ = ["ImportBatch", "ImportedOwner", "Refusal"]
