-- Points put aside for an open bill: held until the bill takes them, somebody lets go of them, or they lapse.

-- Gives back p_points of a hold to the lots they came from, last to end first; what the member owes is repaid first.
-- A lot that has ended meanwhile ends again as soon as the books are looked at.
CREATE OR REPLACE FUNCTION ledger_release(
  acc loyalty_account, held loyalty_hold, p_points bigint, p_effective timestamptz, p_note jsonb
) RETURNS loyalty_account LANGUAGE plpgsql AS $$
DECLARE
  repaid bigint := least(acc.debt, p_points);
BEGIN
  WITH used AS (
    SELECT l.seq, l.expires_at, u.points,
           (sum(u.points) OVER (ORDER BY l.expires_at DESC NULLS FIRST, l.opened_at DESC, l.seq DESC) - u.points)::bigint
             AS before
      FROM loyalty_lotuse u JOIN loyalty_lot l ON l.member_id = u.member_id AND l.seq = u.lot_seq
     WHERE u.member_id = held.member_id AND u.entry_seq = held.entry_seq AND u.points > 0
  ), back AS (
    SELECT seq, expires_at, least(points, p_points - repaid - before) AS points FROM used
     WHERE before < p_points - repaid
  ), moved AS (
    UPDATE loyalty_lot l SET remaining = l.remaining + b.points
      FROM back b WHERE l.member_id = held.member_id AND l.seq = b.seq
  ), noted AS (
    INSERT INTO loyalty_lotuse (member_id, entry_seq, lot_seq, points)
      SELECT held.member_id, acc.entries + 1, seq, -points FROM back
  )
  SELECT least(acc.next_due_at, min(expires_at)) INTO acc.next_due_at FROM back;
  RETURN ledger_entry(acc, 'release', p_points - repaid, 0, -p_points, -repaid, p_effective,
                      p_note || jsonb_build_object('reverses', held.entry_seq));
END $$;

-- Puts points aside under the account's lock. `p`: {hold: columns, readers}. Too few: not_enough_points (LP001); a member
-- who locked spending: LP004.
CREATE OR REPLACE FUNCTION ledger_post_hold(p jsonb) RETURNS loyalty_hold LANGUAGE plpgsql AS $$
DECLARE
  held loyalty_hold := jsonb_populate_record(NULL::loyalty_hold, p->'hold');
  note jsonb := jsonb_build_object('at', held.at, 'by', held."by", 'store', held.store_id, 'request', held.request_id);
  acc loyalty_account;
BEGIN
  IF NOT members_may_spend(held.member_id, held.at) THEN
    RAISE EXCEPTION 'spending is locked' USING ERRCODE = 'LP004';
  END IF;
  SELECT * INTO acc FROM loyalty_account WHERE member_id = held.member_id;
  IF ledger_walk(held.member_id, acc.entries + 1, held.points, held.at, NULL) < held.points THEN
    RAISE EXCEPTION 'not_enough_points' USING ERRCODE = 'LP001';
  END IF;
  acc.next_due_at := least(acc.next_due_at, held.expires_at);
  acc := ledger_entry(acc, 'hold', -held.points, 0, held.points, 0, held.at, note);
  held.entry_seq := acc.entries;
  held.captured := 0;
  INSERT INTO loyalty_hold SELECT held.*;
  PERFORM events_record('points.held', held.member_id, held.id, held.store_id,
            jsonb_build_object('points', held.points, 'entry', acc.entries), held.at, held.at, held."by",
            held.request_id, ARRAY(SELECT jsonb_array_elements_text(p->'readers')));
  RETURN held;
END $$;

-- A bill takes p_points of a hold; the rest is let go. hold_lapsed (LP005) where the hold is over, or another member's,
-- or holds less.
CREATE OR REPLACE FUNCTION ledger_capture(
  p_member uuid, p_hold uuid, p_points bigint, p_effective timestamptz, p_note jsonb
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  acc loyalty_account;
  held loyalty_hold;
BEGIN
  UPDATE loyalty_hold SET ended_at = (p_note->>'at')::timestamptz, captured = p_points
   WHERE id = p_hold AND member_id = p_member AND ended_at IS NULL AND points >= p_points
  RETURNING * INTO held;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'hold_lapsed' USING ERRCODE = 'LP005';
  END IF;
  SELECT * INTO acc FROM loyalty_account WHERE member_id = p_member;
  IF held.points > p_points THEN
    acc := ledger_release(acc, held, held.points - p_points, p_effective, p_note);
  END IF;
  PERFORM ledger_entry(acc, 'capture', 0, 0, -p_points, 0, p_effective,
                       p_note || jsonb_build_object('reverses', held.entry_seq));
END $$;

-- Lets go of a hold, under the account's lock. False where it was over before.
CREATE OR REPLACE FUNCTION ledger_let_go(p_hold uuid, p_note jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  acc loyalty_account;
  held loyalty_hold;
BEGIN
  UPDATE loyalty_hold SET ended_at = (p_note->>'at')::timestamptz WHERE id = p_hold AND ended_at IS NULL
  RETURNING * INTO held;
  IF NOT FOUND THEN RETURN false; END IF;
  SELECT * INTO acc FROM loyalty_account WHERE member_id = held.member_id;
  acc := ledger_release(acc, held, held.points, (p_note->>'at')::timestamptz, p_note);
  RETURN true;
END $$;

-- What was said of an order: its pending points are ripe now, or are given up. False where nothing of it waits.
CREATE OR REPLACE FUNCTION ledger_settle_bill(
  p_member uuid, p_purchase uuid, p_ripe boolean, p_at timestamptz, p_by text, p_readers text[]
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  acc loyalty_account;
  lot loyalty_lot;
  note jsonb := jsonb_build_object('at', p_at, 'by', p_by);
  told text := CASE WHEN p_ripe THEN 'points.matured' ELSE 'points.given_up' END;
BEGIN
  SELECT l.* INTO lot FROM loyalty_lot l JOIN loyalty_entry e ON e.member_id = l.member_id AND e.seq = l.entry_seq
   WHERE l.member_id = p_member AND l.pending AND l.remaining > 0 AND e.purchase_id = p_purchase
   ORDER BY l.seq DESC LIMIT 1;
  IF NOT FOUND THEN RETURN false; END IF;
  SELECT * INTO acc FROM loyalty_account WHERE member_id = p_member;
  IF p_ripe THEN
    acc := ledger_mature(acc, lot, p_at, note);
  ELSE
    acc := ledger_give_up(acc, lot, p_at, note);
  END IF;
  PERFORM events_record(told, p_member, p_purchase, NULL,
            jsonb_build_object('points', lot.remaining, 'entry', acc.entries), p_at, p_at, p_by, '', p_readers);
  UPDATE loyalty_account SET next_due_at = ledger_next_due(p_member) WHERE member_id = p_member;
  PERFORM ledger_book_due(p_member, p_at, p_by, p_readers);
  RETURN true;
END $$;
