-- The accounts as the chunk leaves them.
UPDATE loyalty_account a
SET
    available = b.available + s.earned - s.repaid - coalesce(x.points, 0),
    debt = b.debt - s.repaid,
    entries = b.entries + s.earns + coalesce(x.entries, 0),
    lots = b.lots + s.earns,
    next_due_at = least(s.next_due_at, CASE WHEN b.next_due_at > %(at)s THEN b.next_due_at ELSE kept.next_due_at END),
    last_purchase_at = greatest(b.last_purchase_at, s.last_at)
FROM import_sum s
JOIN import_account b USING (member_id)
LEFT JOIN (
    SELECT member_id, sum(points) AS points, count(*)::integer AS entries FROM import_ending GROUP BY member_id
) x USING (member_id)
LEFT JOIN (
    SELECT l.member_id, min(l.expires_at) AS next_due_at
    FROM import_account due
    JOIN loyalty_lot l USING (member_id)
    WHERE due.next_due_at <= %(at)s AND l.remaining > 0 AND l.expires_at > %(at)s AND l.seq <= due.lots
    GROUP BY l.member_id
) kept USING (member_id)
WHERE a.member_id = s.member_id;
