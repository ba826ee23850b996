"""The recycle bin: deleting is a move, restorable for 30 days, and then gone."""
