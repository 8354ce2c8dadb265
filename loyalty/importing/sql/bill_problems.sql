INSERT INTO import_problem (row, reason)
SELECT l.row, b.reason
FROM (
    SELECT
        bill,
        CASE
            WHEN mixed THEN 'bill_mixed'
            WHEN lines > 500 THEN 'bill_too_long'
            WHEN total > 100000000000 THEN 'amount_out_of_bounds'
        END AS reason
    FROM import_bill
    WHERE mixed OR lines > 500 OR total > 100000000000
) b
JOIN import_line l USING (bill);
