-- The verbs that move points. The caller holds the account's lock (ledger_lock). Each writes one entry, keeps the
-- account's buckets and counters with it, and returns the entry's seq. `p_note` says who, when, where and why:
-- {at, by, store?, purchase?, return?, move?, reverses?, reason?, request?}.
-- For every entry: change of available and pending = points of the lots it opened - points of the lots it used (signed).

-- Writes the entry and the account's row; nothing else does.
CREATE OR REPLACE FUNCTION ledger_entry(
  acc loyalty_account, p_kind text, p_available bigint, p_pending bigint, p_held bigint, p_debt bigint,
  p_effective timestamptz, p_note jsonb
) RETURNS loyalty_account LANGUAGE plpgsql AS $$
BEGIN
  acc.entries := acc.entries + 1;
  acc.available := acc.available + p_available;
  acc.pending := acc.pending + p_pending;
  acc.held := acc.held + p_held;
  acc.debt := acc.debt + p_debt;
  INSERT INTO loyalty_entry (member_id, seq, kind, available, pending, held, debt,
                             available_after, pending_after, held_after, debt_after, effective_at, recorded_at, by,
                             store_id, purchase_id, return_id, move_id, reverses_seq, reason, request_id)
    VALUES (acc.member_id, acc.entries, p_kind, p_available, p_pending, p_held, p_debt,
            acc.available, acc.pending, acc.held, acc.debt, p_effective, (p_note->>'at')::timestamptz, p_note->>'by',
            (p_note->>'store')::int, (p_note->>'purchase')::uuid, (p_note->>'return')::uuid,
            (p_note->>'move')::uuid,
            (p_note->>'reverses')::int, coalesce(p_note->>'reason', ''), coalesce(p_note->>'request', ''));
  UPDATE loyalty_account
     SET available = acc.available, pending = acc.pending, held = acc.held, debt = acc.debt,
         entries = acc.entries, lots = acc.lots, next_due_at = acc.next_due_at
   WHERE member_id = acc.member_id;
  RETURN acc;
END $$;

-- Points come: opens a lot. `p_lot`: {expires?, matures?, lapses?, slides?} says when it ends; with matures or lapses it
-- is pending until then. What the member owes is repaid out of points that can be spent. Lots that slide all end with
-- the newest of them.
CREATE OR REPLACE FUNCTION ledger_credit(
  p_member uuid, p_kind text, p_points bigint, p_effective timestamptz, p_lot jsonb, p_note jsonb
) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  acc loyalty_account;
  lot loyalty_lot := jsonb_populate_record(NULL::loyalty_lot, jsonb_build_object(
    'expires_at', p_lot->'expires', 'matures_at', p_lot->'matures', 'lapses_at', p_lot->'lapses'));
  repaid bigint;
BEGIN
  IF p_points <= 0 THEN RAISE EXCEPTION 'a credit is of points above zero'; END IF;
  SELECT * INTO acc FROM loyalty_account WHERE member_id = p_member;
  lot.pending := lot.matures_at IS NOT NULL OR lot.lapses_at IS NOT NULL;
  lot.slides := coalesce((p_lot->>'slides')::boolean, false);
  IF lot.slides THEN
    lot.expires_at := ledger_slide(p_member, lot.expires_at);
  END IF;
  repaid := CASE WHEN lot.pending THEN 0 ELSE least(acc.debt, p_points) END;
  acc.lots := acc.lots + 1;
  IF lot.pending THEN
    acc.next_due_at := least(acc.next_due_at, lot.matures_at, lot.lapses_at);
  ELSIF repaid < p_points THEN
    acc.next_due_at := least(acc.next_due_at, lot.expires_at);
  END IF;
  INSERT INTO loyalty_lot (member_id, seq, entry_seq, points, remaining, opened_at, expires_at, matures_at, lapses_at,
                           pending, slides)
    VALUES (p_member, acc.lots, acc.entries + 1, p_points, p_points - repaid, p_effective, lot.expires_at,
            lot.matures_at, lot.lapses_at, lot.pending, lot.slides);
  IF repaid > 0 THEN
    INSERT INTO loyalty_lotuse (member_id, entry_seq, lot_seq, points)
      VALUES (p_member, acc.entries + 1, acc.lots, repaid);
  END IF;
  acc := ledger_entry(acc, p_kind, CASE WHEN lot.pending THEN 0 ELSE p_points - repaid END,
                      CASE WHEN lot.pending THEN p_points ELSE 0 END, 0, -repaid, p_effective, p_note);
  RETURN acc.entries;
END $$;

-- A member who came again keeps all points that slide until p_until; never shorter than they had. Answers their end.
CREATE OR REPLACE FUNCTION ledger_slide(p_member uuid, p_until timestamptz) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE
  latest timestamptz := greatest(p_until, (SELECT max(expires_at) FROM loyalty_lot
                                            WHERE member_id = p_member AND slides AND remaining > 0));
BEGIN
  UPDATE loyalty_lot SET expires_at = latest
   WHERE member_id = p_member AND slides AND remaining > 0 AND expires_at < latest;
  RETURN latest;
END $$;

-- Takes up to p_points out of the live lots for the entry p_entry: expires first, then oldest, then seq.
-- p_skip is a lot to leave alone. Returns how many points it found.
CREATE OR REPLACE FUNCTION ledger_walk(p_member uuid, p_entry int, p_points bigint, p_at timestamptz, p_skip int)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  taken bigint;
BEGIN
  WITH live AS (
    SELECT seq, remaining,
           (sum(remaining) OVER (ORDER BY expires_at NULLS LAST, opened_at, seq) - remaining)::bigint AS before
      FROM loyalty_lot
     WHERE member_id = p_member AND remaining > 0 AND NOT pending AND (expires_at IS NULL OR expires_at > p_at)
       AND seq IS DISTINCT FROM p_skip
  ), uses AS (
    SELECT seq, least(remaining, p_points - before) AS points FROM live WHERE before < p_points
  ), moved AS (
    UPDATE loyalty_lot l SET remaining = l.remaining - u.points
      FROM uses u WHERE l.member_id = p_member AND l.seq = u.seq
  ), noted AS (
    INSERT INTO loyalty_lotuse (member_id, entry_seq, lot_seq, points)
      SELECT p_member, p_entry, seq, points FROM uses
  )
  SELECT coalesce(sum(points), 0) INTO taken FROM uses;
  RETURN taken;
END $$;

-- Points leave: walks the lots. Too few: not_enough_points (SQLSTATE LP001), nothing moved.
CREATE OR REPLACE FUNCTION ledger_debit(
  p_member uuid, p_kind text, p_points bigint, p_effective timestamptz, p_note jsonb
) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  acc loyalty_account;
BEGIN
  IF p_points <= 0 THEN RAISE EXCEPTION 'a debit is of points above zero'; END IF;
  SELECT * INTO acc FROM loyalty_account WHERE member_id = p_member;
  IF ledger_walk(p_member, acc.entries + 1, p_points, (p_note->>'at')::timestamptz, NULL) < p_points THEN
    RAISE EXCEPTION 'not_enough_points' USING ERRCODE = 'LP001';
  END IF;
  acc := ledger_entry(acc, p_kind, -p_points, 0, 0, 0, p_effective, p_note);
  RETURN acc.entries;
END $$;
