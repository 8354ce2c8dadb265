-- The posting calls: everything a sale or a return writes, in one round trip. The caller holds the account's lock and
-- has decided what to award; these write it, or nothing.

CREATE OR REPLACE FUNCTION ledger_note(bill loyalty_purchase) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN jsonb_build_object('at', bill.recorded_at, 'by', bill."by", 'store', bill.store_id, 'purchase', bill.id,
                            'request', bill.request_id);
END $$;

-- The tier a sale leads to: `tier` as it was decided, or `review_tier`, a look at all of the member's bills.
CREATE OR REPLACE FUNCTION ledger_follow_tier(bill loyalty_purchase, p jsonb, p_readers text[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p ? 'review_tier' THEN
    PERFORM ledger_review_tier(bill.member_id, bill.occurred_at, 'purchase', bill.id, ledger_note(bill), p_readers);
  ELSIF p ? 'tier' THEN
    PERFORM ledger_enter_tier(bill.member_id, (p->>'tier')::smallint, bill.occurred_at, 'purchase', bill.id,
                              ledger_note(bill), p_readers);
  END IF;
END $$;

CREATE OR REPLACE FUNCTION ledger_tell_purchase(bill loyalty_purchase, p_readers text[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM events_record('purchase.recorded', bill.member_id, bill.id, bill.store_id,
            jsonb_build_object('total', bill.total, 'due', bill.due, 'base', bill.base, 'earned', bill.earned,
                               'spent', bill.spent, 'available', bill.available_after, 'debt', bill.debt_after,
                               'status', bill.status, 'business_date', bill.business_date),
            bill.occurred_at, bill.recorded_at, bill."by", bill.request_id, p_readers);
END $$;

-- What bonus rules gave for a bill (or what of it came back, below zero), as their limits count it: [{version_id,
-- rule_id, day, points, times}]. Budgets are taken in the order of their versions; one that has not so much left raises
-- budget_taken (SQLSTATE LP006): the caller looks again.
CREATE OR REPLACE FUNCTION ledger_count_awards(
  p_member uuid, p_purchase uuid, p_subject uuid, p_at timestamptz, p_awards jsonb
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO loyalty_ruleaward (purchase_id, rule_id, version_id, member_id, day, points, times, subject_id, at)
    SELECT p_purchase, a.rule_id, a.version_id, p_member, a.day, a.points, a.times, p_subject, p_at
      FROM jsonb_to_recordset(p_awards) AS a(rule_id int, version_id int, day date, points bigint, times smallint);
  PERFORM ledger_take_budgets(p_awards);
END $$;

CREATE OR REPLACE FUNCTION ledger_take_budgets(p_awards jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  taken record;
  enough boolean;
BEGIN
  FOR taken IN
    SELECT a.version_id, sum(a.points)::bigint AS points
      FROM jsonb_to_recordset(p_awards) AS a(version_id int, points bigint)
     WHERE EXISTS (SELECT FROM loyalty_rulebudget b WHERE b.version_id = a.version_id)
     GROUP BY a.version_id ORDER BY a.version_id
  LOOP
    UPDATE loyalty_rulebudget b SET spent = b.spent + taken.points
     WHERE b.version_id = taken.version_id AND (taken.points <= 0 OR b.spent + taken.points <= b.budget)
     RETURNING true INTO enough;
    IF enough IS NULL THEN
      RAISE EXCEPTION 'budget_taken' USING ERRCODE = 'LP006';
    END IF;
    enough := NULL;
  END LOOP;
END $$;

-- The rest of what a corrected bill had earned, which ledger_post_return left alone: it was spent meanwhile, and what the
-- next revision earned stands in for it, so that no other points end sooner; then the other lots, then debt.
CREATE OR REPLACE FUNCTION ledger_settle_correction(bill loyalty_purchase, p_back uuid, p_absorb boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  back loyalty_return;
  rest bigint;
  earn_seq int;
  stand_in int;
BEGIN
  SELECT * INTO STRICT back FROM loyalty_return WHERE id = p_back;
  rest := back.clawed_back + (SELECT coalesce(sum(available + pending - debt), 0) FROM loyalty_entry
                               WHERE member_id = back.member_id AND return_id = back.id AND kind = 'clawback');
  IF rest = 0 THEN RETURN; END IF;
  SELECT seq INTO STRICT earn_seq FROM loyalty_entry
   WHERE member_id = back.member_id AND purchase_id = back.purchase_id AND kind = 'earn' ORDER BY seq DESC LIMIT 1;
  SELECT l.seq INTO stand_in FROM loyalty_entry e
    JOIN loyalty_lot l ON l.member_id = e.member_id AND l.entry_seq = e.seq
   WHERE e.member_id = bill.member_id AND e.purchase_id = bill.id AND e.kind = 'earn';
  PERFORM ledger_claw_back(back.member_id, earn_seq, rest, greatest(back.occurred_at, back.counts_at), p_absorb,
                           ledger_note(bill) || jsonb_build_object('purchase', back.purchase_id, 'return', back.id),
                           stand_in);
END $$;

-- A sale. `p`: {purchase: columns, lines: [columns], lot (of ledger_credit), awards?, hold?, tier?, review_tier?,
-- corrects?: {back, absorb}}; `p_readers`: of purchase.recorded; `p_tier_readers`: of tier.changed. False where the
-- receipt is taken (a guest's bill posted twice at once): nothing was
-- written.
CREATE OR REPLACE FUNCTION ledger_post_purchase(p jsonb, p_readers text[], p_tier_readers text[])
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  bill loyalty_purchase := jsonb_populate_record(NULL::loyalty_purchase, '{"revision": 1}'::jsonb || (p->'purchase'));
BEGIN
  INSERT INTO loyalty_purchase SELECT bill.* ON CONFLICT ON CONSTRAINT a_receipt_is_posted_once DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO loyalty_purchaseline SELECT * FROM jsonb_populate_recordset(NULL::loyalty_purchaseline, p->'lines');
  IF bill.member_id IS NOT NULL THEN
    IF bill.spent > 0 THEN
      IF NOT members_may_spend(bill.member_id, bill.recorded_at) THEN
        RAISE EXCEPTION 'spending is locked' USING ERRCODE = 'LP004';
      END IF;
      IF p ? 'hold' THEN
        PERFORM ledger_capture(bill.member_id, (p->>'hold')::uuid, bill.spent, bill.occurred_at, ledger_note(bill));
      ELSE
        PERFORM ledger_debit(bill.member_id, 'spend', bill.spent, bill.occurred_at, ledger_note(bill));
      END IF;
    ELSIF p ? 'hold' THEN
      PERFORM ledger_let_go((p->>'hold')::uuid, ledger_note(bill));
    END IF;
    IF bill.earned > 0 THEN
      PERFORM ledger_credit(bill.member_id, 'earn', bill.earned, bill.occurred_at, p->'lot', ledger_note(bill));
    ELSIF (p->'lot'->>'slides')::boolean THEN
      PERFORM ledger_slide(bill.member_id, (p->'lot'->>'expires')::timestamptz);
    END IF;
    IF p ? 'awards' THEN
      PERFORM ledger_count_awards(bill.member_id, bill.id, NULL, bill.recorded_at, p->'awards');
    END IF;
    IF p ? 'corrects' THEN
      PERFORM ledger_settle_correction(bill, (p->'corrects'->>'back')::uuid, (p->'corrects'->>'absorb')::boolean);
    END IF;
    UPDATE loyalty_account SET last_purchase_at = bill.occurred_at
     WHERE member_id = bill.member_id AND (last_purchase_at IS NULL OR last_purchase_at < bill.occurred_at);
    PERFORM ledger_follow_tier(bill, p, p_tier_readers);
  END IF;
  PERFORM ledger_tell_purchase(bill, p_readers);
  RETURN true;
END $$;

-- Sales of a batch, set by set: [as above], of members who are all different and none of whom pays with points.
-- False where a receipt is taken: the caller rolls back what was written.
CREATE OR REPLACE FUNCTION ledger_post_batch(p jsonb, p_readers text[], p_tier_readers text[])
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  ids uuid[] := ARRAY(SELECT (sale->'purchase'->>'id')::uuid FROM jsonb_array_elements(p) AS sale);
  written int;
BEGIN
  INSERT INTO loyalty_purchase
    SELECT bill.* FROM jsonb_array_elements(p) AS sale,
                       jsonb_populate_record(NULL::loyalty_purchase, '{"revision": 1}'::jsonb || (sale->'purchase')) AS bill
    ON CONFLICT ON CONSTRAINT a_receipt_is_posted_once DO NOTHING;
  GET DIAGNOSTICS written = ROW_COUNT;
  IF written < cardinality(ids) THEN RETURN false; END IF;
  INSERT INTO loyalty_purchaseline
    SELECT line.* FROM jsonb_array_elements(p) AS sale,
                       jsonb_populate_recordset(NULL::loyalty_purchaseline, sale->'lines') AS line;
  -- points that wait, or slide others along, go one by one; the rest is ledger_credit for all at once: what a member
  -- owes is repaid out of the new lot first
  PERFORM ledger_credit(b.member_id, 'earn', b.earned, b.occurred_at, one->'lot', ledger_note(b))
     FROM jsonb_array_elements(p) AS one JOIN loyalty_purchase b ON b.id = (one->'purchase'->>'id')::uuid
    WHERE b.earned > 0 AND one->'lot' ?| '{matures,lapses,slides}';
  WITH sale AS (
    SELECT b.*, (one->'lot'->>'expires')::timestamptz AS expires_at, least(a.debt, b.earned) AS repaid,
           a.available, a.pending AS waiting, a.held, a.debt, (a.entries + 1) AS entry_seq, (a.lots + 1) AS lot_seq
      FROM jsonb_array_elements(p) AS one
      JOIN loyalty_purchase b ON b.id = (one->'purchase'->>'id')::uuid
      JOIN loyalty_account a USING (member_id)
     WHERE b.earned > 0 AND NOT one->'lot' ?| '{matures,lapses,slides}'
  ), lot AS (
    INSERT INTO loyalty_lot (member_id, seq, entry_seq, points, remaining, opened_at, expires_at)
      SELECT member_id, lot_seq, entry_seq, earned, earned - repaid, occurred_at, expires_at FROM sale
  ), use AS (
    INSERT INTO loyalty_lotuse (member_id, entry_seq, lot_seq, points)
      SELECT member_id, entry_seq, lot_seq, repaid FROM sale WHERE repaid > 0
  ), entry AS (
    INSERT INTO loyalty_entry (member_id, seq, kind, available, pending, held, debt,
                               available_after, pending_after, held_after, debt_after, effective_at, recorded_at, by,
                               store_id, purchase_id, reason, request_id)
      SELECT member_id, entry_seq, 'earn', earned - repaid, 0, 0, -repaid,
             available + earned - repaid, waiting, held, debt - repaid, occurred_at, recorded_at, "by",
             store_id, id, '', request_id FROM sale
  )
  UPDATE loyalty_account a
     SET available = a.available + s.earned - s.repaid, debt = a.debt - s.repaid, entries = s.entry_seq, lots = s.lot_seq,
         next_due_at = CASE WHEN s.repaid < s.earned THEN least(a.next_due_at, s.expires_at) ELSE a.next_due_at END
    FROM sale s WHERE a.member_id = s.member_id;
  INSERT INTO loyalty_ruleaward (purchase_id, rule_id, version_id, member_id, day, points, times, at)
    SELECT b.id, a.rule_id, a.version_id, b.member_id, a.day, a.points, a.times, b.recorded_at
      FROM jsonb_array_elements(p) AS one JOIN loyalty_purchase b ON b.id = (one->'purchase'->>'id')::uuid,
           jsonb_to_recordset(coalesce(one->'awards', '[]'))
             AS a(rule_id int, version_id int, day date, points bigint, times smallint)
     WHERE b.member_id IS NOT NULL;
  PERFORM ledger_take_budgets((SELECT coalesce(jsonb_agg(a), '[]') FROM jsonb_array_elements(p) AS one,
                                      jsonb_array_elements(one->'awards') AS a));
  UPDATE loyalty_account a SET last_purchase_at = b.occurred_at
    FROM loyalty_purchase b
   WHERE b.id = ANY (ids) AND a.member_id = b.member_id
     AND (a.last_purchase_at IS NULL OR a.last_purchase_at < b.occurred_at);
  PERFORM ledger_follow_tier(b, one, p_tier_readers)
     FROM jsonb_array_elements(p) AS one JOIN loyalty_purchase b ON b.id = (one->'purchase'->>'id')::uuid
    WHERE one ?| '{tier,review_tier}';
  PERFORM ledger_tell_purchase(b, p_readers) FROM unnest(ids) AS id JOIN loyalty_purchase b USING (id);
  RETURN true;
END $$;

-- Opens a return: locks the account of the bill's member now (or the bill itself, for a guest), books what is due, and
-- looks whether this return was posted before. Where the bill went to somebody else while we waited for the lock:
-- bill_moved (SQLSTATE LP003), the caller rolls back and begins again.
CREATE OR REPLACE FUNCTION ledger_open_return(
  p_purchase uuid, p_store int, p_period text, p_receipt text, p_at timestamptz, p_by text, p_readers text[],
  OUT member_id uuid, OUT return_id uuid, OUT return_purchase uuid, OUT return_fingerprint bytea,
  OUT new_id uuid
) LANGUAGE plpgsql AS $$
DECLARE
  acc loyalty_account;
BEGIN
  new_id := uuidv7();
  member_id := ledger_owner(p_purchase);
  IF member_id IS NOT NULL THEN
    acc := ledger_lock(member_id);
    IF acc.next_due_at <= p_at THEN
      PERFORM ledger_book_due(member_id, p_at, p_by, p_readers);
    END IF;
  ELSE
    PERFORM 1 FROM loyalty_purchase p WHERE p.id = p_purchase FOR NO KEY UPDATE;
  END IF;
  IF ledger_owner(p_purchase) IS DISTINCT FROM member_id THEN
    RAISE EXCEPTION 'bill_moved' USING ERRCODE = 'LP003';
  END IF;
  SELECT r.id, r.purchase_id, r.fingerprint INTO return_id, return_purchase, return_fingerprint
    FROM loyalty_return r
   WHERE r.store_id = p_store AND r.period = p_period AND r.receipt = p_receipt AND r.kind = 'return';
END $$;

-- A return. `p`: {return: columns, lines: [columns], awards?, grace, absorb, reason, readers: {type: [names]}}. Writes what came
-- back, claws back and gives back, reviews the tier. A receipt that is taken raises a_return_receipt_is_posted_once.
-- A correction claws back what was not spent; the rest, the tier and the event follow with the next revision.
CREATE OR REPLACE FUNCTION ledger_post_return(p jsonb) RETURNS loyalty_return LANGUAGE plpgsql AS $$
DECLARE
  back loyalty_return := jsonb_populate_record(NULL::loyalty_return, p->'return');
  note jsonb := jsonb_build_object('at', back.recorded_at, 'by', back."by", 'store', back.store_id,
                                   'purchase', back.purchase_id, 'return', back.id, 'request', back.request_id);
  effective timestamptz := greatest(back.occurred_at, back.counts_at);
  entry_seq int;
  clawed bigint := back.clawed_back;
  happened text := CASE back.kind WHEN 'cancellation' THEN 'purchase.cancelled' ELSE 'purchase.returned' END;
BEGIN
  back.absorbed := 0;
  IF back.given_back > 0 THEN
    SELECT seq INTO STRICT entry_seq FROM loyalty_entry
     WHERE member_id = back.member_id AND purchase_id = back.purchase_id AND kind IN ('spend', 'capture');
    PERFORM ledger_give_back(back.member_id, entry_seq, back.given_back, effective, (p->>'grace')::interval, note);
  END IF;
  IF back.clawed_back > 0 THEN
    -- a bill that went away and came back has earned twice here, and only the last counts
    SELECT seq INTO STRICT entry_seq FROM loyalty_entry
     WHERE member_id = back.member_id AND purchase_id = back.purchase_id AND kind = 'earn' ORDER BY seq DESC LIMIT 1;
    IF back.kind = 'correction' THEN
      clawed := least(clawed, ledger_unspent(back.member_id, entry_seq));
    END IF;
    IF clawed > 0 THEN
      back.absorbed := ledger_claw_back(back.member_id, entry_seq, clawed, effective, (p->>'absorb')::boolean, note);
    END IF;
  END IF;
  IF back.member_id IS NOT NULL THEN
    SELECT available, debt, coalesce(tier_id, (SELECT id FROM loyalty_tier ORDER BY rank LIMIT 1))
      INTO back.available_after, back.debt_after, back.tier_id FROM loyalty_account
     WHERE member_id = back.member_id;
  END IF;
  INSERT INTO loyalty_return SELECT back.*;
  INSERT INTO loyalty_returnline SELECT * FROM jsonb_populate_recordset(NULL::loyalty_returnline, p->'lines');
  IF p ? 'awards' THEN
    PERFORM ledger_count_awards(back.member_id, back.purchase_id, back.id, back.recorded_at, p->'awards');
  END IF;
  IF back.kind = 'correction' THEN RETURN back; END IF;
  IF back.member_id IS NOT NULL THEN
    PERFORM ledger_review_tier(back.member_id, back.occurred_at, 'return', back.id, note,
                               ARRAY(SELECT jsonb_array_elements_text(p->'readers'->'tier.changed')));
  END IF;
  PERFORM events_record(happened, back.member_id, back.purchase_id, back.store_id,
            jsonb_build_object('return', back.id, 'amount', back.amount, 'due', back.due, 'base', back.base,
                               'clawed_back', back.clawed_back, 'given_back', back.given_back,
                               'whole', back.whole, 'business_date', back.business_date),
            back.occurred_at, back.recorded_at, back."by", back.request_id,
            ARRAY(SELECT jsonb_array_elements_text(p->'readers'->happened)));
  RETURN back;
END $$;

-- Points by hand, above zero or below. Below: never into debt.
CREATE OR REPLACE FUNCTION ledger_post_adjustment(
  p_member uuid, p_kind text, p_points bigint, p_lot jsonb, p_note jsonb, p_readers text[]
) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  now_at timestamptz := (p_note->>'at')::timestamptz;
  acc loyalty_account := ledger_lock(p_member);
  entry_seq int;
BEGIN
  IF acc.next_due_at <= now_at THEN
    PERFORM ledger_book_due(p_member, now_at, p_note->>'by', p_readers);
  END IF;
  IF p_points > 0 THEN
    entry_seq := ledger_credit(p_member, p_kind, p_points, now_at, p_lot, p_note);
  ELSE
    entry_seq := ledger_debit(p_member, p_kind, -p_points, now_at, p_note);
  END IF;
  PERFORM events_record('points.adjusted', p_member, NULL, (p_note->>'store')::int,
            jsonb_build_object('points', p_points, 'entry', entry_seq), now_at, now_at, p_note->>'by',
            coalesce(p_note->>'request', ''), p_readers);
  RETURN entry_seq;
END $$;
