-- Accounts that silence.sql has to judge. Whoever is left out cannot be listed there: they have an active
-- owner who is present, an open date, no exception of their own, and were spoken to within the interval by
-- which silence.sql measures them. The engine's last contact is that talk or a later one. What a chosen
-- reason does not ask for is not looked at.
WITH @chain,

-- The rolling item with the shortest interval, as in silence.sql, of accounts without exceptions.
rhythm AS MATERIALIZED (
    SELECT DISTINCT ON (at_rank) at_rank, step, qualifying
    FROM rule
    WHERE anchor = 'after_contact'
    ORDER BY at_rank, %(as_of)s::date + step, slot_id
),
away AS MATERIALIZED (
    SELECT DISTINCT user_id FROM users_absence WHERE %(as_of)s BETWEEN starts_on AND ends_on
),
served AS (
    SELECT
        account.id,
        owner.is_active IS NOT TRUE OR away.user_id IS NOT NULL AS is_left_alone,
        coalesce(tier.rank, (SELECT min(rank) FROM accounts_tier), 0) AS rank
    FROM accounts_account account
    LEFT JOIN accounts_tier tier ON tier.id = account.tier_id
    LEFT JOIN users_user owner ON owner.id = account.owner_id
    LEFT JOIN away ON away.user_id = account.owner_id
    WHERE account.status = 'customer' AND account.became_customer_on <= %(as_of)s AND @only(account.id)
        AND (%(tier)s::bigint IS NULL OR account.tier_id = %(tier)s::bigint)
),
dated AS (
    SELECT DISTINCT account_id
    FROM cadences_touchpoint
    WHERE state = 'open' AND kind NOT IN ('survey', 'todo') AND @only(account_id)
),
talk AS (
    SELECT account_id, kind, max(happened_on) AS last_on
    FROM contacts_interaction
    WHERE reached AND by_owner_side AND withdrawn_at IS NULL
        AND happened_on <= %(talks_until)s AND @only(account_id)
        AND happened_on >= %(as_of)s::date - (SELECT max(step) FROM rhythm) - interval '3 days'
    GROUP BY account_id, kind
),
spoken AS (
    SELECT DISTINCT served.id
    FROM served
    JOIN rhythm ON rhythm.at_rank = served.rank
    JOIN talk ON talk.account_id = served.id AND talk.kind = ANY(rhythm.qualifying)
        AND (talk.last_on + rhythm.step)::date >= %(as_of)s::date
)
SELECT served.id
FROM served
LEFT JOIN dated ON dated.account_id = served.id
LEFT JOIN spoken ON spoken.id = served.id
WHERE %(reason)s IN ('', 'nobody', 'left', 'away') AND served.is_left_alone
    OR %(reason)s IN ('', 'no_date') AND dated.account_id IS NULL
    OR %(reason)s IN ('', 'silent') AND (
        spoken.id IS NULL AND served.rank IN (SELECT at_rank FROM rhythm)
        OR served.id IN (SELECT account_id FROM exception)
    )
