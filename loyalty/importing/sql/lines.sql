-- Good rows in the order of their receipts, numbered into bills and lines. The local time of the session is the shop's.
CREATE TEMP TABLE import_line AS
SELECT
    dense_rank() OVER (ORDER BY store_id, period, receipt)::integer AS bill,
    row_number() OVER (PARTITION BY store_id, period, receipt ORDER BY row)::integer AS line,
    read.*
FROM (
    SELECT
        r.row,
        s.id AS store_id,
        CASE s.receipt_restart
            WHEN 'never' THEN ''
            WHEN 'yearly' THEN to_char(day, 'YYYY')
            WHEN 'monthly' THEN to_char(day, 'YYYY-MM')
            WHEN 'daily' THEN to_char(day, 'YYYY-MM-DD')
            ELSE to_char(day, 'YYYY-MM-DD') || '/' || coalesce(btrim(r.terminal), '')
        END AS period,
        btrim(r.receipt) AS receipt,
        day AS business_date,
        coalesce(btrim(r.member), '') AS member,
        r.occurred_at::timestamptz AS occurred_at,
        coalesce(btrim(r.sku), '') AS sku,
        coalesce(btrim(r.name), '') AS name,
        coalesce(btrim(r.category), '') AS category,
        coalesce(btrim(r.unit), '') AS unit,
        coalesce(nullif(r.quantity, '')::numeric(15, 4), 1) AS quantity,
        (r.amount::numeric * %(unit)s)::bigint AS amount,
        round(nullif(r.cost, '')::numeric * %(unit)s)::bigint AS cost,
        lower(coalesce(nullif(btrim(r.channel), ''), 'till')) AS channel,
        coalesce(btrim(r.staff), '') AS staff,
        coalesce(btrim(r.terminal), '') AS terminal
    FROM import_row r
    JOIN loyalty_store s ON s.code = btrim(r.store) AND s.practice_of_id IS NULL
    CROSS JOIN LATERAL (SELECT (r.occurred_at::timestamptz::timestamp - s.day_starts::interval)::date AS day) d
    WHERE lower(btrim(r.kind)) IS DISTINCT FROM 'return'
        AND NOT EXISTS (SELECT FROM import_problem p WHERE p.row = r.row)
) read
ORDER BY store_id, period, receipt, row;
