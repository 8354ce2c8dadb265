-- Revenue and profit of the month %(month)s as of the end of %(as_of)s, by who bought; appended to the moves of its days.
, visited AS (
    SELECT DISTINCT b.member_id
    FROM analytics_owned b
    WHERE b.member_id IS NOT NULL
        AND b.business_date >= %(month)s AND b.business_date <= %(last)s
        AND (b.gone_on IS NULL OR b.gone_on > %(as_of)s)
), fresh AS (
    SELECT v.member_id
    FROM visited v
    WHERE NOT EXISTS (
        SELECT FROM analytics_bill b
        WHERE b.member_id = v.member_id AND b.business_date < %(month)s
            AND (b.gone_on IS NULL OR b.gone_on > %(as_of)s)
            AND NOT EXISTS (SELECT FROM loyalty_billmove m WHERE m.purchase_id = b.id)
    ) AND NOT EXISTS (
        SELECT FROM loyalty_billowner o
        JOIN analytics_bill b ON b.id = o.purchase_id
        WHERE o.member_id = v.member_id AND b.business_date < %(month)s
            AND (b.gone_on IS NULL OR b.gone_on > %(as_of)s)
    )
), part AS (
    SELECT
        CASE WHEN m.member_id IS NULL THEN 'guest' WHEN f.member_id IS NULL THEN 'repeat' ELSE 'new' END AS who,
        m.gross - m.returned AS revenue, m.profit, m.costed
    FROM move m
    LEFT JOIN fresh f ON f.member_id = m.member_id
    WHERE m.business_date >= %(month)s AND m.business_date <= %(last)s
)
UPDATE analytics_revenuemonth r
SET as_of = %(as_of)s, counted_at = %(at)s, counting = false,
    new_members = n.members, repeat_members = v.members - n.members,
    new_revenue = s.new_revenue, repeat_revenue = s.repeat_revenue, guest_revenue = s.guest_revenue,
    new_profit = s.new_profit, repeat_profit = s.repeat_profit, guest_profit = s.guest_profit,
    new_costed = s.new_costed, repeat_costed = s.repeat_costed, guest_costed = s.guest_costed
FROM
    (SELECT count(*) AS members FROM fresh) n,
    (SELECT count(*) AS members FROM visited) v,
    (
        SELECT
            coalesce(sum(revenue) FILTER (WHERE who = 'new'), 0) AS new_revenue,
            coalesce(sum(revenue) FILTER (WHERE who = 'repeat'), 0) AS repeat_revenue,
            coalesce(sum(revenue) FILTER (WHERE who = 'guest'), 0) AS guest_revenue,
            coalesce(sum(profit) FILTER (WHERE who = 'new'), 0) AS new_profit,
            coalesce(sum(profit) FILTER (WHERE who = 'repeat'), 0) AS repeat_profit,
            coalesce(sum(profit) FILTER (WHERE who = 'guest'), 0) AS guest_profit,
            coalesce(sum(costed) FILTER (WHERE who = 'new'), 0) AS new_costed,
            coalesce(sum(costed) FILTER (WHERE who = 'repeat'), 0) AS repeat_costed,
            coalesce(sum(costed) FILTER (WHERE who = 'guest'), 0) AS guest_costed
        FROM part
    ) s
WHERE r.month = %(month)s
