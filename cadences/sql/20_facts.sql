-- Facts: who is a customer, what they bought, when we last spoke, what people closed.

-- Servicing campaigns (R9) that nobody has ended with a result. One that ran out still owes what fell into it.
campaign AS MATERIALIZED (
    SELECT id, account_id, started_on, ends_on
    FROM cadences_campaign
    WHERE started_on <= %(as_of)s AND ends_on >= %(look_back)s
        AND (result IN ('', 'over') OR ended_on > %(as_of)s)
        AND @only(account_id)
),

-- The weeks in which a campaign's own calls ask about letters, up to the day on which a person ended it.
campaign_weeks AS MATERIALIZED (
    SELECT
        account_id, started_on,
        CASE WHEN ended_on <= %(as_of)s THEN least(ended_on, ends_on) ELSE ends_on END AS last_on
    FROM cadences_campaign
    WHERE started_on <= %(as_of)s AND ends_on >= %(look_back)s AND @only(account_id)
),

-- The latest thank-you for a talk that has left (R10, R11), of each account: the day of its letter, or of the
-- e-mail that has no letter beside it. The later of a pair names the earlier, whose number is the pair's.
thanks AS MATERIALIZED (
    SELECT DISTINCT ON (account_id) account_id, number, day
    FROM (
        SELECT
            account_id,
            coalesce(twin_id, id) AS number,
            CASE WHEN bool_or(medium = 'letter' AND state <> 'cancelled')
                THEN max(left_on) FILTER (WHERE medium = 'letter')
                ELSE max(left_on)
            END AS day
        FROM correspondence_piece
        WHERE use = 'thank_you' AND about_id IS NOT NULL AND @only(account_id)
        GROUP BY account_id, coalesce(twin_id, id)
    ) pair
    WHERE day <= %(as_of)s
    ORDER BY account_id, day DESC, number DESC
),

-- Accounts to whom anything is owed, among those asked about: customers, whoever has a campaign, and
-- prospects whom we have thanked.
-- `hash` spreads first dates and windows evenly.
served AS MATERIALIZED (
    SELECT
        account.id AS account_id,
        account.status = 'customer' AND account.became_customer_on <= %(as_of)s AS is_customer,
        account.status = 'prospect' AS is_prospect,
        CASE WHEN account.owner_before_id <> account.owner_id AND account.owner_since <= %(as_of)s
            THEN account.owner_since
        END AS handed_over_on,
        account.owner_id AS handed_to,
        ('x' || left(md5(account.id::text), 8))::bit(32)::bigint AS hash,
        coalesce(borrower.rung, tier.rank, (SELECT min(rank) FROM accounts_tier), 0) AS rank,
        coalesce(tier.rank, (SELECT min(rank) FROM accounts_tier), 0) AS tier_rank,
        CASE WHEN account.tier_since <= %(as_of)s THEN before.rank END AS rank_before,
        account.tier_since,
        greatest(account.became_customer_on, account.facts_from) AS known_from,
        account.paused_from,
        account.paused_until,
        account.paused_until + 1 AS pause_end,
        coalesce(staff.owner_id, 0) AS owner_id,
        coalesce(staff.manager_id, 0) AS manager_id,
        coalesce(staff.deputy_id, 0) AS deputy_id,
        coalesce(staff.calendar_id, company.calendar_id, 0) AS calendar_id,
        coalesce(staff.manager_calendar_id, company.calendar_id, 0) AS manager_calendar_id,
        coalesce(staff.deputy_calendar_id, company.calendar_id, 0) AS deputy_calendar_id,
        coalesce(company.calendar_id, 0) AS company_calendar_id,
        account.country
    FROM accounts_account account
    LEFT JOIN company ON true
    LEFT JOIN accounts_tier tier ON tier.id = account.tier_id
    LEFT JOIN accounts_tier before ON before.id = account.tier_before_id
    LEFT JOIN staff ON staff.owner_id = account.owner_id
    LEFT JOIN borrower ON borrower.account_id = account.id
    WHERE @only(account.id) AND (
        account.status = 'customer' AND account.became_customer_on <= %(as_of)s
        OR account.id IN (SELECT account_id FROM campaign)
        OR account.status = 'prospect' AND account.id IN (SELECT account_id FROM thanks)
    )
),
customer AS NOT MATERIALIZED (
    SELECT * FROM served WHERE is_customer
),

-- What a day of purchases must have to be an event of an item: mostly nothing, or a sum, or a product.
condition AS MATERIALIZED (
    SELECT DISTINCT condition_no, min_amount, product
    FROM item_at
    WHERE anchor = 'after_event' AND event = 'purchase'
),

-- Days on which somebody bought something net; all purchases of a day are one event.
purchase_day AS NOT MATERIALIZED (
    SELECT
        account_id,
        purchased_on AS day,
        min(id) AS lowest_id,
        sum(amount) FILTER (WHERE currency = (SELECT currency FROM company)) AS amount
    FROM sales_purchase
    WHERE voided_at IS NULL AND purchased_on <= %(bought_until)s AND @only(account_id)
    GROUP BY account_id, purchased_on
    HAVING sum(amount) > 0
),
-- Empty where no condition asks for it, as the next one.
product_day AS MATERIALIZED (
    SELECT DISTINCT purchase.account_id, purchase.purchased_on AS day, condition.condition_no
    FROM sales_purchase purchase
    JOIN sales_purchaseline line ON line.purchase_id = purchase.id
    JOIN condition ON strpos(lower(line.product), condition.product) > 0
    WHERE condition.product <> ''
        AND (SELECT bool_or(product <> '') FROM condition)
        AND purchase.voided_at IS NULL AND purchase.purchased_on <= %(bought_until)s
        AND @only(purchase.account_id)
),
first_day AS MATERIALIZED (
    SELECT account_id, min(day) AS day
    FROM purchase_day
    WHERE (SELECT bool_or(min_amount IS NOT NULL OR product <> '') FROM condition)
    GROUP BY account_id
),
purchase_event AS (
    SELECT *
    FROM (
        SELECT
            purchase.account_id,
            condition.condition_no,
            purchase.day,
            purchase.lowest_id,
            lag(purchase.day) OVER by_day AS day_before,
            lead(purchase.day) OVER by_day AS day_after
        FROM purchase_day purchase
        JOIN condition ON condition.min_amount IS NULL OR purchase.amount >= condition.min_amount
        LEFT JOIN product_day ON product_day.account_id = purchase.account_id
            AND product_day.day = purchase.day AND product_day.condition_no = condition.condition_no
        WHERE condition.product = '' OR product_day.day IS NOT NULL
        WINDOW by_day AS (PARTITION BY purchase.account_id, condition.condition_no ORDER BY purchase.day)
    ) numbered
    -- whose items would all be dated before the plan began starts nothing
    WHERE day >= (SELECT min(since - step) FROM item_at WHERE anchor = 'after_event' AND event = 'purchase')
),

-- Event items of the purchases that start them (R1). `ideal_on` before `since` is not owed.
event AS MATERIALIZED (
    SELECT
        customer.account_id, customer.country, customer.paused_from, customer.paused_until,
        @person(customer, rule) AS person,
        @calendar(customer, rule) AS calendar_id,
        rule.rule_no, rule.is_track, rule.kind,
        purchase.day AS base_on,
        (purchase.day + rule.step)::date AS ideal_on,
        CASE WHEN purchase.day_before IS NULL AND purchase.day = coalesce(first_day.day, purchase.day) THEN 0
            -- void purchases keep their number, so that voiding one of two changes no key
            ELSE least(purchase.lowest_id, (
                SELECT min(void.id)
                FROM sales_purchase void
                WHERE void.account_id = purchase.account_id AND void.purchased_on = purchase.day
            ))
        END AS number,
        CASE WHEN rule.starts = 'restart' THEN purchase.day_after END AS restarted_on
    FROM purchase_event purchase
    JOIN customer ON customer.account_id = purchase.account_id
    JOIN rule ON rule.at_rank = customer.rank AND rule.anchor = 'after_event' AND rule.event = 'purchase'
        AND rule.condition_no = purchase.condition_no
    LEFT JOIN first_day ON first_day.account_id = purchase.account_id
    LEFT JOIN exception ON exception.account_id = customer.account_id AND exception.slot_id = rule.slot_id
    WHERE exception.is_off IS NOT TRUE
        AND purchase.day + rule.step >= rule.since
        AND (
            purchase.day_before IS NULL
            OR rule.starts = 'restart'
            OR rule.starts = 'new' AND purchase.day > (
                SELECT coalesce(max(purchase.day_before + track.step), purchase.day_before)
                FROM item_at track
                LEFT JOIN exception off ON off.account_id = customer.account_id
                    AND off.slot_id = track.slot_id AND off.is_off
                WHERE track.at_rank = customer.rank AND track.anchor = 'after_event' AND track.is_track
                    AND off.account_id IS NULL
            )
        )
),

-- What starts items besides purchases: a campaign, a new owner who has to introduce themself, a thank-you whose
-- letter should have come. `last_on`: nothing is owed for days after it.
occasion AS MATERIALIZED (
    SELECT account_id, 'campaign' AS event, id AS number, started_on AS day, ends_on AS last_on
    FROM campaign

    UNION ALL

    SELECT account_id, 'owner', handed_to, handed_over_on, date '9000-01-01'
    FROM served
    WHERE handed_over_on + (SELECT max(step) FROM item_at WHERE event = 'owner') >= %(look_back)s
        AND (is_customer OR EXISTS (
            SELECT FROM campaign
            WHERE campaign.account_id = served.account_id
                AND handed_over_on BETWEEN campaign.started_on AND campaign.ends_on
        ))

    UNION ALL

    SELECT account_id, 'letter', thanks.number, thanks.day, date '9000-01-01'
    FROM thanks
    JOIN served USING (account_id)
    WHERE is_customer OR is_prospect
),

-- Sets of kinds of contact that count for some rolling item: usually one set for all tiers.
qualifying_set AS MATERIALIZED (
    SELECT qualifying, row_number() OVER () AS set_no
    FROM (SELECT DISTINCT qualifying FROM item_at WHERE anchor = 'after_contact') distinct_sets
),
qualifying_kind AS MATERIALIZED (
    SELECT set_no, unnest(qualifying) AS kind FROM qualifying_set
),
last_talk AS (
    SELECT talk.account_id, counts.set_no, max(talk.happened_on) AS last_on
    FROM contacts_interaction talk
    JOIN qualifying_kind counts ON counts.kind = talk.kind
    WHERE talk.reached AND talk.by_owner_side AND talk.withdrawn_at IS NULL
        AND talk.happened_on <= %(talks_until)s AND @only(talk.account_id)
    GROUP BY talk.account_id, counts.set_no
),

-- What people closed in rolling slots: the next number, and the days it counts from. "Assumed" is the
-- row that a page asks about: what would be next if it were done on that day?
settled AS (
    SELECT
        account_id,
        slot_id,
        max(CASE WHEN anchor = 'after_contact' THEN substr(cycle, 2)::int END) AS number,
        max(CASE WHEN id = %(assumed_id)s THEN %(assumed_on)s ELSE closed_on END)
            FILTER (WHERE state = 'done' OR id = %(assumed_id)s) AS done_on,
        max(closed_on) FILTER (WHERE state = 'skipped') AS skipped_on
    FROM cadences_touchpoint
    WHERE (state IN ('done', 'skipped') OR id = %(assumed_id)s)
        AND slot_id = ANY(ARRAY(SELECT slot_id FROM item_at WHERE anchor = 'after_contact'))
        AND @only(account_id)
    GROUP BY account_id, slot_id
),

-- Calls promised to the customer: an open one stands in for the rolling call, a done one counts as it.
agreed_call AS MATERIALIZED (
    SELECT account_id, bool_or(state = 'open' AND id <> %(assumed_id)s) AS is_open,
        max(due_on) FILTER (WHERE state = 'open' AND id <> %(assumed_id)s) AS open_on,
        max(closed_on) FILTER (WHERE state = 'done') AS done_on
    FROM cadences_touchpoint
    WHERE anchor = 'agreed' AND kind = 'call' AND state IN ('open', 'done') AND @only(account_id)
    GROUP BY account_id
)
