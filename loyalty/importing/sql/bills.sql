-- One row per bill, in the order of receipts: all of them, or one of two halves that share none. The fingerprint is taken
-- over when it was and what was on it, followed by four bytes that tell whether its member was written the same way: the
-- same file brings the same one.
SELECT
    (row_number() OVER () * %(halves)s - %(half)s)::integer AS bill,
    grouped.*,
    (occurred_at::timestamp - day_starts)::date AS business_date
FROM (
    SELECT
        store_id,
        period,
        receipt,
        min(day_starts) AS day_starts,
        min(row) AS row,
        array_agg(row ORDER BY row) AS rows,
        count(*)::integer AS lines,
        min(occurred_at) AS occurred_at,
        min(member) AS member,
        min(channel) AS channel,
        min(staff) AS staff,
        min(terminal) AS terminal,
        sum(amount)::bigint AS total,
        sha256(timestamptz_send(min(occurred_at)) || convert_to(string_agg(content, E'\x1e' ORDER BY row), 'UTF8'))
            || int4send(hashtext(min(member))) AS fingerprint,
        min(occurred_at) <> max(occurred_at) OR min(member) <> max(member) AS mixed
    FROM (
        SELECT
            r.row,
            s.id AS store_id,
            s.day_starts::interval AS day_starts,
            CASE s.receipt_restart
                WHEN 'never' THEN ''
                WHEN 'yearly' THEN to_char(r.occurred_at::timestamp - s.day_starts, 'YYYY')
                WHEN 'monthly' THEN to_char(r.occurred_at::timestamp - s.day_starts, 'YYYY-MM')
                WHEN 'daily' THEN to_char(r.occurred_at::timestamp - s.day_starts, 'YYYY-MM-DD')
                ELSE to_char(r.occurred_at::timestamp - s.day_starts, 'YYYY-MM-DD') || '/' || coalesce(btrim(r.terminal), '')
            END AS period,
            btrim(r.receipt) AS receipt,
            coalesce(btrim(r.member), '') AS member,
            r.occurred_at,
            (r.amount * %(unit)s)::bigint AS amount,
            r.channel,
            r.staff,
            r.terminal,
            coalesce(r.sku, '') || E'\x1f' || coalesce(r.name, '') || E'\x1f' || coalesce(r.category, '') || E'\x1f'
                || coalesce(r.unit, '') || E'\x1f' || coalesce(trim_scale(r.quantity)::text, '') || E'\x1f'
                || (r.amount * %(unit)s)::bigint || E'\x1f' || coalesce(trim_scale(r.cost)::text, '') AS content
        FROM import_row r
        JOIN loyalty_store s ON s.code = btrim(r.store) AND s.practice_of_id IS NULL
        WHERE (r.kind IS NULL OR r.kind = 'sale' OR lower(btrim(r.kind)) <> 'return')
            AND (%(halves)s = 1 OR abs(hashtext(btrim(r.receipt)) %% 2) = %(half)s)
            AND (%(all_good)s OR NOT EXISTS (SELECT FROM import_problem p WHERE p.row = r.row))
        OFFSET 0
    ) line
    GROUP BY store_id, period, receipt
) grouped;
