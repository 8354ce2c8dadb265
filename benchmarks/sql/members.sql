-- A shop's members, made set by set: name, phone, card, some with an e-mail or an id of another system, and what their
-- names are searched by. Member n has the phone +84 and 900000000 + n.
DROP TABLE IF EXISTS bench_member;
CREATE UNLOGGED TABLE bench_member AS
SELECT
    n,
    uuidv7(joined_at - clock_timestamp()) AS id,
    joined_at,
    f.word || ' ' || m.word || ' ' || g.word AS name,
    f.folded || ' ' || m.folded || ' ' || g.folded AS folded,
    g.word AS call_name,
    f.folded AS family,
    m.folded AS middle,
    g.folded AS given
FROM (
    SELECT
        n,
        %(at)s - interval '400 days' + n * (interval '60 days' / %(members)s) AS joined_at,
        1 + (hashint8(n) & 1073741823) %% (SELECT count(*) FROM bench_family) AS f,
        1 + (hashint8(n + 7) & 1073741823) %% (SELECT count(*) FROM bench_middle) AS m,
        1 + (hashint8(n + 13) & 1073741823) %% (SELECT count(*) FROM bench_given) AS g
    FROM generate_series(0, %(members)s - 1) AS n
) drawn
JOIN bench_family f ON f.no = drawn.f
JOIN bench_middle m ON m.no = drawn.m
JOIN bench_given g ON g.no = drawn.g;
CREATE UNIQUE INDEX ON bench_member (n) INCLUDE (id);
ANALYZE bench_member;

INSERT INTO members_member (
    id, name, folded_name, call_name, joined_at, joined_via, joined_store_id, home_store_id, created_at
)
SELECT id, name, folded, call_name, joined_at, 'import', store_id, store_id, %(at)s
FROM (SELECT *, (%(store_ids)s::integer[])[1 + n %% %(stores)s] AS store_id FROM bench_member) at_home
ORDER BY id;

INSERT INTO members_identifier (id, member_id, kind, value, from_at)
SELECT uuidv7(), id, 'phone', '+84' || (900000000 + n), joined_at FROM bench_member ORDER BY n;

INSERT INTO members_identifier (id, member_id, kind, value, from_at)
SELECT uuidv7(), id, 'card', '88' || lpad(n::text, 10, '0'), joined_at FROM bench_member ORDER BY n;

INSERT INTO members_identifier (id, member_id, kind, value, from_at)
SELECT uuidv7(), id, 'email', 'member' || n || '@example.vn', joined_at FROM bench_member WHERE n %% 4 = 0 ORDER BY n;

INSERT INTO members_identifier (id, member_id, kind, value, from_at)
SELECT uuidv7(), id, 'external', 'KH-' || n, joined_at FROM bench_member WHERE n %% 4 = 1 ORDER BY n;

-- identifying.search_tokens of a name of three words
INSERT INTO members_nametoken (token, member_id)
SELECT DISTINCT token, id
FROM bench_member, unnest(ARRAY[folded, family || ' ' || given, middle || ' ' || given, given]) AS token
ORDER BY token, id;
