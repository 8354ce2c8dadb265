-- What a member has at p_at: the account less what has ended and was not booked yet, and what ends next.
-- Every reader goes through this one function; nothing shows the account's row itself.
CREATE OR REPLACE FUNCTION loyalty_balance(
  p_member uuid, p_at timestamptz, OUT available bigint, OUT pending bigint, OUT held bigint, OUT debt bigint,
  OUT next_expiry_points bigint, OUT next_expiry_at timestamptz, OUT tier_id smallint
) LANGUAGE plpgsql STABLE AS $$
DECLARE
  acc loyalty_account;
BEGIN
  SELECT * INTO acc FROM loyalty_account WHERE member_id = p_member;
  available := coalesce(acc.available, 0);
  pending := coalesce(acc.pending, 0);
  held := coalesce(acc.held, 0);
  debt := coalesce(acc.debt, 0);
  tier_id := acc.tier_id;
  IF acc.next_due_at <= p_at THEN
    available := available - (SELECT coalesce(sum(remaining), 0) FROM loyalty_lot
      WHERE member_id = p_member AND remaining > 0 AND expires_at <= p_at);
  END IF;
  SELECT expires_at, sum(remaining) INTO next_expiry_at, next_expiry_points FROM loyalty_lot
   WHERE member_id = p_member AND remaining > 0 AND expires_at > p_at
   GROUP BY expires_at ORDER BY expires_at LIMIT 1;
  next_expiry_points := coalesce(next_expiry_points, 0);
END $$;
