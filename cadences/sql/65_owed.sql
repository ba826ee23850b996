-- What is owed from now on: closed rows left out, hand-set dates as people set them.
owed AS NOT MATERIALIZED (
    SELECT
        row.id AS touchpoint_id,
        desired.account_id, desired.slot_id, desired.cycle, desired.item_id, desired.plan_version, desired.kind,
        desired.anchor,
        CASE WHEN desired.basis = 'projected' THEN 'contact' ELSE desired.basis END AS basis,
        desired.base_on, desired.ideal_on, desired.planned_on,
        CASE WHEN row.is_touched THEN row.due_on ELSE desired.planned_on END AS due_on,
        desired.tolerance_days, desired.lapses_on, desired.assignee_id,
        desired.basis = 'projected' AS is_projected
    FROM desired
    LEFT JOIN cadences_touchpoint row ON row.account_id = desired.account_id
        AND row.slot_id = desired.slot_id AND row.cycle = desired.cycle
    WHERE desired.verdict = ''
        AND NOT desired.is_paused
        AND (desired.lapses_on IS NULL OR desired.lapses_on >= %(as_of)s)
        AND (row.id IS NULL OR row.state IN ('open', 'cancelled'))
        AND row.id IS DISTINCT FROM %(assumed_id)s
)
