-- Re-tiering: purchases of 12 months in the company's currency decide, the network lifts (R28).
-- Pinned accounts are left alone; without a rule that holds, the lowest tier.
WITH ladder AS (
    SELECT id, name, rank, row_number() OVER (ORDER BY rank) AS step FROM accounts_tier
),
sums AS (
    SELECT account_id, sum(amount) AS amount
    FROM sales_purchase
    WHERE voided_at IS NULL
        AND purchased_on > %(as_of)s::date - interval '12 months' AND purchased_on <= %(as_of)s
        AND currency = (SELECT currency FROM users_company WHERE id = 1)
        AND account_id BETWEEN %(low)s AND %(high)s AND @only(account_id)
    GROUP BY account_id
),
measured AS (
    SELECT
        account.id AS account_id,
        account.tier_id,
        account.tier_since,
        account.tier_reason,
        account.network_value,
        coalesce(sums.amount, 0) AS amount,
        coalesce((
            SELECT max(ladder.step)
            FROM accounts_tierrule rule
            JOIN ladder ON ladder.id = rule.tier_id
            WHERE rule.kind = 'purchases_12m' AND coalesce(sums.amount, 0) >= rule.threshold
        ), 1) AS step,
        coalesce((
            SELECT max(rule.lift)
            FROM accounts_tierrule rule
            WHERE rule.kind = 'network' AND account.network_value >= rule.threshold
        ), 0) AS lift
    FROM accounts_account account
    LEFT JOIN sums ON sums.account_id = account.id
    WHERE NOT account.tier_pinned AND account.id BETWEEN %(low)s AND %(high)s AND @only(account.id)
),
judged AS (
    SELECT
        measured.*,
        ladder.id AS new_tier_id,
        'Purchases of 12 months: ' || to_char(amount, 'FM999,999,999,999,990') || ' '
            || (SELECT currency FROM users_company WHERE id = 1)
            || CASE WHEN ladder.step > measured.step THEN
                ', lifted from ' || (SELECT name FROM ladder low WHERE low.step = measured.step)
                || ' by network value ' || network_value
                ELSE ''
            END AS new_reason
    FROM measured
    JOIN ladder ON ladder.step = least(measured.step + measured.lift, (SELECT max(step) FROM ladder))
),
held AS (
    -- whoever edits an account at this moment is not kept waiting: its turn comes the next night
    SELECT judged.*
    FROM judged
    JOIN accounts_account account ON account.id = judged.account_id
    WHERE judged.tier_id IS DISTINCT FROM judged.new_tier_id AND (judged.tier_id IS NULL) = %(first)s
    FOR NO KEY UPDATE OF account SKIP LOCKED
)
UPDATE accounts_account account
SET tier_before_id = held.tier_id,
    tier_id = held.new_tier_id,
    tier_since = %(as_of)s,
    tier_reason = held.new_reason,
    updated_at = now()
FROM held
WHERE account.id = held.account_id
