-- Rolling items: one open row per slot, an interval after the last qualifying contact.
-- OFFSET 0 here and below: each step is computed once, not copied into every later expression.

-- What each account's rolling date is counted from.
rolling_base AS (
    SELECT
        customer.account_id, customer.hash, customer.country, customer.tier_since,
        customer.paused_from, customer.paused_until, customer.pause_end,
        @person(customer, item) AS person,
        @calendar(customer, item) AS calendar_id,
        item.rule_no, item.slot_id, item.kind, item.qualifying,
        coalesce(exception.step, item.step) AS step,
        -- a change of tier is none where the interval, or the tier, is the account's own
        CASE WHEN exception.step IS NULL AND NOT item.is_lent THEN old.step END AS old_step,
        exception.step IS NULL AND NOT item.is_lent AND customer.tier_rank > customer.rank_before AS was_promoted,
        greatest(
            item.since,
            customer.known_from,
            CASE WHEN customer.paused_from <= %(as_of)s THEN customer.pause_end END
        ) AS floor_on,
        last_talk.last_on AS talked_on,
        greatest(
            last_talk.last_on,
            settled.done_on,
            CASE WHEN item.kind = 'call' THEN agreed_call.done_on END,
            CASE WHEN %(project)s AND item.kind = 'call' THEN agreed_call.open_on END,
            %(assumed_on)s
        ) AS contact_on,
        settled.skipped_on,
        track.ends_on AS track_ends_on,
        coalesce(settled.number, 0) + 1 AS number
    FROM customer
    -- a left join, because an inner one makes the planner expect that hardly anybody has such an item
    LEFT JOIN rule item ON item.at_rank = customer.rank AND item.anchor = 'after_contact'
    LEFT JOIN item_at old ON old.at_rank = customer.rank_before AND old.slot_id = item.slot_id
        AND old.anchor = 'after_contact'
    LEFT JOIN exception ON exception.account_id = customer.account_id AND exception.slot_id = item.slot_id
    LEFT JOIN qualifying_set ON qualifying_set.qualifying = item.qualifying
    LEFT JOIN last_talk ON last_talk.account_id = customer.account_id
        AND last_talk.set_no = qualifying_set.set_no
    LEFT JOIN settled ON settled.account_id = customer.account_id AND settled.slot_id = item.slot_id
    LEFT JOIN agreed_call ON agreed_call.account_id = customer.account_id
    LEFT JOIN track ON track.account_id = customer.account_id
    WHERE coalesce(item.rule_no, 0) <> 0 AND exception.is_off IS NOT TRUE
),
rolling_date AS (
    SELECT
        based.*,
        -- without a contact, or with one too old: spread over the first interval from the floor
        CASE WHEN last_on + step >= floor_on THEN (last_on + step)::date
            ELSE floor_on + mod(hash, (floor_on + step)::date - floor_on)::int
        END AS new_on,
        CASE WHEN last_on + old_step >= floor_on THEN (last_on + old_step)::date
            ELSE floor_on + mod(hash, (floor_on + old_step)::date - floor_on)::int
        END AS old_on
    FROM (
        SELECT *, greatest(contact_on, skipped_on, track_ends_on) AS last_on FROM rolling_base OFFSET 0
    ) based
    OFFSET 0
),
rolling_tiered AS (
    SELECT
        *,
        -- promoted: never later than before, never a flood on the day of the promotion
        CASE WHEN was_promoted AND coalesce(last_on, floor_on) < tier_since
            THEN least(
                old_on,
                greatest(new_on, tier_since + mod(hash, (tier_since + step)::date - tier_since)::int)
            )
            ELSE new_on
        END AS tiered_on
    FROM rolling_date
    OFFSET 0
),
rolling AS NOT MATERIALIZED (
    SELECT
        *,
        -- a pause that is still to come moves only what lies in it
        CASE WHEN in_pause THEN pause_end + mod(hash, (pause_end + step)::date - pause_end)::int
            ELSE tiered_on
        END AS ideal_on,
        CASE
            WHEN tiered_on <> new_on THEN coalesce(last_on, floor_on)
            WHEN last_on + step >= floor_on THEN last_on
            ELSE floor_on
        END AS base_on,
        CASE
            WHEN tiered_on <> new_on THEN 'promoted'
            WHEN NOT coalesce(last_on + step >= floor_on, false) THEN 'floor'
            WHEN contact_on = last_on THEN 'contact'
            WHEN skipped_on = last_on THEN 'skip'
            ELSE 'track'
        END AS basis
    FROM (
        SELECT *, coalesce(tiered_on BETWEEN paused_from AND paused_until, false) AS in_pause
        FROM rolling_tiered
        OFFSET 0
    ) paused
)
