-- Receipts that are there already: the same content, or another.
CREATE TEMP TABLE import_known AS
SELECT
    b.bill,
    p.total = b.total
        AND p.occurred_at = b.occurred_at
        AND (p.import_id IS NULL OR p.fingerprint = b.fingerprint)
        AND (b.member = '' OR m.member_id IS NULL OR m.member_id IS NOT DISTINCT FROM p.member_id) AS same
FROM import_bill b
JOIN loyalty_purchase p ON p.store_id = b.store_id AND p.period = b.period AND p.receipt = b.receipt
LEFT JOIN import_member m ON m.text = b.member;
