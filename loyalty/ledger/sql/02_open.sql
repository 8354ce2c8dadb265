-- What a command on an account begins with: resolve the member, lock the account (made if missing), book what is
-- due, read the snapshot that rules run on, and look for the receipt, in one round trip.
--
-- Each statement of a plpgsql function sees what was committed before it began (READ COMMITTED), so everything read
-- after the lock is as the last holder of the lock left it.

-- The member that a phone, card or id names now; NULL where there is none.
CREATE OR REPLACE FUNCTION ledger_member_of(p_kind text, p_value text, p_practice boolean)
RETURNS uuid LANGUAGE plpgsql STABLE AS $$
DECLARE
  found_id uuid;
BEGIN
  IF p_kind = 'id' THEN
    SELECT id INTO found_id FROM members_member
     WHERE id = p_value::uuid AND practice = p_practice AND status = 'active';
  ELSE
    SELECT m.id INTO found_id FROM members_identifier i JOIN members_member m ON m.id = i.member_id
     WHERE i.kind = p_kind AND i.value = p_value AND i.practice = p_practice AND i.until_at IS NULL
       AND i.kind <> 'email' AND m.status = 'active';
  END IF;
  RETURN found_id;
END $$;

-- Net spend that counts for tiers within (p_from, p_to]: bills without undecided reviews, less what came back, with
-- what of other bills came to the member and without what left.
CREATE OR REPLACE FUNCTION ledger_spend(p_member uuid, p_from timestamptz, p_to timestamptz)
RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (coalesce((SELECT sum(base) FROM loyalty_purchase
                     WHERE member_id = p_member AND occurred_at > p_from AND occurred_at <= p_to), 0)
        - coalesce((SELECT sum(p.base) FROM loyalty_purchase p
                      LEFT JOIN loyalty_reviewdecision d ON d.purchase_id = p.id
                     WHERE p.member_id = p_member AND p.status = 'review' AND d.approved IS NOT TRUE
                       AND p.occurred_at > p_from AND p.occurred_at <= p_to), 0)
        - coalesce((SELECT sum(r.base) FROM loyalty_return r
                     WHERE r.member_id = p_member AND r.counts_at > p_from AND r.counts_at <= p_to), 0)
        + coalesce((SELECT sum(m.base) FROM loyalty_billmove m
                     WHERE m.to_member_id = p_member AND m.counts_at > p_from AND m.counts_at <= p_to), 0)
        - coalesce((SELECT sum(m.base) FROM loyalty_billmove m
                     WHERE m.from_member_id = p_member AND m.counts_at > p_from AND m.counts_at <= p_to), 0))::bigint;
END $$;

-- Whether one of those who keyed a bill (by their code at the till, or signed in: `user:7`) is the member themselves.
CREATE OR REPLACE FUNCTION ledger_own_bill(p_member uuid, p_staff text[], p_by text[])
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (
    SELECT 1 FROM loyalty_staffphone s JOIN members_identifier i ON i.kind = 'phone' AND i.value = s.phone
     WHERE (s.staff_code <> '' AND s.staff_code = ANY (p_staff) OR 'user:' || s.user_id = ANY (p_by))
       AND i.member_id = p_member AND i.until_at IS NULL);
END $$;

CREATE OR REPLACE FUNCTION ledger_lock(p_member uuid) RETURNS loyalty_account LANGUAGE plpgsql AS $$
DECLARE
  acc loyalty_account;
BEGIN
  SELECT * INTO acc FROM loyalty_account WHERE member_id = p_member FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    INSERT INTO loyalty_account (member_id) VALUES (p_member) ON CONFLICT DO NOTHING;
    SELECT * INTO acc FROM loyalty_account WHERE member_id = p_member FOR NO KEY UPDATE;
  END IF;
  RETURN acc;
END $$;

-- How many kept bills came to a member by a moment, theirs now, and when the newest of them was: posted ones that did
-- not come back whole.
CREATE OR REPLACE FUNCTION ledger_visits(p_member uuid, p_until timestamptz, OUT visits int, OUT last timestamptz)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  gone uuid[];
BEGIN
  -- the few that do not count, or came from elsewhere, are looked for first: mostly there are none
  gone := ARRAY(SELECT id FROM loyalty_purchase WHERE member_id = p_member AND status = 'review' UNION
                SELECT purchase_id FROM loyalty_return WHERE member_id = p_member AND whole UNION
                SELECT purchase_id FROM loyalty_billmove WHERE from_member_id = p_member);
  SELECT count(*), max(occurred_at) INTO visits, last FROM loyalty_purchase
   WHERE member_id = p_member AND occurred_at <= p_until;
  IF gone <> '{}' THEN
    SELECT count(*), max(occurred_at) INTO visits, last FROM loyalty_purchase
     WHERE member_id = p_member AND occurred_at <= p_until AND id <> ALL (gone);
  END IF;
  IF EXISTS (SELECT FROM loyalty_billmove WHERE to_member_id = p_member AND counts_at <= p_until) THEN
    SELECT visits + count(*), greatest(last, max(p.occurred_at)) INTO visits, last
      FROM loyalty_billowner o JOIN loyalty_purchase p ON p.id = o.purchase_id
     WHERE o.member_id = p_member AND p.status = 'posted' AND o.counts_at <= p_until
       AND (p.member_id IS DISTINCT FROM p_member OR p.id = ANY (gone))
       AND NOT EXISTS (SELECT FROM loyalty_return r WHERE r.purchase_id = p.id AND r.whole);
  END IF;
END $$;

-- What bonus rules ask of a member at the moment of a bill, and no more. `p_needs`: {tags, profile, visits: true; used:
-- [[version, rule, first day, last day]]; budgets: [version]; today: [its begin, its end]}.
CREATE OR REPLACE FUNCTION ledger_facts(p_member uuid, p_occurred timestamptz, p_needs jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  told jsonb := '{}';
  seen record;
BEGIN
  IF p_needs ? 'tags' THEN
    told := told || jsonb_build_object('tags', (
      SELECT coalesce(jsonb_agg(DISTINCT t.key), '[]') FROM members_tag t
       WHERE t.member_id = p_member AND t.from_at <= p_occurred AND (t.until_at IS NULL OR t.until_at > p_occurred)));
  END IF;
  IF p_needs ? 'profile' THEN
    told := told || (SELECT jsonb_build_object('gender', m.gender, 'birth_calendar', m.birth_calendar,
                                               'birth_month', m.birth_month)
                       FROM members_member m WHERE m.id = p_member);
  END IF;
  IF p_needs ? 'visits' THEN
    SELECT * INTO seen FROM ledger_visits(p_member, p_occurred);
    told := told || jsonb_build_object('visits', seen.visits, 'last', seen.last);
  END IF;
  IF p_needs ? 'used' THEN
    told := told || jsonb_build_object('used', (
      SELECT jsonb_object_agg(asked->>0, (
               SELECT jsonb_build_array(coalesce(sum(a.points), 0), coalesce(sum(a.times), 0)) FROM loyalty_ruleaward a
                WHERE a.member_id = p_member AND a.rule_id = (asked->>1)::int
                  AND a.day BETWEEN (asked->>2)::date AND (asked->>3)::date))
        FROM jsonb_array_elements(p_needs->'used') AS asked));
  END IF;
  IF p_needs ? 'budgets' THEN
    told := told || jsonb_build_object('spent', (
      SELECT jsonb_object_agg(b.version_id, b.spent) FROM loyalty_rulebudget b
       WHERE b.version_id IN (SELECT v::int FROM jsonb_array_elements_text(p_needs->'budgets') v)));
  END IF;
  IF p_needs ? 'today' THEN
    told := told || jsonb_build_object('today',
      coalesce((SELECT sum(p.earned) FROM loyalty_purchase p
                 WHERE p.member_id = p_member AND p.occurred_at >= (p_needs->'today'->>0)::timestamptz
                   AND p.occurred_at < (p_needs->'today'->>1)::timestamptz), 0)
    - coalesce((SELECT sum(r.clawed_back) FROM loyalty_return r
                 WHERE r.member_id = p_member AND r.counts_at >= (p_needs->'today'->>0)::timestamptz
                   AND r.counts_at < (p_needs->'today'->>1)::timestamptz), 0));
  END IF;
  RETURN told;
END $$;

DROP TYPE IF EXISTS ledger_snapshot CASCADE;
CREATE TYPE ledger_snapshot AS (
  policies_version int, member_id uuid, tier_id smallint, available bigint, pending bigint, held bigint, debt bigint,
  window_spend bigint, out_of_order boolean, joined_at timestamptz, own_bill boolean,
  spending_locked boolean, purchase_id uuid, purchase_fingerprint bytea, purchase_member uuid, new_id uuid,
  facts jsonb
);

-- p_kind NULL = a guest: nothing is locked. An unknown member leaves member_id NULL; the receipt is looked for all the
-- same, because a replay is recognised before anything else. p_lock false = a quote: reads only, and what is due is
-- subtracted instead of booked.
CREATE OR REPLACE FUNCTION ledger_open(
  p_kind text, p_value text, p_practice boolean, p_store int, p_period text, p_receipt text, p_occurred timestamptz,
  p_window interval, p_staff text, p_at timestamptz, p_by text, p_readers text[], p_lock boolean, p_needs jsonb
) RETURNS ledger_snapshot LANGUAGE plpgsql AS $$
DECLARE
  snap ledger_snapshot;
  acc loyalty_account;
BEGIN
  IF p_kind IS NOT NULL THEN
    snap.member_id := ledger_member_of(p_kind, p_value, p_practice);
  END IF;
  IF snap.member_id IS NOT NULL THEN
    IF p_lock THEN
      acc := ledger_lock(snap.member_id);
      IF acc.next_due_at <= p_at THEN
        PERFORM ledger_book_due(snap.member_id, p_at, p_by, p_readers);
        SELECT * INTO acc FROM loyalty_account WHERE member_id = snap.member_id;
      END IF;
    ELSE
      SELECT * INTO acc FROM loyalty_account WHERE member_id = snap.member_id;
      IF acc.next_due_at <= p_at THEN
        acc := ledger_foresee(acc, p_at);
      END IF;
    END IF;
    snap.tier_id := acc.tier_id;
    snap.available := coalesce(acc.available, 0);
    snap.pending := coalesce(acc.pending, 0);
    snap.held := coalesce(acc.held, 0);
    snap.debt := coalesce(acc.debt, 0);
    snap.out_of_order := coalesce(acc.last_purchase_at > p_occurred, false);
    -- a late bill also raises the spend seen by the bills after it: the highest of all that its window touches counts
    snap.window_spend := CASE
      WHEN acc.last_purchase_at IS NULL THEN 0
      WHEN NOT snap.out_of_order THEN ledger_spend(snap.member_id, p_occurred - p_window, p_occurred)
      ELSE (SELECT max(ledger_spend(snap.member_id, moment - p_window, moment))
              FROM (SELECT p_occurred AS moment UNION
                    SELECT occurred_at FROM loyalty_purchase
                     WHERE member_id = snap.member_id AND occurred_at > p_occurred
                       AND occurred_at < p_occurred + p_window UNION
                    SELECT counts_at FROM loyalty_billmove
                     WHERE to_member_id = snap.member_id AND counts_at > p_occurred
                       AND counts_at < p_occurred + p_window) touched) END;
    SELECT joined_at INTO snap.joined_at FROM members_member WHERE id = snap.member_id;
    snap.spending_locked := members_spending_locked(snap.member_id, p_at);
    snap.own_bill := ledger_own_bill(snap.member_id, ARRAY[p_staff], ARRAY[p_by]);
    IF p_needs IS NOT NULL THEN
      snap.facts := ledger_facts(snap.member_id, p_occurred, p_needs);
    END IF;
  END IF;
  snap.new_id := uuidv7();
  SELECT policies_version INTO snap.policies_version FROM loyalty_programme;
  IF p_receipt IS NOT NULL THEN
    SELECT id, fingerprint, member_id INTO snap.purchase_id, snap.purchase_fingerprint, snap.purchase_member
      FROM loyalty_purchase WHERE store_id = p_store AND period = p_period AND receipt = p_receipt
     ORDER BY revision DESC LIMIT 1;
  END IF;
  RETURN snap;
END $$;

-- Many bills of one till: members are resolved, then their accounts locked in id order, then each is opened.
CREATE OR REPLACE FUNCTION ledger_open_many(
  p_bills jsonb, p_practice boolean, p_store int, p_at timestamptz, p_by text, p_readers text[]
) RETURNS SETOF ledger_snapshot LANGUAGE plpgsql AS $$
DECLARE
  bill record;
  member uuid;
BEGIN
  FOR member IN
    SELECT DISTINCT m FROM (
      SELECT ledger_member_of(b.kind, b.value, p_practice) AS m
        FROM jsonb_to_recordset(p_bills) AS b(kind text, value text) WHERE b.kind IS NOT NULL) named
     WHERE m IS NOT NULL ORDER BY m
  LOOP
    PERFORM ledger_lock(member);
  END LOOP;
  FOR bill IN
    SELECT * FROM jsonb_to_recordset(p_bills)
      AS b(n int, kind text, value text, period text, receipt text, occurred timestamptz, spend_window interval, staff text,
           needs jsonb)
     ORDER BY n
  LOOP
    RETURN NEXT ledger_open(bill.kind, bill.value, p_practice, p_store, bill.period, bill.receipt, bill.occurred,
                            bill.spend_window, bill.staff, p_at, p_by, p_readers, true, bill.needs);
  END LOOP;
END $$;
