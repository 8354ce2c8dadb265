-- Every account of the chunk takes its sums at once, in the order of ids; `import_account` keeps what stood before. The first
-- points repay a debt. New points that have ended by now leave again at once; only where a debt or older due lots must be
-- told apart (`slow`) is that booked lot by lot afterwards (import_due.sql).
SET LOCAL enable_hashjoin = off;

DROP TABLE IF EXISTS import_ended;
CREATE TEMP TABLE import_ended AS
SELECT member_id, expires_at, sum(earned)::bigint AS points
FROM import_chunk
WHERE earned > 0 AND expires_at <= %(at)s
GROUP BY member_id, expires_at
ORDER BY member_id, expires_at;
ANALYZE import_ended;

DROP TABLE IF EXISTS import_sum;
CREATE TEMP TABLE import_sum AS
SELECT s.*, coalesce(e.points, 0)::bigint AS ended, coalesce(e.ends, 0)::integer AS ends
FROM (
    SELECT
        member_id,
        count(*) FILTER (WHERE earned > 0)::integer AS earns,
        sum(earned)::bigint AS earned,
        sum(total)::bigint AS spend,
        max(occurred_at) FILTER (WHERE id IS NOT NULL) AS last_at,
        min(expires_at) FILTER (WHERE earned > 0 AND expires_at > %(at)s) AS next_due_at
    FROM import_chunk
    WHERE member_id IS NOT NULL
    GROUP BY member_id
) s
LEFT JOIN (SELECT member_id, sum(points) AS points, count(*) AS ends FROM import_ended GROUP BY member_id) e USING (member_id)
ORDER BY member_id;
ANALYZE import_sum;

DROP TABLE IF EXISTS import_account;
CREATE TEMP TABLE import_account (
    member_id uuid, available bigint, pending bigint, held bigint, debt bigint, entries integer, lots integer,
    tier_id smallint, slow boolean, known boolean
);
WITH moved AS (
    MERGE INTO loyalty_account a
    USING import_sum s ON a.member_id = s.member_id
    WHEN MATCHED AND (a.debt > 0 OR a.next_due_at <= %(at)s) THEN UPDATE SET
        available = a.available + s.earned - least(a.debt, s.earned),
        debt = a.debt - least(a.debt, s.earned),
        entries = a.entries + s.earns,
        lots = a.lots + s.earns,
        last_purchase_at = greatest(a.last_purchase_at, s.last_at)
    WHEN MATCHED THEN UPDATE SET
        available = a.available + s.earned - s.ended,
        entries = a.entries + s.earns + s.ends,
        lots = a.lots + s.earns,
        next_due_at = least(a.next_due_at, s.next_due_at),
        last_purchase_at = greatest(a.last_purchase_at, s.last_at)
    WHEN NOT MATCHED THEN INSERT (member_id, available, entries, lots, tier_id, next_due_at, last_purchase_at)
        VALUES (
            s.member_id, s.earned - s.ended, s.earns + s.ends, s.earns, %(first_tier)s, s.next_due_at, s.last_at
        )
    RETURNING
        s.member_id, old.available, old.pending, old.held, old.debt, old.entries, old.lots, old.tier_id,
        old.debt > 0 OR old.next_due_at <= %(at)s AS slow, old.last_purchase_at IS NOT NULL AS known
)
INSERT INTO import_account
SELECT
    member_id, coalesce(available, 0), coalesce(pending, 0), coalesce(held, 0), coalesce(debt, 0), coalesce(entries, 0),
    coalesce(lots, 0), coalesce(tier_id, %(first_tier)s), coalesce(slow, false), known
FROM moved;
ANALYZE import_account;

SET LOCAL enable_hashjoin = on;
