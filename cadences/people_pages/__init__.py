"""Somebody has left an account, or has come back (R24): pages of the verbs in services.leaving."""
