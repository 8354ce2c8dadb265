-- What stands in the rows but cannot be a line of a bill, each with its reason.
INSERT INTO import_problem (row, reason)
SELECT row, reason
FROM (
    SELECT
        row,
        CASE
            WHEN store IS NULL OR btrim(store) = '' THEN 'store_missing'
            WHEN s.id IS NULL AND NOT (%(create_stores)s AND btrim(store) ~ '^[A-Za-z0-9_-]{1,32}$') THEN 'store_unknown'
            WHEN (receipt IS NULL OR btrim(receipt) = '')
                AND NOT (lower(btrim(kind)) = 'return' AND btrim(original_receipt) <> '') THEN 'receipt_missing'
            WHEN kind <> 'sale' AND lower(btrim(kind)) NOT IN ('sale', 'return', '') THEN 'kind_unknown'
            WHEN occurred_at IS NULL OR occurred_at < '1900-01-01' THEN 'occurred_at_unreadable'
            WHEN occurred_at > %(latest)s THEN 'occurred_in_future'
            WHEN amount IS NULL THEN 'amount_unreadable'
            WHEN abs(amount) > %(most)s THEN 'amount_out_of_bounds'
            WHEN %(decimals)s < scale(amount) AND scale(trim_scale(amount)) > %(decimals)s THEN 'amount_too_fine'
            WHEN amount < 0 AND lower(btrim(kind)) IS DISTINCT FROM 'return' THEN 'amount_negative'
            WHEN abs(cost) > %(most)s THEN 'cost_unreadable'
            WHEN quantity = 0 OR abs(quantity) > 1000000000 THEN 'quantity_unreadable'
            WHEN scale(quantity) > 4 AND scale(trim_scale(quantity)) > 4 THEN 'quantity_unreadable'
            WHEN quantity < 0 AND lower(btrim(kind)) IS DISTINCT FROM 'return' THEN 'quantity_negative'
            WHEN octet_length(receipt) > 200 OR octet_length(original_receipt) > 200 OR octet_length(member) > 400
                OR octet_length(sku) > 400 OR octet_length(name) > 1000 OR octet_length(category) > 400
                OR octet_length(staff) > 400 OR octet_length(unit) > 100 THEN 'text_too_long'
        END AS reason
    FROM import_row
    LEFT JOIN (SELECT id, code FROM loyalty_store WHERE practice_of_id IS NULL) s ON s.code = btrim(store)
) checked
WHERE reason IS NOT NULL;
