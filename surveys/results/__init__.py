"""What customers told us: only what the tally has released, read by managers alone (R3)."""
