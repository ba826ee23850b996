"""Pages of concerns: the list, and one with its thread."""
