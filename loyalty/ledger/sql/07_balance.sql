-- The account as it stands once everything due by p_at is booked (ledger_book_due), without writing it: what waited is
-- ripe or given up, holds have lapsed, what is owed is repaid out of them, and lots have ended.
CREATE OR REPLACE FUNCTION ledger_foresee(acc loyalty_account, p_at timestamptz)
RETURNS loyalty_account LANGUAGE plpgsql STABLE AS $$
DECLARE
  due record;
  repaid bigint;
BEGIN
  FOR due IN
    SELECT h.expires_at AS moment, 1 AS turn, h.points, h.entry_seq AS seq, NULL::timestamptz AS ends, true AS ripe
      FROM loyalty_hold h WHERE h.member_id = acc.member_id AND h.ended_at IS NULL AND h.expires_at <= p_at
    UNION ALL
    SELECT least(matures_at, lapses_at), 2, remaining, seq, expires_at, matures_at IS NOT DISTINCT FROM least(matures_at, lapses_at)
      FROM loyalty_lot
     WHERE member_id = acc.member_id AND remaining > 0 AND pending AND least(matures_at, lapses_at) <= p_at
    ORDER BY moment, turn, ends, seq
  LOOP
    repaid := CASE WHEN due.ripe THEN least(acc.debt, due.points) ELSE 0 END;
    acc.debt := acc.debt - repaid;
    IF due.turn = 1 THEN
      acc.held := acc.held - due.points;
      acc.available := acc.available + due.points - repaid - (
        SELECT coalesce(sum(least(points, due.points - repaid - before)), 0)
          FROM (SELECT l.expires_at, u.points,
                       sum(u.points) OVER (ORDER BY l.expires_at DESC NULLS FIRST, l.opened_at DESC, l.seq DESC)
                       - u.points AS before
                  FROM loyalty_lotuse u JOIN loyalty_lot l ON l.member_id = u.member_id AND l.seq = u.lot_seq
                 WHERE u.member_id = acc.member_id AND u.entry_seq = due.seq AND u.points > 0) used
         WHERE before < due.points - repaid AND expires_at <= p_at);
    ELSE
      acc.pending := acc.pending - due.points;
      IF due.ripe AND (due.ends IS NULL OR due.ends > p_at) THEN
        acc.available := acc.available + due.points - repaid;
      END IF;
    END IF;
  END LOOP;
  acc.available := acc.available - (SELECT coalesce(sum(remaining), 0) FROM loyalty_lot
    WHERE member_id = acc.member_id AND remaining > 0 AND NOT pending AND expires_at <= p_at);
  RETURN acc;
END $$;

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
  IF acc.next_due_at <= p_at THEN
    acc := ledger_foresee(acc, p_at);
  END IF;
  available := coalesce(acc.available, 0);
  pending := coalesce(acc.pending, 0);
  held := coalesce(acc.held, 0);
  debt := coalesce(acc.debt, 0);
  tier_id := acc.tier_id;
  SELECT expires_at, sum(remaining) INTO next_expiry_at, next_expiry_points FROM loyalty_lot l
   WHERE member_id = p_member AND remaining > 0 AND (NOT l.pending OR matures_at <= p_at) AND expires_at > p_at
   GROUP BY expires_at ORDER BY expires_at LIMIT 1;
  next_expiry_points := coalesce(next_expiry_points, 0);
END $$;
