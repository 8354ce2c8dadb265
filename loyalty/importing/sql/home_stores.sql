INSERT INTO loyalty_store (code, name, address, receipt_restart, day_starts, online_window_days, till_window_days, closed)
SELECT DISTINCT btrim(home_store), btrim(home_store), '', 'never', time '00:00', 60, 7, false
FROM import_row r
WHERE btrim(home_store) <> ''
    AND NOT EXISTS (SELECT FROM loyalty_store s WHERE s.code = btrim(r.home_store))
    AND NOT EXISTS (SELECT FROM import_problem p WHERE p.row = r.row)
ORDER BY 1;
