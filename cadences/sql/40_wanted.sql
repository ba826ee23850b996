-- Everything that the rules want, before it is moved to working days: one row per account, slot, cycle.
-- `person` 0 = nobody assigned; `no_window` dates are sentinels, so that joins stay plain equality.
wanted AS MATERIALIZED (
    SELECT
        account_id, slot_id, cycle, item_id, version, kind, 'after_event' AS anchor, 'purchase' AS basis,
        base_on, ideal_on, tolerance_days, lapse_after,
        CASE WHEN is_assigned THEN owner_id ELSE 0 END AS person,
        CASE WHEN is_assigned THEN calendar_id ELSE company_calendar_id END AS calendar_id,
        CASE WHEN kind IN ('call', 'meeting', 'video') THEN country ELSE '' END AS land,
        date '1900-01-01' AS window_on, date '9000-01-01' AS window_end,
        NULL::date AS cycle_on, NULL::date AS cycle_end, '' AS form,
        ideal_on BETWEEN paused_from AND paused_until AS is_paused,
        is_track,
        restarted_on,
        false AS in_track,
        NULL::date AS talked_on
    FROM event
    WHERE ideal_on >= %(look_back)s

    UNION ALL

    SELECT
        customer.account_id, slot_id, cycle, item_id, version, kind, 'calendar', 'window',
        window_on, spread.ideal_on, tolerance_days, lapse_after,
        CASE WHEN is_assigned THEN owner_id ELSE 0 END,
        CASE WHEN is_assigned THEN calendar_id ELSE company_calendar_id END,
        CASE WHEN kind IN ('call', 'meeting', 'video') THEN country ELSE '' END,
        window_on, window_end,
        cycle_on, cycle_end, form,
        spread.ideal_on BETWEEN paused_from AND paused_until,
        false,
        NULL,
        avoids_track AND coalesce(track.days @> spread.ideal_on, false),
        NULL
    FROM customer
    JOIN calendar_cycle item ON item.at_rank = customer.rank
    CROSS JOIN LATERAL (
        SELECT item.window_on + mod(customer.hash, item.window_days)::int AS ideal_on
    ) spread
    LEFT JOIN track ON track.account_id = customer.account_id
    WHERE spread.ideal_on BETWEEN %(look_back)s AND %(horizon)s
        AND spread.ideal_on >= greatest(
            item.since,
            customer.known_from,
            CASE WHEN customer.rank_before <> ALL(item.ranks) THEN customer.tier_since END
        )
        AND NOT EXISTS (
            SELECT FROM exception
            WHERE exception.account_id = customer.account_id AND exception.slot_id = item.slot_id
                AND exception.is_off
        )

    UNION ALL

    SELECT
        account_id, slot_id, cycle, item_id, version, kind, 'after_contact', basis,
        base_on, ideal_on, tolerance_days, NULL,
        CASE WHEN is_assigned THEN owner_id ELSE 0 END,
        CASE WHEN is_assigned THEN calendar_id ELSE company_calendar_id END,
        CASE WHEN kind IN ('call', 'meeting', 'video') THEN country ELSE '' END,
        date '1900-01-01', date '9000-01-01',
        NULL, NULL, '',
        false,
        false,
        NULL,
        false,
        talked_on
    FROM rolling

    UNION ALL

    -- Previews show later contacts too, as if each were kept on its day; they are never stored.
    SELECT
        account_id, slot_id, 'n' || (number + ahead), item_id, version, kind, 'after_contact', 'contact',
        (ideal_on + step * (ahead - 1))::date, (ideal_on + step * ahead)::date, tolerance_days, NULL,
        CASE WHEN is_assigned THEN owner_id ELSE 0 END,
        CASE WHEN is_assigned THEN calendar_id ELSE company_calendar_id END,
        CASE WHEN kind IN ('call', 'meeting', 'video') THEN country ELSE '' END,
        date '1900-01-01', date '9000-01-01',
        NULL, NULL, '',
        false,
        false,
        NULL,
        false,
        talked_on
    FROM rolling
    CROSS JOIN generate_series(1, 500) ahead
    WHERE %(project)s AND ideal_on + step * ahead <= %(horizon)s
),

-- d1 of every place and ideal date: the first working day of the owner's calendar, absences ignored.
-- Dates are moved once per distinct combination, never row by row.
first_day AS MATERIALIZED (
    SELECT
        place.*,
        coalesce((
            -- a function scan yields its numbers in order: the first hit is the nearest day
            SELECT place.ideal_on + step
            FROM generate_series(0, 60) step
            WHERE @works(place.ideal_on + step, calendar, place.land)
            LIMIT 1
        ), place.ideal_on) AS d1
    FROM (SELECT DISTINCT calendar_id, land, ideal_on FROM wanted) place
    LEFT JOIN users_calendar calendar ON calendar.id = place.calendar_id
),

-- Days on which somebody wanted is away.
away AS MATERIALIZED (
    SELECT DISTINCT absence.user_id AS person, day::date AS day
    FROM (SELECT min(d1) AS first_on, max(d1) AS last_on FROM first_day) reach
    JOIN users_absence absence ON absence.starts_on <= reach.last_on AND absence.ends_on >= reach.first_on
    CROSS JOIN generate_series(
        greatest(absence.starts_on, reach.first_on)::timestamp,
        least(absence.ends_on, reach.last_on)::timestamp,
        interval '1 day'
    ) day
    WHERE absence.user_id IN (SELECT person FROM wanted)
),

-- Most rows are settled: somebody works on d1, is there, and it lies in the window. The rest are few.
met AS MATERIALIZED (
    SELECT wanted.*, first_day.d1, away.day IS NOT NULL OR first_day.d1 > window_end AS is_hard
    FROM wanted
    JOIN first_day USING (calendar_id, land, ideal_on)
    LEFT JOIN away ON away.person = wanted.person AND away.day = first_day.d1
),
spot AS MATERIALIZED (
    SELECT DISTINCT person, calendar_id, land, ideal_on, window_on, window_end FROM met WHERE is_hard
)
