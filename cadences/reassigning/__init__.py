"""Reassigning accounts: some, many, or all that somebody who leaves looks after.

The page for a whole book calls it; one account, and the bulk change of a list, go through
``accounts.services.change_owner``. Both end in ``accounts.handing_over.hand_over``. A book
handed over is kept as a change of many accounts and taken back as one.
"""

from cadences.reassigning.services import Reassigned, reassign_accounts, share_out

__all__ = ["Reassigned", "reassign_accounts", "share_out"]
