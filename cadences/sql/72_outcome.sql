-- Why an open row is no longer owed. Facts that end the obligation end touched rows too; a change of
-- plan or tier ends only untouched ones.
dropped AS (
    SELECT
        different.*,
        CASE WHEN act = 'drop' THEN CASE
            WHEN verdict NOT IN ('', 'later') THEN verdict
            WHEN r_basis = 'campaign' AND NOT EXISTS (
                SELECT FROM campaign
                WHERE campaign.account_id = different.account_id AND different.cycle = 'E' || campaign.id
            ) THEN 'campaign ended'
            WHEN r_basis = 'letter' AND NOT EXISTS (
                SELECT FROM thanks
                WHERE thanks.account_id = different.account_id AND different.cycle = 'E' || thanks.number
            ) THEN 'another thank-you'
            WHEN r_basis = 'letter' AND EXISTS (
                SELECT FROM campaign_weeks
                WHERE campaign_weeks.account_id = different.account_id
                    AND different.r_ideal_on BETWEEN campaign_weeks.started_on AND campaign_weeks.last_on
            ) THEN 'a campaign asks about it'
            WHEN NOT (
                EXISTS (SELECT FROM customer WHERE customer.account_id = different.account_id)
                OR r_basis = 'letter' AND EXISTS (
                    SELECT FROM served WHERE served.account_id = different.account_id AND served.is_prospect
                )
                OR r_basis IN ('campaign', 'owner') AND EXISTS (
                    SELECT FROM campaign WHERE campaign.account_id = different.account_id
                )
            ) THEN CASE (SELECT status FROM accounts_account WHERE id = account_id)
                WHEN 'former' THEN 'former customer' ELSE 'no customer'
            END
            WHEN EXISTS (
                SELECT FROM exception
                WHERE exception.account_id = different.account_id AND exception.slot_id = different.slot_id
                    AND exception.is_off
            ) THEN 'switched off for this account'
            WHEN r_basis = 'owner' AND cycle IS DISTINCT FROM (
                SELECT 'E' || to_char(handed_over_on, 'YYYYMMDD') || '-' || handed_to
                FROM served
                WHERE served.account_id = different.account_id
            ) THEN 'another new owner'
            WHEN r_anchor = 'after_contact' AND substr(cycle, 2)::int <> 1 + coalesce((
                SELECT max(substr(other.cycle, 2)::int)
                FROM cadences_touchpoint other
                WHERE other.account_id = different.account_id AND other.slot_id = different.slot_id
                    AND other.anchor = 'after_contact' AND other.state IN ('done', 'skipped')
            ), 0) THEN 'log withdrawn'
            WHEN r_anchor = 'after_event' AND r_basis = 'purchase' AND NOT EXISTS (
                SELECT FROM (
                    SELECT
                        min(id) AS lowest_id,
                        row_number() OVER (ORDER BY purchased_on) AS place
                    FROM sales_purchase
                    WHERE account_id = different.account_id AND purchased_on <= %(bought_until)s
                    GROUP BY purchased_on
                    HAVING sum(amount) FILTER (WHERE voided_at IS NULL) > 0
                ) bought
                WHERE different.cycle = CASE WHEN place = 1 THEN 'first' ELSE 'P' || lowest_id END
            ) THEN 'purchase gone'
            ELSE 'no longer in the plan'
        END END AS drop_reason
    FROM different
    WHERE NOT %(replay)s
        OR act IN ('create', 'reopen') AND w_anchor = 'after_contact'
    OFFSET 0
),
decided AS (
    SELECT
        dropped.*,
        act IN ('create', 'reopen', 'refresh', 'rebase') AS is_fresh,
        coalesce(act = 'drop' AND (NOT is_touched OR drop_reason <> 'no longer in the plan'), false) AS is_ended,
        -- what a person dated stays, whoever does it
        CASE WHEN act IN ('keep', 'drop') AND kept_by.id IS NOT NULL THEN kept_by.assignee_id
            ELSE r_assignee_id
        END AS k_assignee_id
    FROM dropped
    LEFT JOIN kept_by ON kept_by.id = dropped.id
),
chosen AS (
    SELECT
        id, account_id, slot_id, cycle, act, verdict, is_fresh, is_ended, is_suspect, old_state, drop_reason, old_reason,
        is_touched AS old_touched, k_assignee_id IS DISTINCT FROM r_assignee_id AS is_reassigned,
        CASE WHEN is_fresh THEN (w_planned_on, w_assignee_id) IS DISTINCT FROM (r_due_on, r_assignee_id)
            ELSE k_assignee_id IS DISTINCT FROM r_assignee_id
        END AS is_moved,
        CASE WHEN is_fresh THEN w_item_id ELSE r_item_id END AS item_id,
        CASE WHEN is_fresh THEN w_plan_version ELSE r_plan_version END AS plan_version,
        CASE WHEN is_fresh THEN w_kind ELSE r_kind END AS kind,
        CASE WHEN is_fresh THEN w_anchor ELSE r_anchor END AS anchor,
        CASE WHEN is_fresh THEN w_basis ELSE r_basis END AS basis,
        CASE WHEN is_fresh THEN w_base_on ELSE r_base_on END AS base_on,
        CASE WHEN is_fresh THEN w_ideal_on ELSE r_ideal_on END AS ideal_on,
        CASE WHEN is_fresh THEN w_planned_on ELSE r_planned_on END AS planned_on,
        CASE WHEN is_fresh THEN w_planned_on ELSE r_due_on END AS due_on,
        CASE WHEN is_fresh THEN NULL ELSE due_at END AS due_at,
        CASE WHEN is_fresh THEN w_tolerance_days ELSE r_tolerance_days END AS tolerance_days,
        CASE WHEN is_fresh THEN w_lapses_on ELSE r_lapses_on END AS lapses_on,
        CASE WHEN is_fresh THEN w_assignee_id WHEN is_ended THEN r_assignee_id ELSE k_assignee_id END AS assignee_id,
        CASE WHEN is_fresh THEN false ELSE is_touched END AS is_touched,
        CASE WHEN is_fresh THEN NULL ELSE snoozed_on END AS snoozed_on,
        coalesce(is_paused, false) AND verdict = '' AS is_paused
    FROM decided
),
outcome AS (
    SELECT
        chosen.*,
        CASE
            WHEN is_ended THEN 'cancelled'
            WHEN is_paused OR lapses_on < %(as_of)s THEN 'lapsed'
            ELSE 'open'
        END AS state,
        CASE
            WHEN is_ended THEN drop_reason
            WHEN is_paused THEN 'paused'
            WHEN lapses_on < %(as_of)s THEN 'not done in time'
            WHEN is_fresh THEN ''
            ELSE old_reason
        END AS reason,
        CASE
            WHEN is_ended THEN %(as_of)s
            WHEN is_paused THEN ideal_on
            WHEN lapses_on < %(as_of)s THEN lapses_on + 1
        END AS closed_on
    FROM chosen
),
difference AS (
    SELECT *
    FROM outcome
    WHERE is_fresh OR is_ended OR state <> 'open' OR is_reassigned OR is_suspect
)
