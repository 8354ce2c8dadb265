INSERT INTO loyalty_purchase (
    id, store_id, terminal_id, period, receipt, business_date, member_id, occurred_at, recorded_at, channel, staff,
    fingerprint, lines_amount, total, due, base, earned, available_after, debt_after, rule_id, reasons, extras,
    import_id, by
)
SELECT
    n.id, n.store_id, n.terminal_id, n.period, n.receipt, n.business_date, n.member_id, n.occurred_at, %(at)s,
    coalesce(n.channel, 'till'), coalesce(n.staff, ''), n.fingerprint, n.total, n.total, n.total, n.total, n.earned,
    a.available + n.earned_so_far - least(a.debt, n.earned_so_far), a.debt - least(a.debt, n.earned_so_far),
    CASE WHEN n.member_id IS NOT NULL THEN n.rule_id END, 
    CASE
        WHEN n.member_id IS NULL THEN '{"matched": [], "refused": []}'
        ELSE '{"matched": [{"rule": "base", "points": ' || n.earned || ', "base": ' || n.total || ', "per_amount": '
            || n.per_amount || ', "per_points": ' || n.per_points || '}], "refused": []}'
    END::jsonb,
    '{}', %(import_id)s, %(by)s
FROM import_chunk n
LEFT JOIN import_account a USING (member_id)
ORDER BY n.bill;
