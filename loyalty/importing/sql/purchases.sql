INSERT INTO loyalty_purchase (
    id, store_id, terminal_id, period, receipt, business_date, member_id, occurred_at, recorded_at, channel, staff,
    fingerprint, lines_amount, total, due, base, earned, available_after, debt_after, rule_id, reasons, extras,
    import_id, by
)
SELECT
    n.id, n.store_id, n.terminal_id, n.period, n.receipt, n.business_date, n.member_id, n.occurred_at, %(at)s, n.channel,
    n.staff, n.fingerprint, n.total, n.total, n.total, n.total, n.earned, r.available_after, r.debt_after, n.rule_id,
    '[]', '{}', %(import_id)s, %(by)s
FROM import_new n
LEFT JOIN import_running r USING (bill)
WHERE n.chunk = %(chunk)s
ORDER BY n.bill;
