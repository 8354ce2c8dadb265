-- Receipts that are there already. Where the fingerprint differs the bill may still be the same: a till's own, or its
-- member written in another way. A bill that was corrected since is known as it first was: the same file again is the same.
CREATE TEMP TABLE import_known AS
SELECT
    b.bill,
    p.fingerprint IS NOT DISTINCT FROM b.fingerprint AS same,
    p.total = b.total
        AND p.occurred_at = b.occurred_at
        AND (p.import_id IS NULL OR substr(p.fingerprint, 1, 32) = substr(b.fingerprint, 1, 32)) AS alike,
    p.member_id
FROM import_bill b
JOIN loyalty_purchase p ON p.store_id = b.store_id AND p.period = b.period AND p.receipt = b.receipt AND p.revision = 1;
