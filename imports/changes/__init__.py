"""The change history: who changed what, when, through which door, before and after; of all records."""
