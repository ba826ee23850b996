-- From the purchase to the last date of its track: no check-in and no survey falls in there.
track_span AS (
    SELECT account_id, base_on AS from_on, max(ideal_on) AS to_on
    FROM event
    WHERE is_track
    GROUP BY account_id, base_on
),
track AS MATERIALIZED (
    SELECT
        account_id,
        max(to_on) AS ends_on,
        range_agg(daterange(from_on, to_on, '[]')) AS days
    FROM track_span
    GROUP BY account_id
)
