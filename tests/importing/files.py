"""Files as people send them, and runs of them."""

import io
from datetime import UTC, datetime
from typing import Any

from loyalty.importing import purchases
from members.importing.report import ImportReport

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
BILLS = "store,receipt,member,occurred_at,sku,name,category,quantity,amount,cost,kind,original_receipt"


def bills(*rows: str, header: str = BILLS) -> io.BytesIO:
    return io.BytesIO("\n".join([header, *rows, ""]).encode())


def load(source: Any, *, at: datetime = NOW, errors: Any = None, **options: Any) -> ImportReport:
    """Import bills, opening stores and joining members as needed."""
    chosen = {"create_members": True, "create_stores": True, "errors": errors or io.StringIO(), **options}
    return purchases.run(source=source, at=at, by="system", options=purchases.PurchaseOptions(**chosen))
