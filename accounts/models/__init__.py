from accounts.models.account import Account, Tag
from accounts.models.book import BookEntry, BookFinish
from accounts.models.tier import Tier, TierCondition, TierLift

__all__ = ["Account", "BookEntry", "BookFinish", "Tag", "Tier", "TierCondition", "TierLift"]
