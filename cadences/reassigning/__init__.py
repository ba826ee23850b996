"""Reassigning accounts: some, many, or all that somebody who leaves looks after.

The page for a whole book calls it; one account, and the bulk change of a list, go through
``accounts.services.change_owner``. Both end in ``accounts.handing_over.hand_over``. No page offers
``undo_reassign`` yet: the bulk change has an undo of its own.
"""

from cadences.reassigning.services import Reassigned, reassign_accounts, share_out, undo_reassign

__all__ = ["Reassigned", "reassign_accounts", "share_out", "undo_reassign"]
