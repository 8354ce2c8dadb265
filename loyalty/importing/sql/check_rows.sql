-- Rows that cannot be read, each with its reason. Texts are judged before anything is converted: a spreadsheet's 1.5E+05,
-- 'now' or 'infinity' would convert.
INSERT INTO import_problem (row, reason)
SELECT row, reason
FROM (
    SELECT
        row,
        CASE
            WHEN flaw IS NOT NULL THEN flaw
            WHEN btrim(store) IS NULL OR btrim(store) = '' THEN 'store_missing'
            WHEN s.id IS NULL AND NOT (%(create_stores)s AND btrim(store) ~ '^[A-Za-z0-9_-]{1,32}$') THEN 'store_unknown'
            WHEN btrim(receipt) IS NULL OR btrim(receipt) = '' THEN 'receipt_missing'
            WHEN lower(btrim(kind)) NOT IN ('sale', 'return', '') THEN 'kind_unknown'
            WHEN octet_length(receipt) > 200 OR octet_length(original_receipt) > 200 OR octet_length(member) > 400
                OR octet_length(sku) > 400 OR octet_length(name) > 1000 OR octet_length(category) > 400
                OR octet_length(staff) > 400 OR octet_length(unit) > 100 THEN 'text_too_long'
            WHEN occurred_at IS NULL
                OR translate(left(occurred_at, 4), '0123456789', '') <> '' OR left(occurred_at, 4) < '1900'
                OR translate(occurred_at, '0123456789-:.+TZ ', '') <> ''
                OR NOT pg_input_is_valid(occurred_at, 'timestamptz') THEN 'occurred_at_unreadable'
            WHEN occurred_at::timestamptz > %(at)s + interval '1 day' THEN 'occurred_in_future'
            WHEN amount IS NULL OR translate(amount, '0123456789.-', '') <> ''
                OR NOT pg_input_is_valid(amount, 'numeric') THEN 'amount_unreadable'
            WHEN amount::numeric * %(unit)s <> trunc(amount::numeric * %(unit)s) THEN 'amount_too_fine'
            WHEN abs(amount::numeric * %(unit)s) > 100000000000 THEN 'amount_out_of_bounds'
            WHEN amount::numeric < 0 AND lower(btrim(kind)) IS DISTINCT FROM 'return' THEN 'amount_negative'
            WHEN cost <> '' AND (translate(cost, '0123456789.-', '') <> '' OR NOT pg_input_is_valid(cost, 'numeric'))
                THEN 'cost_unreadable'
            WHEN cost <> '' AND abs(cost::numeric * %(unit)s) > 100000000000 THEN 'cost_unreadable'
            WHEN quantity <> '' AND (translate(quantity, '0123456789.-', '') <> ''
                OR NOT pg_input_is_valid(quantity, 'numeric')) THEN 'quantity_unreadable'
            WHEN quantity <> '' AND (quantity::numeric = 0 OR abs(quantity::numeric) > 1000000000
                OR scale(trim_scale(quantity::numeric)) > 4) THEN 'quantity_unreadable'
            WHEN quantity <> '' AND quantity::numeric < 0 AND lower(btrim(kind)) IS DISTINCT FROM 'return'
                THEN 'quantity_negative'
        END AS reason
    FROM import_row
    LEFT JOIN (SELECT id, code FROM loyalty_store WHERE practice_of_id IS NULL) s ON s.code = btrim(store)
) checked
WHERE reason IS NOT NULL;
