-- What the plan says, before any account is looked at. All of it is a few dozen rows.

-- Base plan is rank 0; every tier stands above it.
tier_rank AS (
    SELECT 0 AS rank
    UNION
    SELECT rank FROM accounts_tier
),

-- Exceptions of single accounts: off, another interval, or the item of another tier.
exception AS MATERIALIZED (
    SELECT
        override.account_id, override.slot_id, override.is_off, override.since,
        (override.every || ' ' || nullif(override.unit, ''))::interval AS step,
        lent.rank AS lent_rank
    FROM cadences_override override
    LEFT JOIN accounts_tier lent ON lent.id = override.as_tier_id
    WHERE (override.since IS NULL OR override.since <= %(as_of)s)
        AND (override.until IS NULL OR override.until >= %(as_of)s)
        AND @only(override.account_id)
),

-- Accounts with a slot of another tier stand on a rung of their own, shared by those with the same loans:
-- nothing that follows knows of them.
borrower AS MATERIALIZED (
    SELECT *, (100000 + dense_rank() OVER (ORDER BY rank, slots, ranks, sinces))::int AS rung
    FROM (
        SELECT
            account.id AS account_id,
            coalesce(tier.rank, (SELECT min(rank) FROM accounts_tier), 0) AS rank,
            array_agg(exception.slot_id ORDER BY exception.slot_id) AS slots,
            array_agg(exception.lent_rank ORDER BY exception.slot_id) AS ranks,
            array_agg(exception.since ORDER BY exception.slot_id) AS sinces
        FROM exception
        JOIN accounts_account account ON account.id = exception.account_id
        LEFT JOIN accounts_tier tier ON tier.id = account.tier_id
        WHERE exception.lent_rank IS NOT NULL
        GROUP BY account.id, tier.rank
    ) lent
),
rung AS (
    SELECT rank AS at_rank, rank, '{}'::bigint[] AS slots, '{}'::smallint[] AS ranks, '{}'::date[] AS sinces
    FROM tier_rank
    UNION ALL
    SELECT DISTINCT rung, rank, slots, ranks, sinces FROM borrower
),

-- Effective item per rank and slot: that of the highest tier which the rank reaches (R29).
tier_item AS MATERIALIZED (
    SELECT effective.*
    FROM (
        SELECT DISTINCT ON (reached.rank, item.slot_id)
            reached.rank AS of_rank,
            item.id AS item_id,
            plan.version,
            item.slot_id,
            slot.is_track,
            slot.event,
            item.is_off,
            item.kind,
            item.anchor,
            (item.every || ' ' || item.unit)::interval AS step,
            item.starts,
            item.cycle AS form,
            item.window_from,
            item.window_days,
            item.tolerance_days,
            item.lapse_after,
            item.avoids_track,
            item.assignee,
            item.qualifying,
            item.min_amount,
            lower(item.product) AS product,
            coalesce(carried.since, item.since, plan.effective_from, date '1900-01-01') AS since
        FROM cadences_plan plan
        JOIN cadences_planitem item ON item.plan_id = plan.id
        JOIN cadences_slot slot ON slot.id = item.slot_id
        LEFT JOIN accounts_tier tier ON tier.id = item.tier_id
        JOIN tier_rank reached ON reached.rank >= coalesce(tier.rank, 0)
        -- a draft is asked about with the days that its activation would write
        LEFT JOIN unnest(%(draft_items)s::bigint[], %(draft_since)s::date[]) AS carried (item_id, since)
            ON carried.item_id = item.id
        WHERE plan.id = %(plan)s
        ORDER BY reached.rank, item.slot_id, coalesce(tier.rank, 0) DESC
    ) effective
    WHERE NOT effective.is_off
),
item_at AS MATERIALIZED (
    SELECT
        rung.at_rank,
        item.of_rank, item.item_id, item.version, item.slot_id, item.is_track, item.event, item.kind, item.anchor, item.step,
        item.starts, item.form, item.window_from, item.window_days, item.tolerance_days, item.lapse_after,
        item.avoids_track, item.assignee, item.qualifying,
        dense_rank() OVER (ORDER BY item.min_amount, item.product) AS condition_no,
        item.min_amount, item.product,
        greatest(item.since, rung.sinces[array_position(rung.slots, item.slot_id)]) AS since,
        item.slot_id = ANY(rung.slots) AS is_lent
    FROM rung
    JOIN tier_item item
        ON item.of_rank = coalesce(rung.ranks[array_position(rung.slots, item.slot_id)], rung.rank)
),

-- The ranks at which a slot has a calendar item of one form: whoever comes from another rank was brought
-- here by a change of tier.
form_ranks AS (
    SELECT slot_id, form, array_agg(of_rank) AS ranks
    FROM tier_item
    WHERE anchor = 'calendar'
    GROUP BY slot_id, form
),

-- The cycles of calendar items in reach of the look-back and the horizon, with their windows.
calendar_cycle AS (
    SELECT
        item.*,
        period.first_on AS cycle_on,
        (period.first_on + period.length - interval '1 day')::date AS cycle_end,
        period.first_on + item.window_from AS window_on,
        period.first_on + item.window_from + item.window_days - 1 AS window_end,
        to_char(period.first_on, 'YYYY') || CASE item.form
            WHEN 'year' THEN ''
            WHEN 'half' THEN '-H' || (1 + extract(month FROM period.first_on)::int / 7)
            WHEN 'quarter' THEN '-Q' || to_char(period.first_on, 'Q')
            ELSE '-' || to_char(period.first_on, 'MM')
        END AS cycle,
        CASE WHEN NOT item.is_lent THEN form_ranks.ranks END AS ranks
    FROM item_at item
    JOIN form_ranks ON form_ranks.slot_id = item.slot_id AND form_ranks.form = item.form
    CROSS JOIN LATERAL (
        SELECT
            month::date AS first_on,
            CASE item.form
                WHEN 'year' THEN interval '12 months' WHEN 'half' THEN interval '6 months'
                WHEN 'quarter' THEN interval '3 months' ELSE interval '1 month'
            END AS length
        FROM generate_series(
            date_trunc('year', %(look_back)s::timestamp) - interval '1 year',
            %(horizon)s::timestamp,
            interval '1 month'
        ) month
        WHERE item.form = 'month'
            OR item.form = 'quarter' AND extract(month FROM month) IN (1, 4, 7, 10)
            OR item.form = 'half' AND extract(month FROM month) IN (1, 7)
            OR item.form = 'year' AND extract(month FROM month) = 1
    ) period
    WHERE item.anchor = 'calendar'
        AND period.first_on + item.window_from <= %(horizon)s::date
        AND period.first_on + item.window_from + item.window_days > greatest(%(look_back)s::date, item.since)
),

-- All that is the same for every account of a rank: item, and cycle of calendar items. The millions of
-- rows that follow carry only the number of their rule. Without a window its dates are sentinels.
rule AS MATERIALIZED (
    SELECT row_number() OVER () AS rule_no, every_rule.*
    FROM (
        SELECT * FROM calendar_cycle
        UNION ALL
        SELECT item_at.*, NULL, NULL, date '1900-01-01', date '9000-01-01', NULL, NULL
        FROM item_at
        WHERE anchor <> 'calendar'
    ) every_rule
)
