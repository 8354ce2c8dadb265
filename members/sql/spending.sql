-- Whether a member's points and vouchers are locked now: asked by every reader and every sale.
CREATE OR REPLACE FUNCTION members_spending_locked(p_member uuid, p_at timestamptz)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM members_spendinglock
                  WHERE member_id = p_member AND lifted_at IS NULL AND (until_at IS NULL OR until_at > p_at));
END $$;

-- The same for whoever takes something away: waits for a lock that is being set at this instant, and sees it (each
-- statement of a VOLATILE function looks anew). `members.locking` holds the member's row while it writes.
CREATE OR REPLACE FUNCTION members_may_spend(p_member uuid, p_at timestamptz)
RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM FROM members_member WHERE id = p_member FOR SHARE;
  RETURN NOT members_spending_locked(p_member, p_at);
END $$;
