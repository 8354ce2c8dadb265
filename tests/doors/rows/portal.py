"""The portal's rows: what a member finds, and what anybody with a link does."""

from tests.doors.rows.row import ALL, Row

ROWS: dict[str, Row] = {
    # a link in a message: its token is the key, whoever holds it may refuse advertising
    "unsubscribe": Row(get=ALL, post=ALL, of="link of a message"),
}
