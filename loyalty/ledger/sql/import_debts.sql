-- The part of a lot that repaid debt is used by the entry that opened it.
INSERT INTO loyalty_lotuse (member_id, entry_seq, lot_seq, points)
SELECT
    n.member_id, a.entries + n.nth, a.lots + n.nth,
    least(a.debt, n.earned_so_far) - least(a.debt, n.earned_so_far - n.earned)
FROM import_chunk n
JOIN import_account a USING (member_id)
WHERE n.earned > 0 AND a.debt > n.earned_so_far - n.earned;
