"""Letters on paper: what is written becomes a sheet, sheets become a PDF, and what was printed is posted."""
