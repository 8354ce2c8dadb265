-- Ten months of bills under the rules of the ledger: every member has three, every tenth six; every fiftieth buys big
-- and rises. Amounts, points and tiers follow from each other as if a till had sent each bill in its turn.
SELECT setseed(0.42);
DROP TABLE IF EXISTS bench_bill;
CREATE UNLOGGED TABLE bench_bill AS
SELECT
    n, member_id, occurred_at, amount, points,
    (row_number() OVER bills)::integer AS seq,
    (sum(points) OVER bills)::bigint AS points_after,
    (sum(amount) OVER bills)::bigint AS spend_after,
    row_number() OVER (ORDER BY occurred_at) AS receipt,
    uuidv7(occurred_at - clock_timestamp()) AS id,
    1 + n %% %(stores)s AS store_no
FROM (
    SELECT n, member_id, occurred_at, amount, amount / %(per_amount)s AS points
    FROM (
        SELECT
            n, id AS member_id,
            %(at)s - interval '330 days' + random() * interval '320 days' AS occurred_at,
            (25 + floor(random() * 155))::bigint * 1000 * CASE WHEN n %% 50 = 0 THEN 12 ELSE 1 END AS amount
        FROM bench_member, generate_series(1, CASE WHEN n %% 10 = 1 THEN 6 ELSE 3 END)
    ) drawn
) earned
WINDOW bills AS (PARTITION BY n ORDER BY occurred_at ROWS UNBOUNDED PRECEDING);
ANALYZE bench_bill;

-- Who rose, and with which bill.
DROP TABLE IF EXISTS bench_rise;
CREATE UNLOGGED TABLE bench_rise AS
SELECT id AS purchase_id, member_id, occurred_at, seq, tier_before, tier_id
FROM (
    SELECT b.*, t.tier_id, lag(t.tier_id, 1, %(first_tier)s) OVER (PARTITION BY n ORDER BY seq) AS tier_before
    FROM bench_bill b
    CROSS JOIN LATERAL (
        SELECT coalesce(
            (SELECT h.tier_id FROM loyalty_tierthreshold h WHERE h.spend <= b.spend_after ORDER BY h.spend DESC LIMIT 1),
            %(first_tier)s
        ) AS tier_id
    ) t
    WHERE n %% 50 = 0
) stood
WHERE tier_id <> tier_before;
ANALYZE bench_rise;

INSERT INTO loyalty_account (member_id, available, entries, lots, tier_id, next_due_at, last_purchase_at)
SELECT
    member_id, sum(points)::bigint, count(*)::integer, count(*)::integer,
    coalesce(max(r.tier_id), %(first_tier)s),
    min((((occurred_at AT TIME ZONE %(zone)s)::date + interval '12 months')::date + 1)::timestamp AT TIME ZONE %(zone)s),
    max(occurred_at)
FROM bench_bill b
LEFT JOIN (SELECT DISTINCT ON (member_id) member_id, tier_id FROM bench_rise ORDER BY member_id, seq DESC) r
    USING (member_id)
GROUP BY member_id
ORDER BY member_id;

INSERT INTO loyalty_tierbeginning (member_id, since, tier_id, cause, subject_id, recorded_at, by)
SELECT member_id, occurred_at, tier_id, 'import', purchase_id, %(at)s, 'system' FROM bench_rise ORDER BY member_id, seq;

INSERT INTO loyalty_purchase (
    id, store_id, period, receipt, business_date, member_id, occurred_at, recorded_at, lines_amount, total, due, base,
    earned, available_after, debt_after, rule_id, reasons, extras, import_id, by, staff
)
SELECT
    id, (%(store_ids)s::integer[])[store_no], '', 'H' || receipt, (occurred_at AT TIME ZONE %(zone)s)::date, member_id,
    occurred_at, %(at)s, amount, amount, amount, amount, points, points_after, 0, %(rule)s, '{}', '{}', %(import_id)s, 'system',
    'nv' || 1 + receipt %% 6
FROM bench_bill
ORDER BY receipt;

INSERT INTO loyalty_purchaseline (purchase_id, line, member_id, sku, name, category, quantity, amount, cost, goods, gross)
SELECT id, line, member_id, 'CF0' || line, 'Cà phê sữa đá', 'coffee', line, part, part * 2 / 5, part, part
FROM (
    SELECT
        b.id, b.receipt, line, b.member_id,
        CASE WHEN b.seq %% 2 = 1 THEN b.amount WHEN line = 1 THEN b.amount - b.amount / 3 ELSE b.amount / 3 END AS part
    FROM bench_bill b, generate_series(1, CASE WHEN b.seq %% 2 = 1 THEN 1 ELSE 2 END) AS line
) lines
ORDER BY receipt, line;

INSERT INTO loyalty_entry (
    member_id, seq, kind, available, available_after, pending, pending_after, held, held_after, debt, debt_after,
    effective_at, recorded_at, by, store_id, purchase_id
)
SELECT
    member_id, seq, 'earn', points, points_after, 0, 0, 0, 0, 0, 0, occurred_at, %(at)s, 'system',
    (%(store_ids)s::integer[])[store_no], id
FROM bench_bill
ORDER BY member_id, seq;

INSERT INTO loyalty_lot (member_id, seq, entry_seq, points, remaining, opened_at, expires_at)
SELECT
    member_id, seq, seq, points, points, occurred_at,
    (((occurred_at AT TIME ZONE %(zone)s)::date + interval '12 months')::date + 1)::timestamp AT TIME ZONE %(zone)s
FROM bench_bill
ORDER BY member_id, seq;

DROP TABLE bench_bill, bench_rise, bench_member;
