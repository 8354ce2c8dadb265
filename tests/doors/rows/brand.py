"""The brand's rows: what every door's pages load of the shop's look, which is on its signboard anyway."""

from tests.doors.rows.row import ALL, Row

ROWS: dict[str, Row] = {
    "brand_stylesheet": Row(get=ALL),
    "brand_dashboard_stylesheet": Row(get=ALL),
    "brand_logo": Row(get=ALL),
    "brand_icon": Row(get=ALL),
}
