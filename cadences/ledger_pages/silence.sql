-- Accounts that may fall silent (R19), worst first. Intervals, last contacts and exceptions are the
-- engine's: this follows its chain up to rolling_base, and adds no rule of its own about them.
WITH @chain,

-- Of several rolling items the one with the shortest interval tells how often we promised to be in touch.
rhythm AS (
    SELECT DISTINCT ON (account_id) account_id, step, contact_on, floor_on
    FROM rolling_base
    ORDER BY account_id, %(as_of)s::date + step, slot_id
),

-- Calendar items bring a date of themselves, in a window that may lie beyond the stored rows.
foreseen AS MATERIALIZED (
    SELECT DISTINCT at_rank, slot_id FROM rule WHERE anchor = 'calendar' AND kind <> 'survey'
),
away AS MATERIALIZED (
    SELECT user_id, max(ends_on) AS until
    FROM users_absence
    WHERE %(as_of)s BETWEEN starts_on AND ends_on
    GROUP BY user_id
),
looked_at AS (
    SELECT
        account.id, account.name, account.name_folded, account.owner_id, account.tier_id,
        rhythm.contact_on,
        coalesce(rhythm.contact_on, rhythm.floor_on) AS silent_from,
        (coalesce(rhythm.contact_on, rhythm.floor_on) + rhythm.step)::date
            - coalesce(rhythm.contact_on, rhythm.floor_on) AS plan_days,
        -- what was agreed to be quiet is not counted
        %(as_of)s::date - (greatest(coalesce(rhythm.contact_on, rhythm.floor_on), account.paused_until)
            + rhythm.step)::date AS over_days,
        NOT EXISTS (
            SELECT FROM foreseen
            WHERE foreseen.at_rank = customer.rank AND NOT EXISTS (
                SELECT FROM exception
                WHERE exception.account_id = account.id AND exception.slot_id = foreseen.slot_id
                    AND exception.is_off
            )
        ) AND NOT EXISTS (
            -- OFFSET 0: looked up only where no calendar item brings a date
            SELECT FROM cadences_touchpoint row
            WHERE row.account_id = account.id AND row.state = 'open'
                AND row.kind NOT IN ('survey', 'todo')
            OFFSET 0
        ) AS no_date,
        account.owner_id IS NULL AS nobody,
        account.owner_id IS NOT NULL AND NOT owner.is_active AS has_left,
        away.until AS away_until
    FROM customer
    JOIN accounts_account account ON account.id = customer.account_id AND @only(account.id)
    LEFT JOIN users_user owner ON owner.id = account.owner_id
    LEFT JOIN away ON away.user_id = account.owner_id AND owner.is_active
    LEFT JOIN rhythm ON rhythm.account_id = account.id
    WHERE (account.paused_until IS NULL OR NOT %(as_of)s BETWEEN account.paused_from AND account.paused_until)
),
judged AS (
    SELECT
        *,
        coalesce(greatest(over_days, 0), 0)
            + CASE WHEN nobody OR has_left THEN %(weight)s ELSE 0 END
            + CASE WHEN no_date THEN %(weight)s ELSE 0 END
            + CASE WHEN away_until IS NOT NULL THEN %(away_weight)s ELSE 0 END AS badness
    FROM looked_at
    WHERE CASE %(reason)s
        WHEN 'silent' THEN over_days > 0
        WHEN 'no_date' THEN no_date
        WHEN 'nobody' THEN nobody
        WHEN 'left' THEN has_left
        WHEN 'away' THEN away_until IS NOT NULL
        ELSE coalesce(over_days > 0, false) OR no_date OR nobody OR has_left OR away_until IS NOT NULL
    END
)
SELECT
    id, owner_id, tier_id, contact_on, silent_from, plan_days, greatest(over_days, 0),
    (
        -- the next date that somebody has to keep; surveys are sent by the system, to-dos are notes
        SELECT min(due_on)
        FROM cadences_touchpoint row
        WHERE row.account_id = listed.id AND row.state = 'open' AND row.kind NOT IN ('survey', 'todo')
    ) AS next_on,
    no_date, nobody, has_left, away_until, total
FROM (
    SELECT *, count(*) OVER () AS total
    FROM judged
    ORDER BY badness DESC, name_folded, id
    LIMIT %(limit)s OFFSET %(offset)s
) listed
ORDER BY badness DESC, name_folded, id
