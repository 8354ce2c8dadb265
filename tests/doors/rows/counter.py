"""The counter's rows: who is signed in with a PIN at an enrolled device."""

from tests.doors.rows.row import Row

ROWS: dict[str, Row] = {}
