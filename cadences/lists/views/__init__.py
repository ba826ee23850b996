"""Pages of the account list."""
