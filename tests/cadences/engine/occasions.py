"""What is owed because of a campaign, a new owner or a thank-you; the table's words are *in italics*."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from .days import plus
from .facts import EVENT, Account, Campaign, Item, Piece, Row

if TYPE_CHECKING:
    from .oracle import Night

CAMPAIGN, OWNER, LETTER = "campaign", "owner", "letter"
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


def pairs(account: Account) -> Iterator[list[Piece]]:
    """*Of the pieces that thank for a talk, the two that name each other belong together*"""
    thanks = [piece for piece in account.pieces if piece.thanks and piece.talk is not None]
    for piece in thanks:
        if piece.twin is None:
            yield [piece, *(other for other in thanks if other.twin == piece.id)]


def day_of(pair: list[Piece]) -> date | None:
    """*The day on which the letter left, or where no letter stands the e-mail; none as long as it waits*"""
    standing = [piece for piece in pair if not piece.cancelled]
    letters = [piece for piece in standing if piece.medium == "letter"]
    days = [piece.left for piece in letters or standing]
    return max((day for day in days if day is not None), default=None)


def latest_thanks(night: Night) -> Occasion | None:
    """*Owed to customers and prospects, never to former ones*"""
    return latest_gone(night) if night.is_customer or night.account.status == "prospect" else None


def latest_gone(night: Night) -> Occasion | None:
    """*Counted is the account's latest one only, by day and then by number*"""
    found = [(day_of(pair), min(piece.id for piece in pair)) for pair in pairs(night.account)]
    gone = sorted((day, number) for day, number in found if day is not None and day <= night.as_of)
    return Occasion(LETTER, f"E{gone[-1][1]}", gone[-1][0]) if gone else None


def campaign_asks(night: Night, ideal: date) -> bool:
    """*A campaign's own calls ask in its weeks, until the day on which a person ended it*"""
    for campaign in night.account.campaigns:
        is_ended = campaign.ended is not None and campaign.ended <= night.as_of
        last = min(campaign.ended, campaign.last) if is_ended else campaign.last
        if campaign.first <= night.as_of and campaign.first <= ideal <= last:
            return True
    return False


def occasions(night: Night) -> Iterator[Occasion]:
    """*Owed to everybody who has a campaign, prospects too; a new owner's call to customers, and to others
    where the owner changed in the weeks of a campaign*"""
    if thanks := latest_thanks(night):
        yield thanks
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
            is_owed = is_owed and not (occasion.event == LETTER and campaign_asks(night, ideal))
            if is_owed and night.oldest <= ideal <= night.horizon:
                yield night.owed_row(item, occasion.key, occasion.event, occasion.day, ideal)


def campaign_is_gone(night: Night, row: Row) -> bool:
    """Ended by a person, deleted, or not begun."""
    keys = {f"E{campaign.id}" for campaign in live_campaigns(night.account, night.as_of)}
    return row.basis == CAMPAIGN and row.cycle not in keys


def is_served(night: Night, row: Row) -> bool:
    """Whether such a row could be owed to this account; a campaign of long ago owes nothing any more."""
    lately = [one for one in live_campaigns(night.account, night.as_of) if one.last >= night.oldest]
    is_thanked = row.basis == LETTER and night.account.status == "prospect"
    return night.is_customer or is_thanked or (row.basis in {CAMPAIGN, OWNER} and bool(lately))


def thanks_are_gone(night: Night, row: Row) -> bool:
    """Another thank-you has left meanwhile, or none has left at all."""
    latest = latest_gone(night)
    return row.basis == LETTER and (latest is None or row.cycle != latest.key)


def is_asked_otherwise(night: Night, row: Row) -> bool:
    return row.basis == LETTER and campaign_asks(night, row.ideal_on)


def owner_is_gone(night: Night, row: Row) -> bool:
    """Handed on once more, or back."""
    day = handed_over_on(night.account, night.as_of)
    return row.basis == OWNER and row.cycle != owner_key(day, night.account.owner)
