"""Reassigning accounts: some, many, or all that somebody who leaves looks after.

``reassign_accounts`` is the verb for every door (pages, bulk actions); what it returns undoes it.
"""

from cadences.reassigning.services import Reassigned, reassign_accounts, share_out, undo_reassign

__all__ = ["Reassigned", "reassign_accounts", "share_out", "undo_reassign"]
