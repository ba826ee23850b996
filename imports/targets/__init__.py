"""What each kind of file does to the records."""

from __future__ import annotations

from imports.targets.accounts import Accounts
from imports.targets.base import Target
from imports.targets.commitments import Commitments
from imports.targets.concerns import Concerns
from imports.targets.contacts import Contacts
from imports.targets.interactions import Interactions
from imports.targets.lines import Lines
from imports.targets.purchases import Purchases
from imports.targets.users import Users

OF_KIND: dict[str, type[Target]] = {
    "users": Users,
    "accounts": Accounts,
    "purchases": Purchases,
    "purchase_lines": Lines,
    "contacts": Contacts,
    "interactions": Interactions,
    "concerns": Concerns,
    "commitments": Commitments,
}

__all__ = ["OF_KIND", "Target"]
