from accounts.models.account import Account, Tag
from accounts.models.book import BookEntry
from accounts.models.five_ws import FiveWAnswer, Quiet, W
from accounts.models.tier import Tier, TierCondition, TierLift

__all__ = ["Account", "BookEntry", "FiveWAnswer", "Quiet", "Tag", "Tier", "TierCondition", "TierLift", "W"]
