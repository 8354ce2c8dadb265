-- What time does to an account. The caller holds its lock. Every money verb books first what is due, so that a dead
-- beat never lets points that have ended be spent, nor keeps back points that are ripe or a hold that has lapsed.

-- The moment of the next thing to book: a lot ends, ripens or is given up, a hold lapses. NULL: nothing ever.
CREATE OR REPLACE FUNCTION ledger_next_due(p_member uuid) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN least(
    (SELECT min(CASE WHEN pending THEN least(matures_at, lapses_at) ELSE expires_at END)
       FROM loyalty_lot WHERE member_id = p_member AND remaining > 0),
    (SELECT min(expires_at) FROM loyalty_hold WHERE member_id = p_member AND ended_at IS NULL));
END $$;

-- Pending points of one lot can be spent from now on; what the member owes is repaid out of them first.
CREATE OR REPLACE FUNCTION ledger_mature(acc loyalty_account, lot loyalty_lot, p_effective timestamptz, p_note jsonb)
RETURNS loyalty_account LANGUAGE plpgsql AS $$
DECLARE
  repaid bigint := least(acc.debt, lot.remaining);
BEGIN
  UPDATE loyalty_lot SET pending = false, remaining = lot.remaining - repaid
   WHERE member_id = lot.member_id AND seq = lot.seq;
  IF repaid > 0 THEN
    INSERT INTO loyalty_lotuse (member_id, entry_seq, lot_seq, points)
      VALUES (lot.member_id, acc.entries + 1, lot.seq, repaid);
  END IF;
  RETURN ledger_entry(acc, 'mature', lot.remaining - repaid, -lot.remaining, 0, -repaid, p_effective,
                      p_note || ledger_bill_of(lot));
END $$;

-- Pending points of one lot never come: the order was refused, or nobody said in time that it was delivered.
CREATE OR REPLACE FUNCTION ledger_give_up(acc loyalty_account, lot loyalty_lot, p_effective timestamptz, p_note jsonb)
RETURNS loyalty_account LANGUAGE plpgsql AS $$
BEGIN
  UPDATE loyalty_lot SET remaining = 0 WHERE member_id = lot.member_id AND seq = lot.seq;
  INSERT INTO loyalty_lotuse (member_id, entry_seq, lot_seq, points)
    VALUES (lot.member_id, acc.entries + 1, lot.seq, lot.remaining);
  RETURN ledger_entry(acc, 'cancel_pending', 0, -lot.remaining, 0, 0, p_effective, p_note || ledger_bill_of(lot));
END $$;

-- Which bill a lot's points were earned with.
CREATE OR REPLACE FUNCTION ledger_bill_of(lot loyalty_lot) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT jsonb_strip_nulls(jsonb_build_object('purchase', purchase_id, 'store', store_id))
            FROM loyalty_entry WHERE member_id = lot.member_id AND seq = lot.entry_seq);
END $$;

-- Books all that is due by p_at, in the order of time. Returns the points that ended.
CREATE OR REPLACE FUNCTION ledger_book_due(p_member uuid, p_at timestamptz, p_by text, p_readers text[])
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  acc loyalty_account;
  note jsonb := jsonb_build_object('at', p_at, 'by', p_by);
  due record;
  lot loyalty_lot;
  held loyalty_hold;
  ended bigint := 0;
BEGIN
  SELECT * INTO acc FROM loyalty_account WHERE member_id = p_member;
  LOOP
    SELECT * INTO due FROM (
      SELECT h.expires_at AS moment, 1 AS turn FROM loyalty_hold h
       WHERE h.member_id = p_member AND h.ended_at IS NULL AND h.expires_at <= p_at
      UNION ALL
      SELECT least(matures_at, lapses_at), 2 FROM loyalty_lot
       WHERE member_id = p_member AND remaining > 0 AND pending AND least(matures_at, lapses_at) <= p_at
      UNION ALL
      SELECT expires_at, 3 FROM loyalty_lot
       WHERE member_id = p_member AND remaining > 0 AND NOT pending AND expires_at <= p_at) first
     ORDER BY moment, turn LIMIT 1;
    EXIT WHEN NOT FOUND;
    IF due.turn = 1 THEN
      SELECT * INTO held FROM loyalty_hold h
       WHERE h.member_id = p_member AND h.ended_at IS NULL AND h.expires_at = due.moment ORDER BY h.id LIMIT 1;
      acc := ledger_release(acc, held, held.points, due.moment, note);
      UPDATE loyalty_hold SET ended_at = due.moment WHERE id = held.id;
    ELSIF due.turn = 2 THEN
      SELECT * INTO lot FROM loyalty_lot
       WHERE member_id = p_member AND remaining > 0 AND pending AND least(matures_at, lapses_at) = due.moment
       ORDER BY expires_at, opened_at, seq LIMIT 1;
      IF lot.matures_at = due.moment THEN
        acc := ledger_mature(acc, lot, due.moment, note);
        PERFORM events_record('points.matured', p_member, NULL, NULL,
                  jsonb_build_object('points', lot.remaining, 'entry', acc.entries), due.moment, p_at, p_by, '',
                  p_readers);
      ELSE
        acc := ledger_give_up(acc, lot, due.moment, note);
        PERFORM events_record('points.given_up', p_member, NULL, NULL,
                  jsonb_build_object('points', lot.remaining, 'entry', acc.entries), due.moment, p_at, p_by, '',
                  p_readers);
      END IF;
    ELSE
      ended := ended + ledger_expire(acc, due.moment, note);
      SELECT * INTO acc FROM loyalty_account WHERE member_id = p_member;
      PERFORM events_record('points.expired', p_member, NULL, NULL,
                jsonb_build_object('points', -e.available, 'entry', acc.entries), due.moment, p_at, p_by, '', p_readers)
         FROM loyalty_entry e WHERE e.member_id = p_member AND e.seq = acc.entries;
    END IF;
  END LOOP;
  UPDATE loyalty_account SET next_due_at = ledger_next_due(p_member) WHERE member_id = p_member;
  RETURN ended;
END $$;

-- All lots that end at one moment become one entry. Returns their points.
CREATE OR REPLACE FUNCTION ledger_expire(acc loyalty_account, p_moment timestamptz, p_note jsonb)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  ended bigint;
BEGIN
  WITH due AS (
    SELECT seq, remaining FROM loyalty_lot
     WHERE member_id = acc.member_id AND remaining > 0 AND NOT pending AND expires_at = p_moment
  ), emptied AS (
    UPDATE loyalty_lot l SET remaining = 0 FROM due d WHERE l.member_id = acc.member_id AND l.seq = d.seq
  ), used AS (
    INSERT INTO loyalty_lotuse (member_id, entry_seq, lot_seq, points)
      SELECT acc.member_id, acc.entries + 1, seq, remaining FROM due
  )
  SELECT sum(remaining) INTO ended FROM due;
  PERFORM ledger_entry(acc, 'expire', -ended, 0, 0, 0, p_moment, p_note);
  RETURN ended;
END $$;
