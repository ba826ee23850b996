from accounts.models.account import Account, Tag
from accounts.models.book import BookEntry
from accounts.models.file import AccountFile
from accounts.models.tier import Tier, TierCondition, TierLift

__all__ = ["Account", "AccountFile", "BookEntry", "Tag", "Tier", "TierCondition", "TierLift"]
