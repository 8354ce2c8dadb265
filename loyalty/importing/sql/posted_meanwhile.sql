-- A till posted some of the chunk's receipts after we looked: its bills stand.
DELETE FROM import_new n
USING loyalty_purchase p
WHERE n.chunk = %(chunk)s AND p.store_id = n.store_id AND p.period = n.period AND p.receipt = n.receipt;
