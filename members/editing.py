"""A whole profile edited at once: name, birthday and details, all of it or nothing."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from members import birthdays, changing
from members.models import Member


@transaction.atomic
def edit(
    *,
    member_id: UUID,
    name: str,
    call_name: str = "",
    honorific: str = "",
    birthday: birthdays.Birthday | None,
    gender: str,
    locale: str,
    province: str = "",
    ward: str = "",
    home_store_id: int | None = None,
    by: str,
    at: datetime,
    request_id: str = "",
) -> Member:
    """What differs is changed, each with its event. Raises what `members.changing` raises, with nothing written."""
    who = {"member_id": member_id, "by": by, "at": at, "request_id": request_id}
    changing.rename(name=name, call_name=call_name, honorific=honorific, **who)  # type: ignore[arg-type]
    changing.change_birthday(birthday=birthday, **who)  # type: ignore[arg-type]
    return changing.change_details(
        gender=gender,
        locale=locale,
        province=province,
        ward=ward,
        home_store_id=home_store_id,
        **who,  # type: ignore[arg-type]
    )
