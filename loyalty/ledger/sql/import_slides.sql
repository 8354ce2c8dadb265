-- Points that slide and stood before end with the newest of the chunk's, member by member.
SELECT ledger_slide(member_id, max(expires_at))
FROM import_chunk
WHERE slides AND earned > 0 AND member_id IS NOT NULL
GROUP BY member_id
ORDER BY member_id;
