-- Everything that the rules want, before it is moved to working days: one row per account and cycle.
-- `person` 0 = nobody assigned; `number` = of the rolling row, or of the event:
-- the purchase (0: the first), the campaign, the new owner, the thank-you.
wanted AS NOT MATERIALIZED (
    SELECT
        account_id, rule_no, number, 'purchase' AS basis, base_on, ideal_on,
        person,
        calendar_id,
        CASE WHEN kind IN ('call', 'meeting', 'video') THEN country ELSE '' END AS land,
        date '9000-01-01' AS window_end,
        ideal_on BETWEEN paused_from AND paused_until AS is_paused,
        false AS in_track,
        restarted_on,
        NULL::date AS talked_on
    FROM event
    WHERE ideal_on >= %(look_back)s

    UNION ALL

    SELECT
        served.account_id, rule.rule_no, occasion.number, occasion.event, occasion.day, counted.ideal_on,
        @person(served, rule),
        @calendar(served, rule),
        CASE WHEN rule.kind IN ('call', 'meeting', 'video') THEN country ELSE '' END,
        date '9000-01-01',
        counted.ideal_on BETWEEN paused_from AND paused_until,
        false,
        NULL,
        NULL
    FROM occasion
    JOIN served ON served.account_id = occasion.account_id
    JOIN rule ON rule.at_rank = served.rank AND rule.anchor = 'after_event' AND rule.event = occasion.event
    CROSS JOIN LATERAL (
        SELECT (occasion.day + rule.step)::date AS ideal_on
    ) counted
    WHERE counted.ideal_on BETWEEN greatest(rule.since, %(look_back)s) AND occasion.last_on
        AND NOT EXISTS (
            SELECT FROM exception
            WHERE exception.account_id = served.account_id AND exception.slot_id = rule.slot_id
                AND exception.is_off
        )
        AND NOT EXISTS (
            SELECT FROM campaign_weeks
            WHERE campaign_weeks.account_id = served.account_id AND occasion.event = 'letter'
                AND counted.ideal_on BETWEEN campaign_weeks.started_on AND campaign_weeks.last_on
        )

    UNION ALL

    SELECT
        customer.account_id, rule.rule_no, 0, 'window', rule.window_on, spread.ideal_on,
        @person(customer, rule),
        @calendar(customer, rule),
        CASE WHEN rule.kind IN ('call', 'meeting', 'video') THEN country ELSE '' END,
        rule.window_end,
        spread.ideal_on BETWEEN paused_from AND paused_until,
        rule.avoids_track AND coalesce(track.days @> spread.ideal_on, false),
        NULL,
        NULL
    FROM customer
    JOIN rule ON rule.at_rank = customer.rank AND rule.anchor = 'calendar'
    CROSS JOIN LATERAL (
        SELECT rule.window_on + mod(customer.hash, rule.window_days)::int AS ideal_on
    ) spread
    LEFT JOIN track ON track.account_id = customer.account_id
    WHERE spread.ideal_on BETWEEN %(look_back)s AND %(horizon)s
        AND spread.ideal_on >= greatest(
            rule.since,
            customer.known_from,
            CASE WHEN customer.rank_before <> ALL(rule.ranks) THEN customer.tier_since END
        )
        AND NOT EXISTS (
            SELECT FROM exception
            WHERE exception.account_id = customer.account_id AND exception.slot_id = rule.slot_id
                AND exception.is_off
        )

    UNION ALL

    SELECT
        account_id, rule_no, number, basis, base_on, ideal_on,
        person,
        calendar_id,
        CASE WHEN kind IN ('call', 'meeting', 'video') THEN country ELSE '' END,
        date '9000-01-01',
        false,
        false,
        NULL,
        talked_on
    FROM rolling

    UNION ALL

    -- Previews show later contacts too, as if each were kept on its day; they are never stored.
    SELECT
        account_id, rule_no, number + ahead, 'projected',
        (ideal_on + step * (ahead - 1))::date, (ideal_on + step * ahead)::date,
        person,
        calendar_id,
        CASE WHEN kind IN ('call', 'meeting', 'video') THEN country ELSE '' END,
        date '9000-01-01',
        false,
        false,
        NULL,
        talked_on
    FROM rolling
    -- at most so many: months are up to three days shorter than the first one
    CROSS JOIN LATERAL generate_series(
        1, least(500, (%(horizon)s::date - ideal_on) / greatest(1, (ideal_on + step)::date - ideal_on - 3))
    ) ahead
    -- as a subquery also where it is never true: the planner would take a million rows for a handful
    WHERE (SELECT %(project)s::boolean) AND ideal_on + step * ahead <= %(horizon)s
        AND ideal_on + step * ahead > %(as_of)s -- what is late is late once, not once for each interval
),

-- Large runs look their days up: d1 of every day in reach, per calendar and country. Empty for fewer accounts,
-- where all is "hard" below: each distinct combination searched once.
day_table AS MATERIALIZED (
    SELECT place.calendar_id, place.land, reach.d1_by_day
    FROM (
        -- counted over plain columns, so that the planner sees how few they are
        SELECT calendar_id, land
        FROM (SELECT id AS calendar_id FROM users_calendar UNION ALL SELECT 0) calendars
        CROSS JOIN (SELECT DISTINCT country AS land FROM customer WHERE country <> '' UNION ALL SELECT '') lands
    ) place
    LEFT JOIN users_calendar calendar ON calendar.id = place.calendar_id
    CROSS JOIN LATERAL (
        SELECT array_agg(coalesce((
            -- a function scan yields its numbers in order: the first hit is the nearest day
            SELECT ideal_on + step
            FROM generate_series(0, 60) step
            WHERE @works(ideal_on + step, calendar, place.land)
            LIMIT 1
        ), ideal_on) ORDER BY ahead) AS d1_by_day
        FROM (
            SELECT ahead, %(days_from)s::date + ahead AS ideal_on
            FROM generate_series(0, %(days_to)s::date - %(days_from)s::date) ahead
        ) day
    ) reach
    WHERE %(days_to)s::date >= %(days_from)s::date
),

-- Days in that table on which somebody is away.
away AS MATERIALIZED (
    SELECT DISTINCT absence.user_id AS person, day::date AS day
    FROM users_absence absence
    CROSS JOIN generate_series(
        greatest(absence.starts_on, %(days_from)s)::timestamp,
        least(absence.ends_on, %(days_to)s + 60)::timestamp,
        interval '1 day'
    ) day
    WHERE absence.starts_on <= %(days_to)s::date + 60 AND absence.ends_on >= %(days_from)s
),

-- Most rows of a large run are settled here: somebody works on d1, is there, and it lies in the window.
-- The rest is hard: each distinct combination is searched once, not row by row.
met AS MATERIALIZED (
    SELECT
        looked_up.*,
        d1 IS NULL OR away.day IS NOT NULL OR d1 > window_end AS is_hard
    FROM (
        SELECT wanted.*, day_table.d1_by_day[wanted.ideal_on - %(days_from)s::date + 1] AS d1
        FROM wanted
        LEFT JOIN day_table ON day_table.calendar_id = wanted.calendar_id AND day_table.land = wanted.land
        OFFSET 0
    ) looked_up
    LEFT JOIN away ON away.person = looked_up.person AND away.day = looked_up.d1
),
spot AS MATERIALIZED (
    SELECT DISTINCT met.person, met.calendar_id, met.land, met.ideal_on, rule.window_on, rule.window_end
    FROM met
    JOIN rule USING (rule_no)
    WHERE met.is_hard
)
