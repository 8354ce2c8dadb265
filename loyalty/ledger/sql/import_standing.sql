-- The slow accounts after expiry and repaid debts: what is left and what is due next.
UPDATE loyalty_account a
SET
    available = a.available - coalesce(x.points, 0),
    entries = a.entries + coalesce(x.entries, 0),
    next_due_at = ledger_next_due(a.member_id)
FROM import_account b
LEFT JOIN (
    SELECT member_id, sum(points)::bigint AS points, count(*)::integer AS entries FROM import_ending GROUP BY member_id
) x USING (member_id)
WHERE a.member_id = b.member_id AND b.slow;
