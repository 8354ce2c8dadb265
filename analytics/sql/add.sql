-- Adds the moves to the rollups and answers the members and months they touch. Members before cashiers before days: the row
-- of a store's day is the one that everybody wants, so it is taken last; each kind of row in its own order, so that nobody waits in a ring.
, state AS (
    INSERT INTO analytics_memberstate AS s (member_id, visits, revenue, profit, costed)
    SELECT member_id, sum(visits), sum(gross - returned), sum(profit), sum(costed)
    FROM move
    WHERE member_id IS NOT NULL
    GROUP BY member_id
    ORDER BY member_id
    ON CONFLICT (member_id) DO UPDATE
    SET visits = s.visits + excluded.visits,
        revenue = s.revenue + excluded.revenue,
        profit = s.profit + excluded.profit,
        costed = s.costed + excluded.costed
    RETURNING s.member_id
), month AS (
    INSERT INTO analytics_membermonth AS m (member_id, month, visits, revenue, profit, costed, earned, spent)
    SELECT
        member_id, date_trunc('month', business_date::timestamp)::date, sum(visits), sum(gross - returned), sum(profit),
        sum(costed), sum(earned), sum(spent)
    FROM move
    CROSS JOIN (SELECT count(*) FROM state) AS first_the_states
    WHERE member_id IS NOT NULL
    GROUP BY 1, 2
    ORDER BY 1, 2
    ON CONFLICT (member_id, month) DO UPDATE
    SET visits = m.visits + excluded.visits,
        revenue = m.revenue + excluded.revenue,
        profit = m.profit + excluded.profit,
        costed = m.costed + excluded.costed,
        earned = m.earned + excluded.earned,
        spent = m.spent + excluded.spent
    RETURNING 1
), cashier AS (
    INSERT INTO analytics_cashierday AS c (store_id, business_date, staff, member_visits, guest_visits, revenue)
    SELECT
        store_id, business_date, staff,
        coalesce(sum(visits) FILTER (WHERE member_id IS NOT NULL), 0),
        coalesce(sum(visits) FILTER (WHERE member_id IS NULL), 0),
        sum(gross - returned)
    FROM move
    CROSS JOIN (SELECT count(*) FROM month) AS first_the_months
    GROUP BY 1, 2, 3
    ORDER BY 1, 2, 3
    ON CONFLICT (store_id, business_date, staff) DO UPDATE
    SET member_visits = c.member_visits + excluded.member_visits,
        guest_visits = c.guest_visits + excluded.guest_visits,
        revenue = c.revenue + excluded.revenue
    RETURNING 1
), day AS (
    INSERT INTO analytics_storeday AS d (
        store_id, business_date, bills, member_visits, guest_visits, member_gross, guest_gross, member_returned,
        guest_returned, member_profit, guest_profit, member_costed, guest_costed, earned, spent
    )
    SELECT
        store_id, business_date, sum(bills),
        coalesce(sum(visits) FILTER (WHERE member_id IS NOT NULL), 0),
        coalesce(sum(visits) FILTER (WHERE member_id IS NULL), 0),
        coalesce(sum(gross) FILTER (WHERE member_id IS NOT NULL), 0),
        coalesce(sum(gross) FILTER (WHERE member_id IS NULL), 0),
        coalesce(sum(returned) FILTER (WHERE member_id IS NOT NULL), 0),
        coalesce(sum(returned) FILTER (WHERE member_id IS NULL), 0),
        coalesce(sum(profit) FILTER (WHERE member_id IS NOT NULL), 0),
        coalesce(sum(profit) FILTER (WHERE member_id IS NULL), 0),
        coalesce(sum(costed) FILTER (WHERE member_id IS NOT NULL), 0),
        coalesce(sum(costed) FILTER (WHERE member_id IS NULL), 0),
        sum(earned), sum(spent)
    FROM move
    CROSS JOIN (SELECT count(*) FROM cashier) AS first_the_cashiers
    GROUP BY 1, 2
    ORDER BY 1, 2
    ON CONFLICT (store_id, business_date) DO UPDATE
    SET bills = d.bills + excluded.bills,
        member_visits = d.member_visits + excluded.member_visits,
        guest_visits = d.guest_visits + excluded.guest_visits,
        member_gross = d.member_gross + excluded.member_gross,
        guest_gross = d.guest_gross + excluded.guest_gross,
        member_returned = d.member_returned + excluded.member_returned,
        guest_returned = d.guest_returned + excluded.guest_returned,
        member_profit = d.member_profit + excluded.member_profit,
        guest_profit = d.guest_profit + excluded.guest_profit,
        member_costed = d.member_costed + excluded.member_costed,
        guest_costed = d.guest_costed + excluded.guest_costed,
        earned = d.earned + excluded.earned,
        spent = d.spent + excluded.spent
    RETURNING date_trunc('month', d.business_date::timestamp)::date AS month
)
