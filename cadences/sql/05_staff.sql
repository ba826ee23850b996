-- Who serves: the company's calendar counts where nobody is assigned.
company AS (
    SELECT calendar_id, currency FROM users_company WHERE id = 1
),

-- The people of each active owner: themselves, their team's manager, their standing deputy. Who is missing
-- or inactive is replaced by the owner. Not materialized: for one account one owner is looked up.
staff AS NOT MATERIALIZED (
    SELECT
        owner.id AS owner_id,
        coalesce(manager.id, owner.id) AS manager_id,
        coalesce(deputy.id, owner.id) AS deputy_id,
        coalesce(owner.calendar_id, company.calendar_id, 0) AS calendar_id,
        coalesce(
            CASE WHEN manager.id IS NULL THEN owner.calendar_id ELSE manager.calendar_id END, company.calendar_id, 0
        ) AS manager_calendar_id,
        coalesce(
            CASE WHEN deputy.id IS NULL THEN owner.calendar_id ELSE deputy.calendar_id END, company.calendar_id, 0
        ) AS deputy_calendar_id
    FROM users_user owner
    LEFT JOIN company ON true
    LEFT JOIN users_team team ON team.id = owner.team_id
    LEFT JOIN users_user manager ON manager.id = team.manager_id AND manager.is_active
    LEFT JOIN users_user deputy ON deputy.id = owner.deputy_id AND deputy.is_active
    WHERE owner.is_active
)
