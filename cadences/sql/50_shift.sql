-- From the ideal date to a working day on which somebody is there; @way is forth (+1) or back (-1).

-- d1: the first working day of the owner's calendar, absences ignored.
@way_day AS MATERIALIZED (
    SELECT
        place.*,
        coalesce((
            -- a function scan yields its numbers in order: the first hit is the nearest day
            SELECT place.ideal_on @sign step
            FROM generate_series(0, 60) step
            WHERE @works(place.ideal_on @sign step, calendar, place.land)
            LIMIT 1
        ), place.ideal_on) AS d1
    FROM (SELECT DISTINCT calendar_id, land, ideal_on FROM @spots) place
    LEFT JOIN users_calendar calendar ON calendar.id = place.calendar_id
),

-- who: the first of owner, deputy, team manager present on that day; else, or if the absence waits, the owner.
@way_duty AS MATERIALIZED (
    SELECT
        asked.person,
        asked.d1,
        CASE
            WHEN NOT @absent(asked.person, asked.d1) OR @waits(asked.person, asked.d1) THEN asked.person
            WHEN deputy.is_active AND NOT @absent(deputy.id, asked.d1) THEN deputy.id
            WHEN manager.is_active AND NOT @absent(manager.id, asked.d1) THEN manager.id
            ELSE asked.person
        END AS who
    FROM (
        SELECT DISTINCT spot.person, day.d1
        FROM @spots spot
        JOIN @way_day day USING (calendar_id, land, ideal_on)
        WHERE spot.person <> 0
    ) asked
    JOIN users_user owner ON owner.id = asked.person
    LEFT JOIN users_user deputy ON deputy.id = @deputy(owner, asked.d1)
    LEFT JOIN users_team team ON team.id = owner.team_id
    LEFT JOIN users_user manager ON manager.id = team.manager_id
),

-- due: the first day from d1 on which *who* works and is present.
@way_due AS MATERIALIZED (
    SELECT
        place.*,
        CASE
            WHEN place.person = 0 THEN place.d1
            WHEN place.who = place.person AND NOT @absent(place.who, place.d1) THEN place.d1
            ELSE coalesce((
                SELECT place.d1 @sign step
                FROM generate_series(0, 800) step
                WHERE @works(place.d1 @sign step, calendar, place.land)
                    AND NOT @absent(place.who, place.d1 @sign step)
                LIMIT 1
            ), place.d1)
        END AS due_on
    FROM (
        SELECT DISTINCT spot.person, spot.land, day.d1, coalesce(duty.who, 0) AS who
        FROM @spots spot
        JOIN @way_day day USING (calendar_id, land, ideal_on)
        LEFT JOIN @way_duty duty ON duty.person = spot.person AND duty.d1 = day.d1
    ) place
    LEFT JOIN company ON true
    LEFT JOIN users_user who ON who.id = place.who
    LEFT JOIN users_calendar calendar ON calendar.id = coalesce(who.calendar_id, company.calendar_id)
),
@way AS (
    SELECT spot.*, due.who, due.due_on
    FROM @spots spot
    JOIN @way_day day USING (calendar_id, land, ideal_on)
    LEFT JOIN @way_duty duty ON duty.person = spot.person AND duty.d1 = day.d1
    JOIN @way_due due ON due.person = spot.person AND due.land = spot.land AND due.d1 = day.d1
        AND due.who = coalesce(duty.who, 0)
)
