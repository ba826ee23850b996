"""The pages of the plan: the ladder of slots and tiers, its versions, slots and sheets."""
