-- name: judge
-- Which tier the rules give to each account, and what becomes of that tonight (R28). The night, the page that
-- previews rules and "apply now" all read these CTEs. cadences/tier_rules.py fills the places in braces from
-- the rules; only the facts that a rule asks for are joined.
-- A person's choice whose last day is over, or that was given back, is released: decided without delay.
WITH ladder AS (
    SELECT step, id, name, months
    FROM unnest(%(tier_ids)s::bigint[], %(tier_names)s::text[], %(tier_months)s::int[])
        WITH ORDINALITY AS tier (id, name, months, step)
),
measured AS (
    SELECT
        account.id AS account_id,
        account.tier_id AS old_tier_id,
        account.tier_pinned AS was_pinned,
        account.below_since,
        old.step AS old_step,
        old.months,
        account.tier_pinned OR account.tier_pinned_until IS NOT NULL AS released,
        account.tier_pinned AND (account.tier_pinned_until IS NULL OR account.tier_pinned_until >= %(as_of)s)
            AS stays_pinned{facts}
    FROM accounts_account account
    LEFT JOIN ladder old ON old.id = account.tier_id
    {joins}
    WHERE @only(account.id)
),
judged AS (
    SELECT measured.*, {rule} AS base_step, {lift} AS lift
    FROM measured
    OFFSET 0 -- each rule is weighed once per account, however often its answer is used below
),
given AS (
    SELECT judged.*, least(base_step + lift, %(top)s) AS given_step
    FROM judged
),
outcome AS (
    SELECT
        given.*,
        CASE
            WHEN stays_pinned THEN old_step
            WHEN old_step IS NULL OR released OR given_step >= old_step THEN given_step
            WHEN coalesce(below_since, %(as_of)s) + make_interval(months => months) <= %(as_of)s THEN given_step
            ELSE old_step
        END AS new_step
    FROM given
    OFFSET 0
),
-- What the night would write, of those about whom it would write something.
news AS (
    SELECT
        outcome.*,
        new_step IS DISTINCT FROM old_step AS is_move,
        CASE WHEN given_step < new_step THEN coalesce(below_since, %(as_of)s) END AS low_since
    FROM outcome
    WHERE NOT stays_pinned AND (
        new_step IS DISTINCT FROM old_step
        OR released
        OR given_step < new_step AND below_since IS NULL
        OR given_step >= new_step AND below_since IS NOT NULL
    )
),
told AS (
    SELECT
        news.*,
        new_tier.id AS new_tier_id,
        CASE WHEN is_move OR released THEN left(
            CASE WHEN is_move THEN coalesce(old_tier.name || ' → ', '') ELSE '' END || new_tier.name || ': '
            || CASE WHEN released THEN 'no longer pinned; ' ELSE '' END
            || CASE
                WHEN new_step < old_step THEN
                    coalesce(nullif({fails}, ''), 'no rule gives ' || old_tier.name)
                    || CASE WHEN below_since < %(as_of)s AND NOT released THEN
                        ' since ' || to_char(below_since, CASE
                            WHEN extract(year FROM below_since) = extract(year FROM %(as_of)s::date)
                            THEN 'FMDD FMMonth' ELSE 'FMDD FMMonth YYYY'
                        END)
                        ELSE ''
                    END
                ELSE coalesce(
                    nullif(concat_ws('; ', nullif({holds}, ''), {lifted}), ''), 'no rule of a higher tier holds'
                )
            END, 300)
        END AS reason
    FROM news
    JOIN ladder new_tier ON new_tier.step = new_step
    JOIN ladder base ON base.step = base_step
    LEFT JOIN ladder old_tier ON old_tier.step = old_step
)
-- name: keep
-- The changes of one run, so that they can be written in slices.
CREATE TEMPORARY TABLE tend_tier_news ON COMMIT DROP AS
@judge
SELECT account_id, old_tier_id, new_tier_id, was_pinned, is_move, released, low_since, reason
FROM told
-- name: assign
-- Whoever edits an account at this moment is not kept waiting: its turn comes the next night.
WITH held AS (
    SELECT news.*
    FROM tend_tier_news news
    JOIN accounts_account account ON account.id = news.account_id
    WHERE (news.is_move OR news.released) AND (news.old_tier_id IS NULL) = %(first)s
        AND news.account_id > %(after)s AND news.account_id <= %(until)s
        AND account.tier_id IS NOT DISTINCT FROM news.old_tier_id AND account.tier_pinned = news.was_pinned
    FOR NO KEY UPDATE OF account SKIP LOCKED
),
written AS (
    UPDATE accounts_account account
    SET tier_before_id = CASE WHEN held.is_move THEN held.old_tier_id ELSE account.tier_before_id END,
        tier_id = held.new_tier_id,
        tier_since = CASE WHEN held.is_move THEN %(as_of)s ELSE account.tier_since END,
        tier_reason = held.reason,
        tier_pinned = false,
        tier_pinned_until = NULL,
        below_since = held.low_since,
        updated_at = now()
    FROM held
    WHERE account.id = held.account_id
    RETURNING held.is_move
)
SELECT count(*) FILTER (WHERE is_move) FROM written
-- name: wait
-- Below their tier since tonight, or no longer: nothing that a person sees changes.
WITH held AS (
    SELECT news.*
    FROM tend_tier_news news
    JOIN accounts_account account ON account.id = news.account_id
    WHERE NOT news.is_move AND NOT news.released
        AND news.account_id > %(after)s AND news.account_id <= %(until)s
        AND account.tier_id IS NOT DISTINCT FROM news.old_tier_id AND NOT account.tier_pinned
    FOR NO KEY UPDATE OF account SKIP LOCKED
)
UPDATE accounts_account account
SET below_since = held.low_since
FROM held
WHERE account.id = held.account_id
-- name: weigh
@judge
SELECT old_step, new_step, given_step, stays_pinned, count(*), {met}
FROM outcome
GROUP BY old_step, new_step, given_step, stays_pinned
-- name: list
@judge,
moves AS (
    SELECT told.account_id, told.old_step, told.new_step, told.reason
    FROM told
    WHERE is_move AND (%(from)s::int IS NULL OR old_step IS NOT DISTINCT FROM nullif(%(from)s::int, 0))
        AND (%(to)s::int IS NULL OR new_step = %(to)s)
)
SELECT account.id, account.name, moves.old_step, moves.new_step, moves.reason
FROM moves
JOIN accounts_account account ON account.id = moves.account_id
ORDER BY account.name_folded, account.id
LIMIT %(limit)s OFFSET %(offset)s
