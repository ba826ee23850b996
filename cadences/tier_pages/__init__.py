"""Pages of tiers: the ladder, the rule of a tier with its preview, and what the next night does (R28)."""
