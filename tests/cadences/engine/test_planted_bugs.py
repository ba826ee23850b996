"""Mistakes planted into the engine's SQL, one at a time: a few hundred generated cases must find each.

Every bug replaces a piece of text in ``cadences/sql``; the piece must be there exactly as often as said, so
that a rewritten query cannot quietly make a bug harmless. Whoever rewrites such a line rewrites it here.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from cadences import chain

from .comparing import DisagreementError, play

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

WORLDS = range(3000, 3014)
ACCOUNTS = 60
RUNS = 6


@dataclass(frozen=True)
class Bug:
    """``find`` occurs ``times`` in the file ``where`` and is replaced by ``put``."""

    name: str
    where: str
    find: str
    put: str
    times: int = 1

    def planted_in(self, text: str) -> str:
        assert text.count(self.find) == self.times, (
            f"{self.name}: {self.find!r} is not in {self.where} as told"
        )
        return text.replace(self.find, self.put)


BUGS = [
    Bug(
        "months of 30 days",
        "10_plan",
        "(item.every || ' ' || item.unit)::interval AS step",
        "(CASE item.unit WHEN 'month' THEN item.every * 30 || ' day' ELSE item.every || ' ' || item.unit END)"
        "::interval AS step",
    ),
    Bug(
        "month end chained from the shifted date",
        "20_facts",
        "THEN %(assumed_on)s ELSE closed_on END",
        "THEN %(assumed_on)s ELSE planned_on END",
    ),
    Bug(
        "company calendar instead of the owner's",
        "20_facts",
        "coalesce(staff.calendar_id, company.calendar_id, 0) AS calendar_id",
        "coalesce(company.calendar_id, 0) AS calendar_id",
    ),
    Bug(
        "holidays of the account's country ignored",
        "40_wanted",
        "IN ('call', 'meeting', 'video') THEN",
        "IN ('none') THEN",
        times=5,
    ),
    Bug("tolerance off by one", "80_close", "- tolerance AS counts_from", "- tolerance - 1 AS counts_from"),
    Bug(
        "skip not rebased",
        "30_rolling",
        "greatest(contact_on, skipped_on, track_ends_on) AS last_on",
        "greatest(contact_on, track_ends_on) AS last_on",
    ),
    Bug(
        "rhythm not counted from the end of the track",
        "30_rolling",
        "greatest(contact_on, skipped_on, track_ends_on) AS last_on",
        "greatest(contact_on, skipped_on) AS last_on",
    ),
    Bug(
        "greeting moved by a contact",
        "40_wanted",
        "SELECT rule.window_on + mod(customer.hash, rule.window_days)::int AS ideal_on",
        "SELECT greatest(rule.window_on + mod(customer.hash, rule.window_days)::int,"
        " (SELECT max(last_on) FROM last_talk WHERE last_talk.account_id = customer.account_id)) AS ideal_on",
    ),
    Bug(
        "window spread by a wrong modulus",
        "40_wanted",
        "mod(customer.hash, rule.window_days)",
        "mod(customer.hash, rule.window_days + 1)",
    ),
    Bug(
        "floor spread by a wrong modulus",
        "30_rolling",
        "floor_on + mod(hash, (floor_on + step)::date - floor_on)",
        "floor_on + mod(hash, 1 + (floor_on + step)::date - floor_on)",
    ),
    Bug("track not avoided", "40_wanted", "rule.avoids_track AND coalesce(", "false AND coalesce("),
    Bug(
        "promoted and demoted swapped",
        "30_rolling",
        "customer.tier_rank > customer.rank_before AS was_promoted",
        "customer.tier_rank < customer.rank_before AS was_promoted",
    ),
    Bug("deputy ignored", "50_shift", "WHEN deputy.is_active AND NOT", "WHEN false AND NOT"),
    Bug("deputy of the absence ignored", "@deputy", "AND absence.deputy_id IS NOT NULL", "AND false"),
    Bug(
        "floor is today",
        "30_rolling",
        "            item.since,\n",
        "            item.since, %(as_of)s::date,\n",
    ),
    Bug(
        "lapse off by one",
        "72_outcome",
        "lapses_on < %(as_of)s THEN",
        "lapses_on <= %(as_of)s THEN",
        times=3,
    ),
    Bug("agreed call suppresses nothing", "60_desired", "AND agreed_call.is_open\n", "AND false\n", times=2),
    Bug(
        "agreed call done is no contact", "30_rolling", "THEN agreed_call.done_on END", "THEN NULL::date END"
    ),
    Bug("service-desk talk resets the rhythm", "20_facts", "talk.by_owner_side AND", "true AND"),
    Bug("unreached customer counts as contact", "20_facts", "WHERE talk.reached AND", "WHERE"),
    Bug("credit note starts a track", "20_facts", "HAVING sum(amount) > 0", "HAVING sum(amount) <> 0"),
    Bug("void purchase starts a track", "20_facts", "WHERE voided_at IS NULL AND", "WHERE"),
    Bug(
        "second purchase starts too early",
        "20_facts",
        "'new' AND purchase.day > (",
        "'new' AND purchase.day >= (",
    ),
    Bug(
        "pause ignored by events",
        "40_wanted",
        "        ideal_on BETWEEN paused_from AND paused_until AS is_paused,",
        "        false AS is_paused,",
    ),
    Bug("pause ignored by the rhythm", "30_rolling", "CASE WHEN in_pause THEN", "CASE WHEN false THEN"),
    Bug(
        "track does not suppress the rhythm",
        "60_desired",
        "AND track_running.account_id IS NOT NULL",
        "AND false",
    ),
    Bug(
        "tier change floods the calendar", "40_wanted", "THEN customer.tier_since END", "THEN NULL::date END"
    ),
    Bug(
        "shift leaves the window", "60_desired", "WHEN back.due_on >= forth.window_on", "WHEN false", times=2
    ),
    Bug(
        "snoozed row moved by a plan edit",
        "71_pair",
        "WHEN NOT row.is_touched THEN 'refresh'",
        "WHEN true THEN 'refresh'",
    ),
    Bug(
        "cancelled row never reopened",
        "71_pair",
        "row.state = 'cancelled' THEN CASE WHEN want.verdict = ''",
        "row.state = 'cancelled' THEN CASE WHEN false",
    ),
    Bug(
        "absence of who stands in ignored", "50_shift", "AND NOT @absent(place.who, place.d1 @sign step)", ""
    ),
    Bug("absence that waits is covered all the same", "@waits", "THEN true ELSE", "THEN false ELSE"),
    Bug(
        "the manager's item falls to the owner",
        "@person",
        "'manager' THEN {0}.manager_id",
        "'manager' THEN {0}.owner_id",
    ),
    Bug(
        "the deputy's item by the owner's calendar",
        "@calendar",
        "'deputy' THEN {0}.deputy_calendar_id",
        "'deputy' THEN {0}.calendar_id",
    ),
    Bug("inactive deputy serves", "05_staff", "= owner.deputy_id AND deputy.is_active", "= owner.deputy_id"),
    Bug(
        "touched row of the manager falls to the owner",
        "70_kept",
        "'manager' THEN staff.manager_id",
        "'manager' THEN staff.owner_id",
    ),
    Bug(
        "sum of all currencies",
        "20_facts",
        "sum(amount) FILTER (WHERE currency = (SELECT currency FROM company)) AS amount",
        "sum(amount) AS amount",
    ),
    Bug(
        "sum must be exceeded",
        "20_facts",
        "purchase.amount >= condition.min_amount",
        "purchase.amount > condition.min_amount",
    ),
    Bug("product by its case", "20_facts", "strpos(lower(line.product),", "strpos(line.product,"),
    Bug(
        "product of a void purchase",
        "20_facts",
        "AND purchase.voided_at IS NULL AND purchase.purchased_on",
        "AND purchase.purchased_on",
    ),
    Bug(
        "first day that counts is always called first",
        "20_facts",
        "AND purchase.day = coalesce(first_day.day, purchase.day)",
        "",
    ),
    Bug(
        "slot of another tier ignored",
        "10_plan",
        "coalesce(rung.ranks[array_position(rung.slots, item.slot_id)], rung.rank)",
        "rung.rank",
    ),
    Bug(
        "exception before its first day",
        "10_plan",
        "(override.since IS NULL OR override.since <= %(as_of)s)",
        "true",
    ),
    Bug(
        "lent item owed for days before the exception",
        "10_plan",
        "greatest(item.since, rung.sinces[array_position(rung.slots, item.slot_id)]) AS since",
        "item.since",
    ),
    Bug(
        "change of tier moves a lent rhythm",
        "30_rolling",
        "exception.step IS NULL AND NOT item.is_lent AND",
        "exception.step IS NULL AND",
    ),
    Bug(
        "change of tier cuts a lent calendar",
        "10_plan",
        "CASE WHEN NOT item.is_lent THEN form_ranks.ranks END AS ranks",
        "form_ranks.ranks",
    ),
    Bug("campaign owes beyond its last day", "40_wanted", "AND occasion.last_on", "AND date '9000-01-01'"),
    Bug(
        "campaign owes after a person ended it",
        "20_facts",
        "AND (result IN ('', 'over') OR ended_on > %(as_of)s)",
        "",
    ),
    Bug(
        "campaign that ran out owes nothing any more",
        "20_facts",
        "result IN ('', 'over') OR ended_on > %(as_of)s",
        "ended_on IS NULL",
    ),
    Bug(
        "campaign of a prospect owes nothing",
        "20_facts",
        "OR account.id IN (SELECT account_id FROM campaign)",
        "",
    ),
    Bug(
        "prospect with a campaign owes everything", "20_facts", "FROM served WHERE is_customer", "FROM served"
    ),
    Bug(
        "first owner introduces themself",
        "20_facts",
        "WHEN account.owner_before_id <> account.owner_id AND account.owner_since",
        "WHEN account.owner_since",
    ),
    Bug(
        "prospect's new owner introduces themself at any time",
        "20_facts",
        "AND handed_over_on BETWEEN campaign.started_on AND campaign.ends_on",
        "",
    ),
    Bug(
        "ended campaign leaves touched rows",
        "72_outcome",
        "WHEN r_basis = 'campaign' AND NOT",
        "WHEN false AND NOT",
    ),
    Bug(
        "handed on, touched rows stay",
        "72_outcome",
        "WHEN r_basis = 'owner' AND cycle",
        "WHEN false AND cycle",
    ),
    Bug(
        "letter's check counted from its e-mail",
        "20_facts",
        "THEN max(left_on) FILTER (WHERE medium = 'letter')",
        "THEN max(left_on)",
    ),
    Bug(
        "e-mail counts while its letter waits",
        "20_facts",
        "medium = 'letter' AND state <> 'cancelled'",
        "medium = 'letter' AND state = 'left'",
    ),
    Bug(
        "letter that was taken back is waited for",
        "20_facts",
        "medium = 'letter' AND state <> 'cancelled'",
        "medium = 'letter'",
    ),
    Bug("first thank-you counts", "20_facts", "account_id, day DESC, number DESC", "account_id, day, number"),
    Bug("thanks for nothing count", "20_facts", "AND about_id IS NOT NULL", ""),
    Bug("every letter is a thank-you", "20_facts", "use = 'thank_you' AND", ""),
    Bug(
        "thanked prospect owes nothing",
        "20_facts",
        "OR account.status = 'prospect' AND account.id IN (SELECT account_id FROM thanks)",
        "",
    ),
    Bug("thanked former customer is called", "20_facts", "    WHERE is_customer OR is_prospect\n", ""),
    Bug("letter asked about twice", "40_wanted", "AND occasion.event = 'letter'", "AND false"),
    Bug(
        "ended campaign asks on",
        "20_facts",
        "CASE WHEN ended_on <= %(as_of)s THEN least(ended_on, ends_on) ELSE ends_on END AS last_on",
        "ends_on AS last_on",
    ),
    Bug(
        "another thank-you leaves touched rows",
        "72_outcome",
        "WHEN r_basis = 'letter' AND NOT EXISTS",
        "WHEN false AND NOT EXISTS",
    ),
    Bug(
        "campaign leaves touched rows of a thank-you",
        "72_outcome",
        "WHEN r_basis = 'letter' AND EXISTS (\n                SELECT FROM campaign_weeks",
        "WHEN false AND EXISTS (\n                SELECT FROM campaign_weeks",
    ),
]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_planted_bug_is_caught(bug, monkeypatch):
    texts, name = (chain.MACROS, bug.where[1:]) if bug.where.startswith("@") else (chain.SQL, bug.where)
    monkeypatch.setitem(texts, name, bug.planted_in(texts[name]))
    assert any(is_caught(seed) for seed in WORLDS), f"{bug.name}: nobody noticed"


def is_caught(seed: int) -> bool:
    """Whether oracle and engine disagree in this world. A broken query is no catch: it raises otherwise."""
    try:
        for _ in play(seed, range(ACCOUNTS), RUNS):
            pass
    except DisagreementError:
        return True
    return False
