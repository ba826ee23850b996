shifted AS MATERIALIZED (
    SELECT
        forth.person, forth.calendar_id, forth.land, forth.ideal_on, forth.window_on, forth.window_end,
        CASE WHEN back.due_on >= forth.window_on THEN back.due_on ELSE forth.due_on END AS due_on,
        CASE WHEN back.due_on >= forth.window_on THEN back.who ELSE forth.who END AS who
    FROM forth
    LEFT JOIN back USING (person, calendar_id, land, ideal_on, window_on, window_end)
),
placed AS NOT MATERIALIZED (
    SELECT
        met.account_id, met.basis, met.base_on, met.ideal_on, met.is_paused, met.in_track, met.restarted_on,
        met.talked_on,
        rule.item_id, rule.version, rule.slot_id, rule.kind, rule.anchor, rule.form, rule.tolerance_days,
        rule.is_track, rule.cycle_on, rule.cycle_end,
        CASE
            WHEN rule.anchor = 'calendar' THEN rule.cycle
            WHEN rule.anchor = 'after_contact' THEN 'n' || met.number
            -- each new owner of a day is an event of their own: what one has done, the next still owes
            WHEN met.basis = 'owner' THEN 'E' || to_char(met.base_on, 'YYYYMMDD') || '-' || met.number
            WHEN met.basis IN ('campaign', 'letter') THEN 'E' || met.number
            WHEN met.number = 0 THEN 'first'
            ELSE 'P' || met.number
        END AS cycle,
        coalesce(shifted.due_on, met.d1) AS planned_on,
        nullif(coalesce(shifted.who, met.person), 0) AS assignee_id,
        CASE rule.anchor
            WHEN 'calendar' THEN greatest(rule.window_end, coalesce(shifted.due_on, met.d1)) + rule.lapse_after
            WHEN 'after_event' THEN coalesce(shifted.due_on, met.d1) + rule.lapse_after
        END AS lapses_on
    FROM met
    -- every row has its rule; an inner join would make the planner expect that most have none
    LEFT JOIN rule USING (rule_no)
    LEFT JOIN shifted ON met.is_hard
        AND shifted.person = met.person AND shifted.calendar_id = met.calendar_id AND shifted.land = met.land
        AND shifted.ideal_on = met.ideal_on
        AND shifted.window_on = rule.window_on AND shifted.window_end = rule.window_end
),

-- A track runs until all its rows are closed in any way; those beyond the horizon are not closed yet.
track_running AS MATERIALIZED (
    SELECT DISTINCT placed.account_id
    FROM placed
    LEFT JOIN cadences_touchpoint row ON row.account_id = placed.account_id
        AND row.slot_id = placed.slot_id AND row.cycle = placed.cycle
        AND row.slot_id = ANY(ARRAY(SELECT slot_id FROM item_at WHERE is_track))
    WHERE placed.is_track
        AND placed.is_paused IS NOT TRUE
        AND (placed.restarted_on IS NULL OR placed.lapses_on < placed.restarted_on)
        AND CASE
            WHEN row.state IN ('done', 'skipped') OR row.id = %(assumed_id)s THEN false
            WHEN row.state = 'lapsed' AND row.reason <> 'paused' THEN false
            WHEN row.state = 'open' AND row.is_touched AND row.base_on = placed.base_on
                THEN coalesce(row.lapses_on >= %(as_of)s, true)
            ELSE coalesce(placed.lapses_on >= %(as_of)s, true)
        END
),

-- Rows under a key of another form (plan or tier changed) stand for the cycle they are due in: what was done
-- or skipped always, what is open or lapsed only if a person had touched it. Slots of one form have none.
stand_in AS MATERIALIZED (
    SELECT
        row.account_id, row.slot_id, row.anchor, row.due_on, row.form,
        row.state = 'open' AND (row.lapses_on IS NULL OR row.lapses_on >= %(as_of)s) AS is_open
    FROM (
        SELECT *, CASE
            WHEN anchor <> 'calendar' THEN ''
            WHEN length(cycle) = 4 THEN 'year'
            WHEN substr(cycle, 6, 1) = 'H' THEN 'half'
            WHEN substr(cycle, 6, 1) = 'Q' THEN 'quarter'
            ELSE 'month'
        END AS form
        FROM cadences_touchpoint
        WHERE anchor <> 'agreed' AND @only(account_id)
            AND (
                state IN ('done', 'skipped') AND due_on >= %(look_back)s
                OR is_touched AND state IN ('open', 'lapsed') AND NOT (state = 'lapsed' AND reason = 'paused')
            )
    ) row
    WHERE EXISTS (
        SELECT FROM item_at
        WHERE item_at.slot_id = row.slot_id AND (item_at.anchor <> row.anchor OR item_at.form <> row.form)
    )
),

-- The answer: what is owed (`verdict` empty), and what the rules hold back with the reason for it.
desired AS NOT MATERIALIZED (
    SELECT
        placed.account_id, placed.slot_id, placed.cycle, placed.item_id, placed.version AS plan_version,
        placed.kind, placed.anchor,
        -- previews show what a track or an agreed call still holds back, as if that were kept
        CASE WHEN %(project)s AND placed.anchor = 'after_contact' AND (
            track_running.account_id IS NOT NULL OR placed.kind = 'call' AND agreed_call.is_open
        ) THEN 'projected' ELSE placed.basis END AS basis,
        placed.base_on, placed.ideal_on, placed.planned_on,
        placed.tolerance_days, placed.lapses_on, placed.assignee_id, placed.talked_on,
        coalesce(placed.is_paused, false) AS is_paused,
        CASE
            WHEN placed.restarted_on IS NOT NULL AND NOT coalesce(placed.lapses_on < placed.restarted_on, false)
                THEN 'restarted by a later purchase'
            WHEN placed.in_track THEN 'falls into a track'
            WHEN %(replay)s OR %(project)s AND placed.anchor = 'after_contact' THEN ''
            WHEN placed.anchor = 'after_contact' AND track_running.account_id IS NOT NULL
                THEN 'track started'
            WHEN placed.anchor = 'after_contact' AND placed.kind = 'call' AND agreed_call.is_open
                THEN 'agreed call open'
            WHEN placed.anchor <> 'after_contact' AND placed.ideal_on > %(horizon)s THEN 'later'
            ELSE ''
        END AS verdict
    FROM placed
    LEFT JOIN track_running ON track_running.account_id = placed.account_id
    LEFT JOIN agreed_call ON agreed_call.account_id = placed.account_id
    WHERE NOT EXISTS (
        SELECT FROM stand_in
        WHERE stand_in.account_id = placed.account_id
            AND stand_in.slot_id = placed.slot_id
            AND (stand_in.anchor <> placed.anchor OR stand_in.form <> placed.form)
            AND CASE placed.anchor
                WHEN 'calendar' THEN stand_in.due_on BETWEEN placed.cycle_on AND placed.cycle_end
                ELSE placed.anchor = 'after_contact' AND stand_in.is_open
            END
    )
    OFFSET 0
)
