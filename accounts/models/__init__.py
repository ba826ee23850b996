from accounts.models.account import Account, Tag
from accounts.models.book import BookEntry, BookFinish
from accounts.models.file import AccountFile
from accounts.models.tier import Tier, TierCondition, TierLift

__all__ = [
    "Account",
    "AccountFile",
    "BookEntry",
    "BookFinish",
    "Tag",
    "Tier",
    "TierCondition",
    "TierLift",
]
