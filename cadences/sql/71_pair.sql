-- Every stored row against every owed row. `act`: what is to be done, NULL = nothing.
pair AS (
    SELECT
        row.id,
        coalesce(want.account_id, row.account_id) AS account_id,
        coalesce(want.slot_id, row.slot_id) AS slot_id,
        coalesce(want.cycle, row.cycle) AS cycle,
        CASE
            WHEN row.id IS NULL THEN CASE WHEN want.verdict = '' THEN 'create' END
            WHEN row.state = 'open' AND want.verdict = '' THEN CASE
                WHEN NOT row.is_touched THEN 'refresh'
                -- the fact it is counted from is another one: contact made, another purchase
                WHEN want.base_on <> row.base_on AND want.basis NOT IN ('floor', 'window') THEN 'rebase'
                ELSE 'keep'
            END
            WHEN row.state = 'open' THEN CASE
                WHEN row.anchor = 'after_contact' OR row.ideal_on >= %(look_back)s THEN 'drop'
            END
            WHEN row.state = 'cancelled' THEN CASE WHEN want.verdict = '' THEN 'reopen' END
            WHEN row.state = 'lapsed' AND row.reason = 'paused'
                THEN CASE WHEN want.verdict = '' AND NOT want.is_paused THEN 'reopen' END
        END AS act,
        row.state AS old_state, row.is_touched, row.reason AS old_reason, row.snoozed_on, row.due_at,
        want.verdict, want.is_paused, want.talked_on,
        row.item_id AS r_item_id, row.plan_version AS r_plan_version, row.kind AS r_kind,
        row.anchor AS r_anchor, row.basis AS r_basis, row.base_on AS r_base_on, row.ideal_on AS r_ideal_on,
        row.planned_on AS r_planned_on, row.due_on AS r_due_on, row.tolerance_days AS r_tolerance_days,
        row.lapses_on AS r_lapses_on, row.assignee_id AS r_assignee_id,
        want.item_id AS w_item_id, want.plan_version AS w_plan_version, want.kind AS w_kind,
        want.anchor AS w_anchor, want.basis AS w_basis, want.base_on AS w_base_on, want.ideal_on AS w_ideal_on,
        want.planned_on AS w_planned_on, want.tolerance_days AS w_tolerance_days,
        want.lapses_on AS w_lapses_on, want.assignee_id AS w_assignee_id
    FROM (
        SELECT * FROM cadences_touchpoint
        WHERE anchor <> 'agreed' AND @only(account_id)
            AND (state IN ('open', 'cancelled') OR ideal_on >= %(look_back)s)
    ) row
    FULL JOIN desired want ON want.account_id = row.account_id AND want.slot_id = row.slot_id
        AND want.cycle = row.cycle
    OFFSET 0
),

-- What is not as it should be. Nothing of an untouched row that equals its owed row gets past here.
different AS (
    SELECT
        *,
        -- somebody spoke with the customer after the row was counted: it may be closed, not only moved
        coalesce(
            old_state = 'open' AND r_anchor = 'after_contact' AND (
                talked_on > r_base_on OR r_basis = 'floor' AND talked_on >= r_ideal_on - r_tolerance_days
            ),
            false
        ) AS is_suspect
    FROM pair
    WHERE act IN ('create', 'reopen', 'rebase', 'keep', 'drop')
        OR act = 'refresh' AND (
            is_paused
            OR w_lapses_on < %(as_of)s
            OR (
                r_ideal_on, r_due_on, r_planned_on, r_assignee_id, r_base_on, r_lapses_on, r_item_id,
                r_plan_version, r_kind, r_anchor, r_basis, r_tolerance_days
            ) IS DISTINCT FROM (
                w_ideal_on, w_planned_on, w_planned_on, w_assignee_id, w_base_on, w_lapses_on, w_item_id,
                w_plan_version, w_kind, w_anchor, w_basis, w_tolerance_days
            )
        )
)
