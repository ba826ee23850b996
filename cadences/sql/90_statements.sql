-- Named statements; `tend_difference` is a temporary table with the difference of stored and owed rows.

-- name: compare
CREATE TEMP TABLE tend_difference ON COMMIT DROP AS
-- prepared
WITH @chain
SELECT * FROM difference

-- name: suspects
SELECT DISTINCT account_id FROM tend_difference WHERE is_suspect

-- name: merge
INSERT INTO tend_difference
SELECT * FROM tend_before WHERE account_id <> ALL(%s)

-- name: kinds
SELECT DISTINCT act = 'create' FROM tend_difference

-- name: insert
INSERT INTO cadences_touchpoint (
    account_id, slot_id, cycle, item_id, plan_version, kind, anchor, basis, base_on, ideal_on, planned_on,
    due_on, tolerance_days, lapses_on, assignee_id, about, is_touched, state, reason, closed_on,
    created_at, updated_at
)
SELECT
    account_id, slot_id, cycle, item_id, plan_version, kind, anchor, basis, base_on, ideal_on, planned_on,
    due_on, tolerance_days, lapses_on, assignee_id, '', false, state, reason, closed_on,
    now(), now()
FROM tend_difference
WHERE act = 'create'
-- neighbours lie together: indexes and foreign keys are checked in order, an account's page reads one place
ORDER BY account_id
ON CONFLICT (account_id, slot_id, cycle) DO NOTHING

-- name: update
WITH held AS (
    -- a row that somebody holds is reconciled by them, at the end of their own verb
    SELECT row.id
    FROM cadences_touchpoint row
    JOIN tend_difference change ON change.id = row.id
    WHERE change.act <> 'create' AND row.state = change.old_state AND row.is_touched = change.old_touched
    FOR NO KEY UPDATE OF row SKIP LOCKED
),
written AS (
    UPDATE cadences_touchpoint row
    SET item_id = change.item_id,
        plan_version = change.plan_version,
        kind = change.kind,
        anchor = change.anchor,
        basis = change.basis,
        base_on = change.base_on,
        ideal_on = change.ideal_on,
        planned_on = change.planned_on,
        due_on = change.due_on,
        due_at = change.due_at,
        tolerance_days = change.tolerance_days,
        lapses_on = change.lapses_on,
        assignee_id = change.assignee_id,
        is_touched = change.is_touched,
        snoozed_on = change.snoozed_on,
        state = change.state,
        reason = change.reason,
        closed_on = change.closed_on,
        closed_by_id = NULL,
        interaction_id = NULL,
        updated_at = now()
    FROM tend_difference change
    JOIN held ON held.id = change.id
    WHERE row.id = change.id
    RETURNING CASE
        WHEN change.state = 'cancelled' THEN 'cancelled'
        WHEN change.state = 'lapsed' THEN 'lapsed'
        WHEN change.act = 'reopen' THEN 'reopened'
        ELSE 'moved'
    END AS what
)
SELECT what, count(*) FROM written GROUP BY what

-- name: close
WITH @chain, closed AS (
    UPDATE cadences_touchpoint row
    SET state = 'done',
        closed_on = closing.happened_on,
        closed_by_id = closing.user_id,
        interaction_id = closing.interaction_id,
        reason = '',
        updated_at = now()
    FROM closing
    WHERE row.id = closing.id AND row.state = 'open' AND closing.place = 1
        AND (closing.closings = 1 OR %(replay)s)
    RETURNING row.account_id, closing.happened_on
)
SELECT account_id, happened_on, false AS is_later FROM closed
UNION ALL
SELECT account_id, happened_on, true FROM closing WHERE closings > 1 AND NOT %(replay)s

-- name: reassign
WITH @chain, held AS (
    SELECT row.id, kept_by.assignee_id
    FROM kept_by
    JOIN cadences_touchpoint row ON row.id = kept_by.id
    WHERE kept_by.is_agreed AND kept_by.assignee_id IS DISTINCT FROM row.assignee_id
    FOR NO KEY UPDATE OF row SKIP LOCKED
)
UPDATE cadences_touchpoint row
SET assignee_id = held.assignee_id, updated_at = now()
FROM held
WHERE row.id = held.id

-- name: preview
WITH @chain
SELECT * FROM owed
ORDER BY account_id, due_on, slot_id

-- name: load
-- What a plan costs: touchpoints and minutes per week, kind and person. What is late falls into the first week.
WITH @chain
SELECT
    date_trunc('week', greatest(owed.due_on, %(as_of)s::date)::timestamp)::date AS week_on,
    owed.kind, owed.assignee_id, count(*) AS touchpoints, sum(item.minutes) AS minutes
FROM owed
JOIN cadences_planitem item ON item.id = owed.item_id
WHERE owed.due_on <= %(horizon)s
GROUP BY 1, 2, 3

-- name: effect
-- What a run would do, counted.
WITH @chain
SELECT what, count(*)
FROM (SELECT @what(change) AS what FROM difference change) told
WHERE what IS NOT NULL
GROUP BY what

-- name: changes
-- What people see of a difference. A row whose text alone changes (plan version, tolerance) is none.
SELECT account_id, slot_id, cycle, touchpoint_id, kind, what, old_state, state, old_due_on, due_on,
    old_assignee_id, assignee_id, reason
FROM (
    SELECT
        change.account_id, change.slot_id, change.cycle, change.kind, change.state, change.reason,
        change.due_on, change.assignee_id, row.id AS touchpoint_id, row.due_on AS old_due_on,
        row.assignee_id AS old_assignee_id, coalesce(change.old_state, '') AS old_state,
        @what(change) AS what
    FROM tend_difference change
    LEFT JOIN cadences_touchpoint row ON row.id = change.id
) told
WHERE what IS NOT NULL

-- name: reassigned
-- Agreed dates keep their day; who does them follows the account.
WITH @chain
SELECT row.account_id, row.slot_id, row.cycle, row.id, row.kind, 'moved', row.state, row.state, row.due_on,
    row.due_on, row.assignee_id, kept_by.assignee_id, row.reason
FROM kept_by
JOIN cadences_touchpoint row ON row.id = kept_by.id
WHERE kept_by.is_agreed AND kept_by.assignee_id IS DISTINCT FROM row.assignee_id
