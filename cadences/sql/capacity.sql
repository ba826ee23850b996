-- Contact minutes of each active user in each week: the working days of their calendar (the company's where
-- they have none) on which they are not absent, times their minutes of a day. Weeks begin on Mondays; a week
-- without such a day has no row.
WITH calendar AS (
    SELECT id, country, subdivision, weekdays FROM users_calendar
    UNION ALL
    SELECT 0, '', '', '{1,2,3,4,5}'::smallint[]
),
working AS MATERIALIZED (
    SELECT calendar.id AS calendar_id, days.day::date AS day
    FROM calendar
    CROSS JOIN generate_series(%(first)s::date::timestamp, %(last)s::date::timestamp, '1 day') AS days (day)
    WHERE @works(days.day::date, calendar, '')
)
SELECT
    person.id AS user_id,
    date_trunc('week', working.day::timestamp)::date AS week_on,
    count(*) AS days,
    count(*) * coalesce(person.capacity_minutes, company.capacity_minutes, %(usual)s) AS minutes
FROM users_user person
LEFT JOIN users_company company ON company.id = 1
JOIN working ON working.calendar_id = coalesce(person.calendar_id, company.calendar_id, 0)
WHERE person.is_active
    AND person.id = ANY(%(users)s::bigint[])
    AND NOT @absent(person.id, working.day)
GROUP BY person.id, week_on, company.capacity_minutes
ORDER BY person.id, week_on
