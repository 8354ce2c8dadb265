-- Who joined, day by day, from the members; what has no delivery yet is in the books already and is remembered.
WITH ahead AS (
    INSERT INTO analytics_ahead (event_id)
    SELECT e.id FROM events_delivery d JOIN events_event e ON e.id = d.event_id
    WHERE d.reader = %(reader)s AND d.state IN ('open', 'dead') AND e.type = ANY (%(types)s) AND e.id <> %(heard)s
    ON CONFLICT DO NOTHING
)
INSERT INTO analytics_joinedday (day, via, store_id, members)
SELECT (joined_at AT TIME ZONE %(zone)s)::date, joined_via, coalesce(joined_store_id, 0), count(*)
FROM members_member
WHERE NOT practice
GROUP BY 1, 2, 3
