"""What is owed because of a servicing campaign or a new owner (R9); the table's words are *in italics*."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from .days import plus
from .facts import EVENT, Account, Campaign, Item, Row

if TYPE_CHECKING:
    from .oracle import Night

CAMPAIGN, OWNER = "campaign", "owner"
NEVER = date(9000, 1, 1)


@dataclass(frozen=True)
class Occasion:
    """What starts items besides a purchase; nothing is owed for days after ``last``."""

    event: str
    key: str
    day: date
    last: date = NEVER


def live_campaigns(account: Account, as_of: date) -> list[Campaign]:
    """*A campaign counts from its first day until a person ends it with a result. One whose weeks ran out
    still owes what fell into them*"""
    return [
        campaign
        for campaign in account.campaigns
        if campaign.first <= as_of and not (campaign.ended is not None and campaign.ended <= as_of)
    ]


def handed_over_on(account: Account, as_of: date) -> date | None:
    """*A new owner counts if the account had another one before; the first owner owes none*"""
    since = account.owner_since
    if account.owner is None or account.owner_before in {None, account.owner}:
        return None
    return since if since is not None and since <= as_of else None


def owner_key(day: date | None, owner: int | None) -> str:
    """*Each new owner of a day is an event of their own*"""
    return f"E{day:%Y%m%d}-{owner}" if day else ""


def occasions(night: Night) -> Iterator[Occasion]:
    """*Owed to everybody who has a campaign, prospects too; a new owner's call to customers, and to others
    where the owner changed in the weeks of a campaign*"""
    campaigns = live_campaigns(night.account, night.as_of)
    for campaign in campaigns:
        yield Occasion(CAMPAIGN, f"E{campaign.id}", campaign.first, campaign.last)
    day = handed_over_on(night.account, night.as_of)
    is_within = any(campaign.first <= day <= campaign.last for campaign in campaigns) if day else False
    if day and (night.is_customer or is_within):
        yield Occasion(OWNER, owner_key(day, night.account.owner), day)


def items_of(items: dict[str, Item], event: str) -> Iterator[Item]:
    return (item for item in items.values() if item.anchor == EVENT and item.event == event)


def rows_of_occasions(night: Night) -> Iterator[Row]:
    """*ideal_on from `since` to the campaign's last day; others within the horizon*"""
    for occasion in occasions(night):
        for item in items_of(night.items, occasion.event):
            ideal = plus(occasion.day, *item.interval)
            is_owed = item.since <= ideal <= occasion.last
            if is_owed and night.oldest <= ideal <= night.horizon:
                yield night.owed_row(item, occasion.key, occasion.event, occasion.day, ideal)


def campaign_is_gone(night: Night, row: Row) -> bool:
    """Ended by a person, deleted, or not begun."""
    keys = {f"E{campaign.id}" for campaign in live_campaigns(night.account, night.as_of)}
    return row.basis == CAMPAIGN and row.cycle not in keys


def is_served(night: Night, row: Row) -> bool:
    """Whether such a row could be owed to this account; a campaign of long ago owes nothing any more."""
    lately = [one for one in live_campaigns(night.account, night.as_of) if one.last >= night.oldest]
    return night.is_customer or (row.basis in {CAMPAIGN, OWNER} and bool(lately))


def owner_is_gone(night: Night, row: Row) -> bool:
    """Handed on once more, or back."""
    day = handed_over_on(night.account, night.as_of)
    return row.basis == OWNER and row.cycle != owner_key(day, night.account.owner)
