"""Who gets nothing, so that the shop can see whether what the others get does anything.

A member's place is fixed for life by a salted hash: asking again, or raising the share, never moves anybody back.
"""

import hashlib
from uuid import UUID

PARTS = 10_000

# The same place in SQL: a member's id in, a number below PARTS out.
PLACE_SQL = f"""mod(
    ('x' || left(encode(sha256(convert_to({{salt}} || ':' || {{member}}, 'UTF8')), 'hex'), 8))::bit(32)::bigint,
    {PARTS}
)"""


def place(member_id: UUID, *, salt: str) -> int:
    """Where a member stands under this salt: 0 … 9999, evenly."""
    return int(hashlib.sha256(f"{salt}:{member_id}".encode()).hexdigest()[:8], 16) % PARTS


def is_held_out(member_id: UUID, *, salt: str, percent: int) -> bool:
    return place(member_id, salt=salt) < percent * PARTS // 100


def campaign_salt(salt: str, key: str) -> str:
    """Each campaign draws its own share; it has nothing to do with who is in another's."""
    return f"{salt}:{key}"
