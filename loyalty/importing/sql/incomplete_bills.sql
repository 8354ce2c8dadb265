-- A bill with one bad row would be kept with a wrong total: all its rows wait in the errors file together. Bad rows
-- whose texts could not become values stand in `import_text` only.
INSERT INTO import_problem (row, reason)
SELECT DISTINCT r.row, 'bill_incomplete'
FROM import_bad bad
JOIN import_row r ON btrim(r.store) = btrim(bad.store) AND btrim(r.receipt) = btrim(bad.receipt)
LEFT JOIN loyalty_store s ON s.code = btrim(r.store)
WHERE (coalesce(s.receipt_restart, 'never') = 'never' OR r.occurred_at::date::text = left(bad.occurred_at, 10))
    AND (lower(btrim(r.kind)) = 'return') IS NOT DISTINCT FROM (lower(btrim(bad.kind)) = 'return')
    AND NOT EXISTS (SELECT FROM import_problem q WHERE q.row = r.row);
