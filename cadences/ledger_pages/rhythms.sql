-- Of each tier's rank: by which kinds of contact it is measured, and since when one of them has to have been;
-- whether the calendar brings a date of itself. As silence.sql has it, for accounts without exceptions.
WITH @chain,
rhythm AS (
    SELECT DISTINCT ON (at_rank) at_rank, step, qualifying
    FROM rule
    WHERE anchor = 'after_contact'
    ORDER BY at_rank, %(as_of)s::date + step, slot_id
)
SELECT
    tier_rank.rank,
    rhythm.qualifying,
    (
        SELECT min(day)::date
        FROM generate_series(
            %(as_of)s::date - rhythm.step - interval '3 days', %(as_of)s::timestamp, interval '1 day'
        ) day
        WHERE (day::date + rhythm.step)::date >= %(as_of)s
    ) AS since,
    EXISTS (
        SELECT FROM rule
        WHERE rule.at_rank = tier_rank.rank AND rule.anchor = 'calendar' AND rule.kind <> 'survey'
    ) AS is_foreseen
FROM tier_rank
LEFT JOIN rhythm ON rhythm.at_rank = tier_rank.rank
