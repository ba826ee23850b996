"""Users who leave: what they hold goes to colleagues, and what has nobody responsible is found."""
