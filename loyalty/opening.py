"""A store opens."""

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from events.refusals import Conflict, Refusal
from loyalty.models import Store
from members import identifying


class StoreExists(Conflict):
    """Another store has this code."""

    code = "store_exists"


class StoreNameless(Refusal):
    """A name of letters or digits is wanted: a code is made of it."""

    code = "store_nameless"


def open_store(*, name: str, code: str = "", address: str = "") -> Store:
    """A new store; its code follows from the name where none is given. Raises StoreExists and StoreNameless."""
    code = slugify(code or identifying.fold(name))[:32].strip("-")
    if not name.strip() or not code:
        raise StoreNameless()
    try:
        with transaction.atomic():
            return Store.objects.create(name=name.strip(), code=code, address=address.strip())
    except IntegrityError:
        raise StoreExists() from None
