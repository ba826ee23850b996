-- What the plan says, before any account is looked at. All of it is a few dozen rows.

-- The company: whose calendar counts where nobody is assigned.
company AS (
    SELECT calendar_id FROM users_company WHERE id = 1
),

-- Base plan is rank 0; every tier stands above it.
tier_rank AS (
    SELECT 0 AS rank
    UNION
    SELECT rank FROM accounts_tier
),

-- Effective item per rank and slot: that of the highest tier which the rank reaches (R29).
item_at AS MATERIALIZED (
    SELECT effective.*
    FROM (
        SELECT DISTINCT ON (reached.rank, item.slot_id)
            reached.rank AS at_rank,
            item.id AS item_id,
            plan.version,
            item.slot_id,
            slot.is_track,
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
            item.assignee = 'owner' AS is_assigned,
            item.qualifying,
            coalesce(item.since, plan.effective_from, date '1900-01-01') AS since
        FROM cadences_plan plan
        JOIN cadences_planitem item ON item.plan_id = plan.id
        JOIN cadences_slot slot ON slot.id = item.slot_id
        LEFT JOIN accounts_tier tier ON tier.id = item.tier_id
        JOIN tier_rank reached ON reached.rank >= coalesce(tier.rank, 0)
        WHERE plan.id = %(plan)s
        ORDER BY reached.rank, item.slot_id, coalesce(tier.rank, 0) DESC
    ) effective
    WHERE NOT effective.is_off
),

-- Exceptions of single accounts: another interval, or off.
exception AS MATERIALIZED (
    SELECT account_id, slot_id, is_off, (every || ' ' || nullif(unit, ''))::interval AS step
    FROM cadences_override
    WHERE (until IS NULL OR until >= %(as_of)s) AND @only(account_id)
),

-- The cycles of calendar items in reach of the look-back and the horizon, with their windows.
-- `ranks` are the ranks at which the slot has a calendar item of the same form: whoever comes from
-- another rank was brought here by a change of tier.
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
        (
            SELECT array_agg(same.at_rank)
            FROM item_at same
            WHERE same.slot_id = item.slot_id AND same.anchor = 'calendar' AND same.form = item.form
        ) AS ranks
    FROM item_at item
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
