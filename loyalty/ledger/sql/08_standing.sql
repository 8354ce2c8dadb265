-- A member as the doors show one, found by id, phone or card: who it is, the points, the tier and the spend that counts
-- for the next. One call for the look-up that every till makes; its plans stay with the connection. No row: no member.
CREATE OR REPLACE FUNCTION loyalty_standing(
  p_kind text, p_value text, p_practice boolean, p_at timestamptz, p_window interval,
  OUT member_id uuid, OUT name text, OUT call_name text, OUT phone text, OUT card text,
  OUT birth_day smallint, OUT birth_month smallint, OUT birth_calendar text,
  OUT available bigint, OUT pending bigint, OUT held bigint, OUT debt bigint,
  OUT next_expiry_points bigint, OUT next_expiry_at timestamptz, OUT tier_id smallint,
  OUT tier_since timestamptz, OUT window_spend bigint, OUT spending_locked boolean, OUT policies_version int
) RETURNS SETOF record LANGUAGE plpgsql STABLE AS $$
DECLARE
  known record;
  last_bill timestamptz;
BEGIN
  member_id := ledger_member_of(p_kind, p_value, p_practice);
  IF member_id IS NULL THEN
    RETURN;
  END IF;
  SELECT m.name, m.call_name, m.birth_day, m.birth_month, m.birth_calendar
    INTO name, call_name, birth_day, birth_month, birth_calendar FROM members_member m WHERE m.id = member_id;
  FOR known IN
    SELECT i.kind, i.value FROM members_identifier i
     WHERE i.member_id = loyalty_standing.member_id AND i.kind IN ('phone', 'card') AND i.until_at IS NULL
     ORDER BY i.from_at
  LOOP
    IF known.kind = 'phone' THEN phone := known.value; ELSE card := known.value; END IF;
  END LOOP;
  SELECT b.available, b.pending, b.held, b.debt, b.next_expiry_points, b.next_expiry_at, b.tier_id
    INTO available, pending, held, debt, next_expiry_points, next_expiry_at, tier_id
    FROM loyalty_balance(member_id, p_at) b;
  SELECT t.since INTO tier_since FROM loyalty_tierbeginning t
   WHERE t.member_id = loyalty_standing.member_id AND t.tier_id = loyalty_standing.tier_id
   ORDER BY t.since DESC, t.id DESC LIMIT 1;
  SELECT a.last_purchase_at INTO last_bill FROM loyalty_account a WHERE a.member_id = loyalty_standing.member_id;
  window_spend := CASE WHEN last_bill > p_at - p_window THEN ledger_spend(member_id, p_at - p_window, p_at) ELSE 0 END;
  spending_locked := members_spending_locked(member_id, p_at);
  SELECT p.policies_version INTO policies_version FROM loyalty_programme p;
  RETURN NEXT;
END $$;
