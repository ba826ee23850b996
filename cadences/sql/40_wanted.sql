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

-- Dates are moved once per distinct combination, not once per row.
spot AS MATERIALIZED (
    SELECT DISTINCT person, calendar_id, land, ideal_on, window_on, window_end FROM wanted
)
