-- A bill goes to another member, or a guest's bill to one: no row of the bill is touched, a move names its new owner.

-- The owner of every bill that ever moved; a bill that is not here belongs to whom it was sold to.
CREATE OR REPLACE VIEW loyalty_billowner AS
SELECT m.purchase_id, m.to_member_id AS member_id, m.counts_at FROM loyalty_billmove m
 WHERE NOT EXISTS (SELECT FROM loyalty_billmove later WHERE later.purchase_id = m.purchase_id AND later.step > m.step);

-- Whose a bill is now; NULL for a guest's.
CREATE OR REPLACE FUNCTION ledger_owner(p_purchase uuid) RETURNS uuid LANGUAGE plpgsql STABLE AS $$
DECLARE
  owner uuid;
BEGIN
  SELECT to_member_id INTO owner FROM loyalty_billmove WHERE purchase_id = p_purchase ORDER BY step DESC LIMIT 1;
  IF NOT FOUND THEN
    SELECT member_id INTO owner FROM loyalty_purchase WHERE id = p_purchase;
  END IF;
  RETURN owner;
END $$;

-- Opens a move: locks the accounts of both by ascending id (a guest's bill itself after them), books what is due, and
-- reads what decides. to_member NULL: no such member. Where the bill moved meanwhile: bill_moved (LP003).
-- own_bill: who asks for it, or keyed the bill, is that member; staffs: the member's phone is somebody's of the staff.
CREATE OR REPLACE FUNCTION ledger_open_move(
  p_purchase uuid, p_to uuid, p_practice boolean, p_at timestamptz, p_by text, p_readers text[],
  p_occurred timestamptz, p_needs jsonb,
  OUT from_member uuid, OUT to_member uuid, OUT step int, OUT tier_id smallint, OUT own_bill boolean,
  OUT staffs boolean, OUT new_id uuid, OUT joined_at timestamptz, OUT facts jsonb
) LANGUAGE plpgsql AS $$
DECLARE
  acc loyalty_account;
  party uuid;
BEGIN
  new_id := uuidv7();
  from_member := ledger_owner(p_purchase);
  to_member := ledger_member_of('id', p_to::text, p_practice);
  FOR party IN SELECT DISTINCT m FROM unnest(ARRAY[from_member, to_member]) AS m WHERE m IS NOT NULL ORDER BY m LOOP
    acc := ledger_lock(party);
    IF acc.next_due_at <= p_at THEN
      PERFORM ledger_book_due(party, p_at, p_by, p_readers);
    END IF;
    IF party = to_member THEN tier_id := acc.tier_id; END IF;
  END LOOP;
  IF from_member IS NULL THEN
    PERFORM 1 FROM loyalty_purchase p WHERE p.id = p_purchase FOR NO KEY UPDATE;
  END IF;
  IF ledger_owner(p_purchase) IS DISTINCT FROM from_member THEN
    RAISE EXCEPTION 'bill_moved' USING ERRCODE = 'LP003';
  END IF;
  step := (SELECT coalesce(max(m.step), 0) + 1 FROM loyalty_billmove m WHERE m.purchase_id = p_purchase);
  own_bill := ledger_own_bill(to_member, ARRAY(SELECT p.staff FROM loyalty_purchase p WHERE p.id = p_purchase),
                              ARRAY(SELECT p."by" FROM loyalty_purchase p WHERE p.id = p_purchase) || p_by);
  staffs := EXISTS (
    SELECT 1 FROM loyalty_staffphone s JOIN members_identifier i ON i.kind = 'phone' AND i.value = s.phone
     WHERE i.member_id = to_member AND i.until_at IS NULL);
  SELECT m.joined_at INTO joined_at FROM members_member m WHERE m.id = to_member;
  IF p_needs IS NOT NULL THEN
    facts := ledger_facts(to_member, p_occurred, p_needs);
  END IF;
END $$;

-- A move. `p`: {move: columns, lot, awards_back?, awards?, absorb, readers: {type: [names]}}. The old owner's earn is clawed back, the new
-- one's is credited as if sold to them, the tiers of both are looked at again. Answers the row.
CREATE OR REPLACE FUNCTION ledger_post_move(p jsonb) RETURNS loyalty_billmove LANGUAGE plpgsql AS $$
DECLARE
  moved loyalty_billmove := jsonb_populate_record(NULL::loyalty_billmove, p->'move');
  note jsonb := jsonb_build_object('at', moved.at, 'by', moved."by", 'store', moved.store_id, 'move', moved.id,
                                   'purchase', moved.purchase_id, 'request', moved.request_id);
  tier_readers text[] := ARRAY(SELECT jsonb_array_elements_text(p->'readers'->'tier.changed'));
  happened text := CASE moved.kind WHEN 'claim' THEN 'purchase.claimed' ELSE 'purchase.moved' END;
  entry_seq int;
BEGIN
  moved.absorbed := 0;
  IF moved.earned_back > 0 THEN
    SELECT seq INTO STRICT entry_seq FROM loyalty_entry
     WHERE member_id = moved.from_member_id AND purchase_id = moved.purchase_id AND kind = 'earn'
     ORDER BY seq DESC LIMIT 1;
    moved.absorbed := ledger_claw_back(moved.from_member_id, entry_seq, moved.earned_back, moved.at,
                                       (p->>'absorb')::boolean, note);
  END IF;
  IF moved.earned > 0 THEN
    PERFORM ledger_credit(moved.to_member_id, 'earn', moved.earned, moved.counts_at, p->'lot', note);
    -- an old bill's points may have ended by now
    PERFORM ledger_book_due(moved.to_member_id, moved.at, moved."by",
                            ARRAY(SELECT jsonb_array_elements_text(p->'readers'->'points.expired')));
  END IF;
  -- never lower: it only says from when on there is nothing, and a look too many does no harm
  UPDATE loyalty_account SET last_purchase_at = moved.counts_at
   WHERE member_id = moved.to_member_id AND (last_purchase_at IS NULL OR last_purchase_at < moved.counts_at);
  SELECT available, debt INTO moved.available_after, moved.debt_after FROM loyalty_account
   WHERE member_id = moved.to_member_id;
  INSERT INTO loyalty_billmove SELECT moved.*;
  IF p ? 'awards_back' AND moved.from_member_id IS NOT NULL THEN
    PERFORM ledger_count_awards(moved.from_member_id, moved.purchase_id, moved.id, moved.at, p->'awards_back');
  END IF;
  IF p ? 'awards' THEN
    PERFORM ledger_count_awards(moved.to_member_id, moved.purchase_id, moved.id, moved.at, p->'awards');
  END IF;
  IF moved.from_member_id IS NOT NULL THEN
    PERFORM ledger_review_tier(moved.from_member_id, moved.at, 'move', moved.purchase_id, note, tier_readers);
  END IF;
  PERFORM ledger_review_tier(moved.to_member_id, moved.counts_at, 'move', moved.purchase_id, note, tier_readers);
  PERFORM events_record(happened, moved.to_member_id, moved.purchase_id, moved.store_id,
            jsonb_build_object('move', moved.id, 'from', moved.from_member_id, 'to', moved.to_member_id,
                               'base', moved.base, 'earned_back', moved.earned_back, 'earned', moved.earned,
                               'business_date', moved.business_date),
            moved.at, moved.at, moved."by", moved.request_id,
            ARRAY(SELECT jsonb_array_elements_text(p->'readers'->happened)));
  IF moved.from_member_id IS NOT NULL THEN
    PERFORM events_record('purchase.moved_away', moved.from_member_id, moved.purchase_id, moved.store_id,
              jsonb_build_object('move', moved.id, 'to', moved.to_member_id, 'earned_back', moved.earned_back),
              moved.at, moved.at, moved."by", moved.request_id,
              ARRAY(SELECT jsonb_array_elements_text(p->'readers'->'purchase.moved_away')));
  END IF;
  RETURN moved;
END $$;
