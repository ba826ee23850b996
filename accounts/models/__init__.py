from accounts.models.account import Account, Tag
from accounts.models.book import BookEntry, BookFinish
from accounts.models.file import AccountFile
from accounts.models.five_ws import FiveWAnswer, Quiet, W
from accounts.models.tier import Tier, TierCondition, TierLift

__all__ = [
    "Account",
    "AccountFile",
    "BookEntry",
    "BookFinish",
    "FiveWAnswer",
    "Quiet",
    "Tag",
    "Tier",
    "TierCondition",
    "TierLift",
    "W",
]
