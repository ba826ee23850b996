"""A world of plain facts into the database, in bulk, and the touchpoints back as plain rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, date, datetime

from django.db import connection
from psycopg2.extras import execute_values

from accounts.models import Account, Tier
from cadences.models import Campaign, Override, Plan, PlanItem, Schedule, Slot, Touchpoint
from contacts.models import Contact, Interaction
from correspondence.models import Piece
from sales.models import Purchase, PurchaseLine
from users.models import Absence, Calendar, Closure, Company, PublicHoliday, Team, User

from . import facts
from .happenings import Change
from .worlds import OVERRIDABLE

SOME_DAY = datetime(2020, 1, 1, tzinfo=UTC)


def load(world: facts.World) -> None:
    """Everything of a world whose accounts have no touchpoints yet."""
    Schedule.objects.update_or_create(id=1, defaults={"is_on": True, "horizon_days": world.horizon})
    Tier.objects.bulk_create([Tier(id=rank, name=f"Tier {rank}", rank=rank) for rank in world.ranks])
    load_people(world)
    load_plan(world)
    load_accounts(world.accounts)


def tell(world: facts.World, change: Change) -> None:
    """What happened since the last run."""
    if change.people:
        load_people(world)
    if change.plan:
        load_plan(world)
    upsert(Account, [account_record(account) for account in change.accounts.values()])
    load_purchases(change.purchases.values())
    upsert(Campaign, [campaign_record(*noted) for noted in change.campaigns.values()])
    upsert(Interaction, [talk_record(*noted) for noted in change.talks.values()])
    load_pieces(change.pieces.values())
    load_overrides(change.overrides.values())
    load_rows(change.rows)


# -- people and calendars --------------------------------------------------------------------------


def load_people(world: facts.World) -> None:
    load_calendars(world)
    people = world.people.values()
    upsert(User, [User(id=person.id, display_name=f"User {person.id}") for person in people])
    teams = world.managers.items()
    upsert(Team, [Team(id=team, name=f"Team {team}", manager_id=manager) for team, manager in teams])
    for person in people:
        User.objects.filter(id=person.id).update(
            calendar=person.calendar, team=person.team, deputy=person.deputy, is_active=person.active
        )
    Absence.objects.all().delete()
    Absence.objects.bulk_create(
        Absence(
            id=a.id, user_id=a.person, starts_on=a.first, ends_on=a.last, deputy_id=a.deputy, waits=a.waits
        )
        for a in world.absences
    )


def load_calendars(world: facts.World) -> None:
    calendars = world.calendars.values()
    upsert(
        Calendar,
        [
            Calendar(
                id=calendar.id,
                name=f"Calendar {calendar.id}",
                country=calendar.country,
                subdivision=calendar.subdivision,
                weekdays=list(calendar.weekdays),
            )
            for calendar in calendars
        ],
    )
    Closure.objects.all().delete()
    Closure.objects.bulk_create(
        Closure(calendar_id=calendar.id, day=day, name="closed")
        for calendar in calendars
        for day in calendar.closures
    )
    PublicHoliday.objects.all().delete()
    PublicHoliday.objects.bulk_create(
        PublicHoliday(country=country, subdivision=region, day=day, name="off")
        for country, region, day in world.holidays
    )
    Company.objects.update_or_create(id=1, defaults={"calendar_id": world.company_calendar})


# -- the plan --------------------------------------------------------------------------------------


def load_plan(world: facts.World) -> None:
    """A new version starts to run, the one before is retired."""
    Plan.objects.filter(state="running").update(state="retired")
    plan = Plan.objects.create(
        version=world.plan.version, state="running", effective_from=world.plan.effective_from
    )
    for slot in OVERRIDABLE:
        Slot.objects.get_or_create(key=slot, defaults={"name": slot})
    slots = {item.slot: slot_of(item) for item in world.plan.items}
    PlanItem.objects.bulk_create(plan_item(plan, slots[item.slot], item) for item in world.plan.items)


def slot_of(item: facts.Item) -> Slot:
    return Slot.objects.update_or_create(
        key=item.slot, defaults={"name": item.slot, "is_track": item.is_track, "event": item.event}
    )[0]


def plan_item(plan: Plan, slot: Slot, item: facts.Item) -> PlanItem:
    return PlanItem(
        plan=plan,
        slot=slot,
        tier_id=item.rank or None,
        is_off=item.is_off,
        kind=item.kind,
        anchor=item.anchor,
        every=item.every,
        unit=item.unit,
        starts=item.starts,
        cycle=item.cycle,
        window_from=item.window_from,
        window_days=item.window_days,
        tolerance_days=item.tolerance,
        lapse_after=item.lapse_after,
        avoids_track=item.avoids_track,
        assignee=item.who,
        min_amount=item.min_amount,
        product=item.product,
        qualifying=list(item.qualifying),
        since=item.since,
    )


# -- accounts --------------------------------------------------------------------------------------


def load_accounts(accounts: list[facts.Account]) -> None:
    """These accounts with all that belongs to them."""
    upsert(Account, [account_record(account) for account in accounts])
    load_purchases([(account, purchase) for account in accounts for purchase in account.purchases])
    upsert(Interaction, [talk_record(account, talk) for account in accounts for talk in account.talks])
    load_pieces([(account, piece) for account in accounts for piece in account.pieces])
    upsert(Campaign, [campaign_record(account, one) for account in accounts for one in account.campaigns])
    load_overrides(accounts)


def load_pieces(written: Iterable[tuple[facts.Account, facts.Piece]]) -> None:
    """What we wrote, to the one person of the account."""
    written = list(written)
    people = {
        account.id: Contact(id=account.id, account_id=account.id, last_name="Lind") for account, _ in written
    }
    upsert(Contact, list(people.values()))
    upsert(Piece, [piece_record(*one) for one in written])


def piece_record(account: facts.Account, piece: facts.Piece) -> Piece:
    state = "cancelled" if piece.cancelled else "left" if piece.left else "draft"
    return Piece(
        id=piece.id, account_id=account.id, contact_id=account.id, medium=piece.medium, twin_id=piece.twin,
        about_id=piece.talk, use="thank_you" if piece.thanks else "other", subject="Thanks", body="Thanks.",
        state=state, left_on=piece.left, reason="not needed" if piece.cancelled else "",
    )  # fmt: skip


def campaign_record(account: facts.Account, campaign: facts.Campaign) -> Campaign:
    """One that a person ended, one whose weeks have run out, or a running one."""
    is_over = campaign.ended is None and campaign is not account.campaigns[-1]
    return Campaign(
        id=campaign.id,
        account_id=account.id,
        started_on=campaign.first,
        ends_on=campaign.last,
        weeks=max(1, (campaign.last - campaign.first).days // 7),
        ended_on=campaign.last if is_over else campaign.ended,
        result="over" if is_over else "won" if campaign.ended else "",
    )


def load_overrides(accounts: Iterable[facts.Account]) -> None:
    accounts = list(accounts)
    Override.objects.filter(account__in=[account.id for account in accounts]).delete()
    slots = {slot.key: slot.id for slot in Slot.objects.all()}
    Override.objects.bulk_create(
        override_record(account, slots[slot], override)
        for account in accounts
        for slot, override in account.overrides.items()
    )


def override_record(account: facts.Account, slot: int, override: facts.Override) -> Override:
    said = asdict(override)
    return Override(
        account_id=account.id, slot_id=slot, reason="asked for", as_tier_id=said.pop("as_rank"), **said
    )


def account_record(account: facts.Account) -> Account:
    return Account(
        id=account.id,
        name=f"Account {account.id}",
        owner_id=account.owner,
        owner_before_id=account.owner_before,
        owner_since=account.owner_since,
        country=account.country,
        status=account.status,
        became_customer_on=account.became_customer,
        tier_id=account.rank,
        tier_before_id=account.rank_before,
        tier_since=account.tier_since,
        facts_from=account.facts_from,
        paused_from=account.paused_from,
        paused_until=account.paused_until,
    )


def purchase_record(account: facts.Account, purchase: facts.Purchase) -> Purchase:
    return Purchase(
        id=purchase.id,
        account_id=account.id,
        purchased_on=purchase.day,
        amount=purchase.amount,
        currency=purchase.currency,
        voided_at=SOME_DAY if purchase.void else None,
        void_reason="wrong customer" if purchase.void else "",
    )


def load_purchases(sold: Iterable[tuple[facts.Account, facts.Purchase]]) -> None:
    """Purchases with a line for each product; lines never change."""
    sold = list(sold)
    upsert(Purchase, [purchase_record(*one) for one in sold])
    lines = [
        PurchaseLine(purchase_id=bought.id, line_key=str(n), product=name, unit_price=1, quantity=1)
        for _, bought in sold
        for n, name in enumerate(bought.products)
    ]
    PurchaseLine.objects.bulk_create(lines, ignore_conflicts=True)


def talk_record(account: facts.Account, talk: facts.Talk) -> Interaction:
    return Interaction(
        id=talk.id,
        account_id=account.id,
        kind=talk.kind,
        outcome="talked" if talk.reached else "no_answer",
        reached=talk.reached,
        by_owner_side=talk.ours,
        happened_on=talk.day,
        withdrawn_at=SOME_DAY if talk.withdrawn else None,
        withdrawn_reason="not with them" if talk.withdrawn else "",
    )


def upsert(model, records: list) -> None:
    """Insert these records, or bring the stored ones up to date; the id decides."""
    fields = [
        field.name
        for field in model._meta.concrete_fields
        if not field.primary_key and not field.generated and field.name not in {"created_at", "password"}
    ]
    if records:
        model.objects.bulk_create(
            records, update_conflicts=True, unique_fields=["id"], update_fields=fields, batch_size=500
        )


# -- touchpoints -----------------------------------------------------------------------------------

ACTED = """
INSERT INTO cadences_touchpoint (
    account_id, slot_id, cycle, kind, anchor, basis, base_on, ideal_on, planned_on, due_on, tolerance_days,
    lapses_on, assignee_id, is_touched, snoozed_on, state, reason, closed_on, interaction_id, made_by_id,
    about, created_at, updated_at)
SELECT v.account, slot.id, v.cycle, v.kind, v.anchor, v.basis, v.base_on, v.ideal_on, v.planned_on, v.due_on,
    v.tolerance, v.lapses_on::date, v.assignee::bigint, v.touched, v.snoozed_on::date, v.state, v.reason,
    v.closed_on::date, v.interaction::bigint, v.made_by::bigint, '', now(), now()
FROM (VALUES %s) AS v (account, slot, cycle, kind, anchor, basis, base_on, ideal_on, planned_on, due_on,
    tolerance, lapses_on, assignee, touched, snoozed_on, state, reason, closed_on, interaction, made_by)
JOIN cadences_slot slot ON slot.key = v.slot
ON CONFLICT (account_id, slot_id, cycle) DO UPDATE SET
    due_on = excluded.due_on, lapses_on = excluded.lapses_on, is_touched = excluded.is_touched,
    snoozed_on = excluded.snoozed_on, state = excluded.state, reason = excluded.reason,
    closed_on = excluded.closed_on, interaction_id = excluded.interaction_id
"""


def load_rows(rows: list[tuple[facts.Account, facts.Row]]) -> None:
    """What people did on touchpoints: only the columns that a verb writes; new rows are agreed dates."""
    latest = {(account.id, *row.key): (account, row) for account, row in rows}
    values = [
        (
            account.id, row.slot, row.cycle, row.kind, row.anchor, row.basis, row.base_on, row.ideal_on,
            row.planned_on, row.due_on, row.tolerance, row.lapses_on, row.assignee, row.touched,
            row.snoozed_on, row.state, row.reason, row.closed_on, row.interaction, row.made_by,
        )
        for account, row in latest.values()
    ]  # fmt: skip
    if values:
        with connection.cursor() as cursor:
            execute_values(cursor.cursor, ACTED, values, page_size=5000)


def slot_keys() -> dict[int, str]:
    return {slot.id: slot.key for slot in Slot.objects.all()}


def stored() -> dict[int, facts.Rows]:
    """The touchpoints of every account as they stand in the database."""
    columns = [
        "account_id", "slot__key", "cycle", "kind", "anchor", "basis", "base_on", "ideal_on", "planned_on",
        "due_on", "tolerance_days", "lapses_on", "assignee_id", "is_touched", "snoozed_on", "state", "reason",
        "closed_on", "interaction_id", "made_by_id",
    ]  # fmt: skip
    found: dict[int, facts.Rows] = {}
    for account, *values in Touchpoint.objects.values_list(*columns):
        row = facts.Row(*values)
        found.setdefault(account, {})[row.key] = row
    return found


def run_engine(as_of: date, account_ids: list[int] | None = None) -> None:
    """One run through the public door; nobody may be left out as troubled."""
    from cadences.reconcile import reconcile

    counts = reconcile(account_ids, as_of)
    assert not counts.troubled, counts.troubled
