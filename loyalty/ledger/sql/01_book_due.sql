-- Books what is due for one account: lots past their end become `expire` entries, one per end date.
-- The caller holds the account's lock. Every money verb calls this first, so that a dead beat never lets
-- expired points be spent or shown. Returns the points that ended.
CREATE OR REPLACE FUNCTION ledger_book_due(p_member uuid, p_at timestamptz, p_by text, p_readers text[])
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  acc loyalty_account;
  due record;
  ended bigint := 0;
BEGIN
  SELECT * INTO acc FROM loyalty_account WHERE member_id = p_member;
  FOR due IN
    SELECT expires_at, sum(remaining)::bigint AS points, array_agg(seq ORDER BY seq) AS lots
      FROM loyalty_lot
     WHERE member_id = p_member AND remaining > 0 AND expires_at <= p_at
     GROUP BY expires_at ORDER BY expires_at
  LOOP
    acc.entries := acc.entries + 1;
    acc.available := acc.available - due.points;
    INSERT INTO loyalty_lotuse (member_id, entry_seq, lot_seq, points)
      SELECT member_id, acc.entries, seq, remaining FROM loyalty_lot
       WHERE member_id = p_member AND seq = ANY (due.lots);
    UPDATE loyalty_lot SET remaining = 0 WHERE member_id = p_member AND seq = ANY (due.lots);
    INSERT INTO loyalty_entry (member_id, seq, kind, available, pending, held, debt,
                               available_after, pending_after, held_after, debt_after, effective_at, recorded_at, by)
      VALUES (p_member, acc.entries, 'expire', -due.points, 0, 0, 0,
              acc.available, acc.pending, acc.held, acc.debt, due.expires_at, p_at, p_by);
    PERFORM events_record('points.expired', p_member, NULL, NULL,
              jsonb_build_object('points', due.points, 'entry', acc.entries), due.expires_at, p_at, p_by, '', p_readers);
    ended := ended + due.points;
  END LOOP;
  UPDATE loyalty_account
     SET available = acc.available, entries = acc.entries,
         next_due_at = (SELECT min(expires_at) FROM loyalty_lot WHERE member_id = p_member AND remaining > 0)
   WHERE member_id = p_member;
  RETURN ended;
END $$;
