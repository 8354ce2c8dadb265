-- Bills that do not hold together, with all their rows.
INSERT INTO import_problem (row, reason)
SELECT unnest(rows), CASE WHEN mixed THEN 'bill_mixed' WHEN lines > 500 THEN 'bill_too_long' ELSE 'amount_out_of_bounds' END
FROM import_bill
WHERE mixed OR lines > 500 OR total > 100000000000;

DELETE FROM import_bill WHERE mixed OR lines > 500 OR total > 100000000000;
