"""Pages of drafts, and of mailings on their way."""
