-- Where everybody stands and what they hold, by home store and tier; whoever never bought stands in the first tier.
INSERT INTO analytics_standingnight (date, store_id, tier_id, members, available, pending, held, debt)
SELECT
    %(date)s, coalesce(m.home_store_id, m.joined_store_id, 0), coalesce(a.tier_id, %(first)s),
    count(*) FILTER (WHERE m.status = 'active'), coalesce(sum(a.available), 0), coalesce(sum(a.pending), 0),
    coalesce(sum(a.held), 0), coalesce(sum(a.debt), 0)
FROM members_member m
LEFT JOIN loyalty_account a ON a.member_id = m.id
WHERE NOT m.practice
GROUP BY 2, 3
