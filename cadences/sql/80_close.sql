-- Contacts logged elsewhere that close an open rolling row (first of each day, in order).
open_rolling AS MATERIALIZED (
    SELECT
        row.id, row.base_on, row.basis, row.ideal_on AS first_ideal_on, row.tolerance_days AS tolerance,
        rule.account_id, rule.slot_id, rule.step, rule.floor_on, rule.hash, rule.qualifying, rule.kind
    FROM rolling rule
    JOIN cadences_touchpoint row ON row.account_id = rule.account_id AND row.slot_id = rule.slot_id
        AND row.cycle = 'n' || rule.number AND row.state = 'open'
),
candidate AS (
    SELECT DISTINCT ON (row.id, talk.happened_on)
        row.*, talk.id AS interaction_id, talk.happened_on, talk.user_id
    FROM open_rolling row
    JOIN contacts_interaction talk ON talk.account_id = row.account_id
        AND talk.kind = ANY(row.qualifying)
        AND talk.reached AND talk.by_owner_side AND talk.withdrawn_at IS NULL
        AND talk.happened_on <= %(talks_until)s
        AND (
            talk.happened_on > row.base_on
            OR row.basis = 'floor' AND talk.happened_on >= row.first_ideal_on - row.tolerance
        )
    WHERE NOT EXISTS (
        SELECT FROM cadences_touchpoint taken
        WHERE taken.interaction_id = talk.id AND taken.state = 'done'
            AND (
                taken.account_id = row.account_id AND taken.slot_id = row.slot_id
                OR taken.anchor = 'agreed' AND taken.kind = 'call' AND row.kind = 'call'
            )
    )
    ORDER BY row.id, talk.happened_on, talk.id
),
judged AS (
    SELECT
        candidate.*,
        coalesce(
            -- an earlier contact has moved the date meanwhile
            CASE WHEN lag(happened_on) OVER in_order + step >= floor_on
                THEN (lag(happened_on) OVER in_order + step)::date
                WHEN lag(happened_on) OVER in_order IS NOT NULL
                THEN floor_on + mod(hash, (floor_on + step)::date - floor_on)::int
            END,
            first_ideal_on
        ) - tolerance AS counts_from
    FROM candidate
    WINDOW in_order AS (PARTITION BY id ORDER BY happened_on)
),
closing AS (
    SELECT
        judged.id, account_id, interaction_id, happened_on, user_id,
        row_number() OVER (PARTITION BY judged.id ORDER BY happened_on) AS place,
        count(*) OVER (PARTITION BY judged.id) AS closings
    FROM judged
    WHERE happened_on >= counts_from
        -- a track that started in between had suppressed the row
        AND NOT EXISTS (
            SELECT FROM track_span
            WHERE track_span.account_id = judged.account_id
                AND track_span.from_on > judged.base_on AND track_span.from_on <= judged.happened_on
        )
)
