-- Rows that a person dated, and agreed dates, keep their date; who does them follows the account.
kept AS MATERIALIZED (
    SELECT
        row.id,
        row.anchor = 'agreed' AS is_agreed,
        row.assignee_id,
        row.due_on,
        CASE coalesce(item.assignee, 'owner')
            WHEN 'owner' THEN staff.owner_id
            WHEN 'manager' THEN staff.manager_id
            WHEN 'deputy' THEN staff.deputy_id
        END AS owner_id
    FROM cadences_touchpoint row
    JOIN accounts_account account ON account.id = row.account_id
    LEFT JOIN staff ON staff.owner_id = account.owner_id
    LEFT JOIN cadences_planitem item ON item.id = row.item_id
    WHERE row.state = 'open' AND (row.is_touched OR row.anchor = 'agreed') AND row.kind <> 'todo'
        AND @only(row.account_id)
),
kept_duty AS MATERIALIZED (
    SELECT
        asked.owner_id,
        asked.due_on,
        CASE
            WHEN NOT @absent(asked.owner_id, asked.due_on) OR @waits(asked.owner_id, asked.due_on)
                THEN asked.owner_id
            WHEN deputy.is_active AND NOT @absent(deputy.id, asked.due_on) THEN deputy.id
            WHEN manager.is_active AND NOT @absent(manager.id, asked.due_on) THEN manager.id
            ELSE asked.owner_id
        END AS who
    FROM (SELECT DISTINCT owner_id, due_on FROM kept WHERE owner_id IS NOT NULL) asked
    JOIN users_user owner ON owner.id = asked.owner_id
    LEFT JOIN users_user deputy ON deputy.id = @deputy(owner, asked.due_on)
    LEFT JOIN users_team team ON team.id = owner.team_id
    LEFT JOIN users_user manager ON manager.id = team.manager_id
),
kept_by AS MATERIALIZED (
    SELECT
        kept.id,
        kept.is_agreed,
        CASE
            WHEN kept.owner_id IS NOT NULL THEN kept_duty.who
            WHEN kept.is_agreed THEN kept.assignee_id
        END AS assignee_id,
        kept.assignee_id AS old_assignee_id
    FROM kept
    LEFT JOIN kept_duty ON kept_duty.owner_id = kept.owner_id AND kept_duty.due_on = kept.due_on
)
