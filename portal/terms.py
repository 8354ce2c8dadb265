"""The terms of the programme, as people read and accept them."""

from datetime import datetime
from typing import Any
from uuid import UUID


def in_force() -> Any:
    return None


def accept(*, member_id: UUID, at: datetime, request_id: str = "") -> None:
    return None
