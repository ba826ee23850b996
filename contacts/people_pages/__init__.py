"""The people of one account: as a table and as a map of who reports to and influences whom (R21)."""
