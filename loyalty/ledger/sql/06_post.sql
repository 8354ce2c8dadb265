-- The posting calls: everything a sale or a return writes, in one round trip. The caller holds the account's lock and
-- has decided what to award; these write it, or nothing.

-- A sale. `p`: {purchase: columns, lines: [columns], expires, tier?, review_tier?, readers: {type: [names]}}.
-- False where the receipt is taken (a guest's bill posted twice at once): nothing was written.
CREATE OR REPLACE FUNCTION ledger_post_purchase(p jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  bill loyalty_purchase := jsonb_populate_record(NULL::loyalty_purchase, p->'purchase');
  note jsonb;
BEGIN
  INSERT INTO loyalty_purchase SELECT bill.* ON CONFLICT ON CONSTRAINT a_receipt_is_posted_once DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO loyalty_purchaseline SELECT * FROM jsonb_populate_recordset(NULL::loyalty_purchaseline, p->'lines');
  IF bill.member_id IS NOT NULL THEN
    note := jsonb_build_object('at', bill.recorded_at, 'by', bill."by", 'store', bill.store_id, 'purchase', bill.id,
                               'request', bill.request_id);
    IF bill.spent > 0 THEN
      PERFORM ledger_debit(bill.member_id, 'spend', bill.spent, bill.occurred_at, note);
    END IF;
    IF bill.earned > 0 THEN
      PERFORM ledger_credit(bill.member_id, 'earn', bill.earned, bill.occurred_at, (p->>'expires')::timestamptz, note);
    END IF;
    UPDATE loyalty_account SET last_purchase_at = greatest(last_purchase_at, bill.occurred_at)
     WHERE member_id = bill.member_id AND (last_purchase_at IS NULL OR last_purchase_at < bill.occurred_at);
    IF p ? 'review_tier' THEN
      PERFORM ledger_review_tier(bill.member_id, bill.occurred_at, 'purchase', bill.id, note,
                                 ARRAY(SELECT jsonb_array_elements_text(p->'readers'->'tier.changed')));
    ELSIF p ? 'tier' THEN
      PERFORM ledger_enter_tier(bill.member_id, (p->>'tier')::smallint, bill.occurred_at, 'purchase', bill.id, note,
                                ARRAY(SELECT jsonb_array_elements_text(p->'readers'->'tier.changed')));
    END IF;
  END IF;
  PERFORM events_record('purchase.recorded', bill.member_id, bill.id, bill.store_id,
            jsonb_build_object('total', bill.total, 'due', bill.due, 'base', bill.base, 'earned', bill.earned,
                               'spent', bill.spent, 'available', bill.available_after, 'debt', bill.debt_after,
                               'status', bill.status, 'business_date', bill.business_date),
            bill.occurred_at, bill.recorded_at, bill."by", bill.request_id,
            ARRAY(SELECT jsonb_array_elements_text(p->'readers'->'purchase.recorded')));
  RETURN true;
END $$;

CREATE OR REPLACE FUNCTION ledger_post_purchases(p jsonb) RETURNS boolean[] LANGUAGE plpgsql AS $$
DECLARE
  one jsonb;
  posted boolean[] := '{}';
BEGIN
  FOR one IN SELECT * FROM jsonb_array_elements(p) LOOP
    posted := posted || ledger_post_purchase(one);
  END LOOP;
  RETURN posted;
END $$;

-- Opens a return: locks the account of the bill's member (or the bill itself, for a guest), books what is due, and
-- looks whether this return was posted before.
CREATE OR REPLACE FUNCTION ledger_open_return(
  p_purchase uuid, p_store int, p_period text, p_receipt text, p_at timestamptz, p_by text, p_readers text[],
  OUT member_id uuid, OUT return_id uuid, OUT return_purchase uuid, OUT return_fingerprint bytea,
  OUT new_id uuid
) LANGUAGE plpgsql AS $$
DECLARE
  acc loyalty_account;
BEGIN
  new_id := uuidv7();
  SELECT p.member_id INTO member_id FROM loyalty_purchase p WHERE p.id = p_purchase;
  IF member_id IS NOT NULL THEN
    acc := ledger_lock(member_id);
    IF acc.next_due_at <= p_at THEN
      PERFORM ledger_book_due(member_id, p_at, p_by, p_readers);
    END IF;
  ELSE
    PERFORM 1 FROM loyalty_purchase p WHERE p.id = p_purchase FOR NO KEY UPDATE;
  END IF;
  SELECT r.id, r.purchase_id, r.fingerprint INTO return_id, return_purchase, return_fingerprint
    FROM loyalty_return r
   WHERE r.store_id = p_store AND r.period = p_period AND r.receipt = p_receipt AND r.kind = 'return';
END $$;

-- A return. `p`: {return: columns, lines: [columns], grace, absorb, reason, readers: {type: [names]}}. Writes what came
-- back, claws back and gives back, reviews the tier. A receipt that is taken raises a_return_receipt_is_posted_once.
CREATE OR REPLACE FUNCTION ledger_post_return(p jsonb) RETURNS loyalty_return LANGUAGE plpgsql AS $$
DECLARE
  back loyalty_return := jsonb_populate_record(NULL::loyalty_return, p->'return');
  note jsonb := jsonb_build_object('at', back.recorded_at, 'by', back."by", 'store', back.store_id,
                                   'purchase', back.purchase_id, 'return', back.id, 'request', back.request_id);
  effective timestamptz := greatest(back.occurred_at, back.counts_at);
  entry_seq int;
  happened text := CASE back.kind WHEN 'cancellation' THEN 'purchase.cancelled' ELSE 'purchase.returned' END;
BEGIN
  back.absorbed := 0;
  IF back.given_back > 0 THEN
    SELECT seq INTO STRICT entry_seq FROM loyalty_entry
     WHERE member_id = back.member_id AND purchase_id = back.purchase_id AND kind = 'spend';
    PERFORM ledger_give_back(back.member_id, entry_seq, back.given_back, effective, (p->>'grace')::interval, note);
  END IF;
  IF back.clawed_back > 0 THEN
    SELECT seq INTO STRICT entry_seq FROM loyalty_entry
     WHERE member_id = back.member_id AND purchase_id = back.purchase_id AND kind = 'earn';
    back.absorbed := ledger_claw_back(back.member_id, entry_seq, back.clawed_back, effective,
                                      (p->>'absorb')::boolean, note);
  END IF;
  IF back.member_id IS NOT NULL THEN
    SELECT available, debt INTO back.available_after, back.debt_after FROM loyalty_account
     WHERE member_id = back.member_id;
  END IF;
  INSERT INTO loyalty_return SELECT back.*;
  INSERT INTO loyalty_returnline SELECT * FROM jsonb_populate_recordset(NULL::loyalty_returnline, p->'lines');
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
  p_member uuid, p_kind text, p_points bigint, p_expires timestamptz, p_note jsonb, p_readers text[]
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
    entry_seq := ledger_credit(p_member, p_kind, p_points, now_at, p_expires, p_note);
  ELSE
    entry_seq := ledger_debit(p_member, p_kind, -p_points, now_at, p_note);
  END IF;
  PERFORM events_record('points.adjusted', p_member, NULL, (p_note->>'store')::int,
            jsonb_build_object('points', p_points, 'entry', entry_seq), now_at, now_at, p_note->>'by',
            coalesce(p_note->>'request', ''), p_readers);
  RETURN entry_seq;
END $$;
