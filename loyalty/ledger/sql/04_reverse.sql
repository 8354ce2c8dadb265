-- The two ways of taking back. The caller holds the account's lock.

-- Gives back p_points of a debit along the lots it used, last to end first, never more than it took. A lot that ends
-- in less than p_grace (or has ended) is not revived: its part comes back as a new lot of p_grace that names it.
-- What the member owes is repaid first. Points captured out of a hold had left their lots with the hold: they go back
-- there. Returns the seq of the entry.
CREATE OR REPLACE FUNCTION ledger_give_back(
  p_member uuid, p_debit int, p_points bigint, p_effective timestamptz, p_grace interval, p_note jsonb
) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  acc loyalty_account;
  now_at timestamptz := (p_note->>'at')::timestamptz;
  debit loyalty_entry;
  taken_by int;
  repaid bigint;
  left_over bigint;
  used record;
  part bigint;
BEGIN
  IF p_points <= 0 THEN RAISE EXCEPTION 'a give-back is of points above zero'; END IF;
  SELECT * INTO acc FROM loyalty_account WHERE member_id = p_member;
  SELECT * INTO debit FROM loyalty_entry WHERE member_id = p_member AND seq = p_debit;
  taken_by := CASE debit.kind WHEN 'capture' THEN debit.reverses_seq ELSE p_debit END;
  IF p_points > -(debit.available + debit.held)
                - (SELECT coalesce(sum(available - debt), 0) FROM loyalty_entry
                    WHERE member_id = p_member AND reverses_seq = p_debit) THEN
    RAISE EXCEPTION 'more would come back than was taken' USING ERRCODE = 'LP002';
  END IF;
  repaid := least(acc.debt, p_points);
  left_over := p_points - repaid;
  FOR used IN
    SELECT l.seq, l.opened_at, l.expires_at,
           u.points
           + coalesce((SELECT sum(b.points) FROM loyalty_lotuse b JOIN loyalty_entry e
                         ON e.member_id = b.member_id AND e.seq = b.entry_seq
                        WHERE b.member_id = p_member AND b.lot_seq = l.seq AND b.points < 0
                          AND e.reverses_seq IN (p_debit, taken_by)), 0)
           - coalesce((SELECT sum(n.points) FROM loyalty_lot n JOIN loyalty_entry e
                         ON e.member_id = n.member_id AND e.seq = n.entry_seq
                        WHERE n.member_id = p_member AND n.renews = l.seq
                          AND e.reverses_seq IN (p_debit, taken_by)), 0) AS room
      FROM loyalty_lotuse u JOIN loyalty_lot l ON l.member_id = u.member_id AND l.seq = u.lot_seq
     WHERE u.member_id = p_member AND u.entry_seq = taken_by AND u.points > 0
     ORDER BY l.expires_at DESC NULLS FIRST, l.opened_at DESC, l.seq DESC
  LOOP
    EXIT WHEN left_over = 0;
    part := least(left_over, used.room);
    CONTINUE WHEN part <= 0;
    IF used.expires_at IS NULL OR used.expires_at >= now_at + p_grace THEN
      UPDATE loyalty_lot SET remaining = remaining + part WHERE member_id = p_member AND seq = used.seq;
      INSERT INTO loyalty_lotuse (member_id, entry_seq, lot_seq, points)
        VALUES (p_member, acc.entries + 1, used.seq, -part);
      acc.next_due_at := least(acc.next_due_at, used.expires_at);
    ELSE
      acc.lots := acc.lots + 1;
      INSERT INTO loyalty_lot (member_id, seq, entry_seq, points, remaining, opened_at, expires_at, renews)
        VALUES (p_member, acc.lots, acc.entries + 1, part, part, used.opened_at, now_at + p_grace, used.seq);
      acc.next_due_at := least(acc.next_due_at, now_at + p_grace);
    END IF;
    left_over := left_over - part;
  END LOOP;
  IF left_over > 0 THEN RAISE EXCEPTION 'lots do not hold what the debit took' USING ERRCODE = 'LP002'; END IF;
  acc := ledger_entry(acc, 'spend_return', p_points - repaid, 0, 0, -repaid, p_effective,
                      p_note || jsonb_build_object('reverses', p_debit));
  RETURN acc.entries;
END $$;

-- What ended out of a lot (it expired, or was given up waiting) and was not reinstated yet for the earn that opened it.
CREATE OR REPLACE FUNCTION ledger_ended(p_member uuid, p_earn int, p_lot int) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT coalesce(sum(u.points), 0) FROM loyalty_lotuse u
            JOIN loyalty_entry e ON e.member_id = u.member_id AND e.seq = u.entry_seq
           WHERE u.member_id = p_member AND u.lot_seq = p_lot AND e.kind IN ('expire', 'cancel_pending'))
       - (SELECT coalesce(sum(available + pending - debt), 0) FROM loyalty_entry
           WHERE member_id = p_member AND reverses_seq = p_earn AND kind = 'reinstate');
END $$;

-- How many points of an earn nobody has spent: what its lot still has, and what ended in it.
CREATE OR REPLACE FUNCTION ledger_unspent(p_member uuid, p_earn int) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT remaining + ledger_ended(p_member, p_earn, seq) FROM loyalty_lot
           WHERE member_id = p_member AND entry_seq = p_earn);
END $$;

-- Takes back p_points of an earn: out of the lot it opened first (or out of p_from, which stands in for it); what of that lot has ended meanwhile is reinstated
-- in an entry of its own and taken in the same breath (the member lost it already and shall not lose it twice); then
-- out of the other lots; the rest becomes debt, or is absorbed by the house. Points that still wait leave the pending
-- ones. Returns the points that were absorbed.
CREATE OR REPLACE FUNCTION ledger_claw_back(
  p_member uuid, p_earn int, p_points bigint, p_effective timestamptz, p_absorb boolean, p_note jsonb,
  p_from int DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  acc loyalty_account;
  note jsonb := p_note || jsonb_build_object('reverses', p_earn);
  lot loyalty_lot;
  ended bigint;
  repaid bigint;
  own bigint;
  others bigint := 0;
  owed bigint;
BEGIN
  IF p_points <= 0 THEN RAISE EXCEPTION 'a claw-back is of points above zero'; END IF;
  SELECT * INTO acc FROM loyalty_account WHERE member_id = p_member;
  IF p_points > (SELECT available + pending - debt FROM loyalty_entry WHERE member_id = p_member AND seq = p_earn)
                + (SELECT coalesce(sum(available + pending - debt), 0) FROM loyalty_entry
                    WHERE member_id = p_member AND reverses_seq = p_earn AND kind = 'clawback') THEN
    RAISE EXCEPTION 'more would be taken back than was earned' USING ERRCODE = 'LP002';
  END IF;
  IF p_from IS NULL THEN
    SELECT * INTO lot FROM loyalty_lot WHERE member_id = p_member AND entry_seq = p_earn;
    ended := least(ledger_ended(p_member, p_earn, lot.seq), p_points - least(p_points, lot.remaining));
  ELSE
    SELECT * INTO lot FROM loyalty_lot WHERE member_id = p_member AND seq = p_from;
    ended := 0;
  END IF;
  IF ended > 0 THEN
    repaid := CASE WHEN lot.pending THEN 0 ELSE least(acc.debt, ended) END;
    IF repaid < ended THEN
      INSERT INTO loyalty_lotuse (member_id, entry_seq, lot_seq, points)
        VALUES (p_member, acc.entries + 1, lot.seq, repaid - ended);
      UPDATE loyalty_lot SET remaining = remaining + ended - repaid WHERE member_id = p_member AND seq = lot.seq;
      lot.remaining := lot.remaining + ended - repaid;
    END IF;
    acc := ledger_entry(acc, 'reinstate', CASE WHEN lot.pending THEN 0 ELSE ended - repaid END,
                        CASE WHEN lot.pending THEN ended ELSE 0 END, 0, -repaid, p_effective, note);
  END IF;

  own := least(p_points, lot.remaining);
  IF own > 0 THEN
    INSERT INTO loyalty_lotuse (member_id, entry_seq, lot_seq, points)
      VALUES (p_member, acc.entries + 1, lot.seq, own);
    UPDATE loyalty_lot SET remaining = remaining - own WHERE member_id = p_member AND seq = lot.seq;
  END IF;
  IF own < p_points THEN
    others := ledger_walk(p_member, acc.entries + 1, p_points - own, (p_note->>'at')::timestamptz, lot.seq);
  END IF;
  owed := p_points - own - others;
  acc := ledger_entry(acc, 'clawback', -others - CASE WHEN lot.pending THEN 0 ELSE own END,
                      -CASE WHEN lot.pending THEN own ELSE 0 END, 0, owed, p_effective, note);
  IF owed > 0 AND p_absorb THEN
    PERFORM ledger_entry(acc, 'absorb', 0, 0, 0, -owed, p_effective, note || jsonb_build_object('reverses', acc.entries));
    RETURN owed;
  END IF;
  RETURN 0;
END $$;
