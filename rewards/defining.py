"""Kinds of vouchers: publishing the next version of one, and which is in force."""

from datetime import datetime

from django.db import connection, transaction

from events.refusals import Missing, Refusal
from rewards.models import VoucherDefinition

# Spaces of PostgreSQL's advisory locks are shared by the whole database; this one is for versions of a definition.
_VERSION_SPACE = 7003


class DefinitionUnknown(Missing):
    """No voucher of this key has begun yet."""

    code = "voucher_definition_unknown"


class DefinitionEnded(Refusal):
    """No more vouchers of this key are issued."""

    code = "voucher_definition_ended"


class BeginsInThePast(Refusal):
    """A version begins when it is published, or later."""

    code = "voucher_definition_in_the_past"


@transaction.atomic
def publish(definition: VoucherDefinition, *, by: str, at: datetime) -> VoucherDefinition:
    """Publish the next version of `definition.key`, in force from its `valid_from`. Raises BeginsInThePast."""
    if definition.valid_from < at:
        raise BeginsInThePast()
    with connection.cursor() as cursor:
        # two people who publish at once get two versions
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_VERSION_SPACE, definition.key])
    last = VoucherDefinition.objects.filter(key=definition.key).order_by("-version").first()
    definition.version = last.version + 1 if last else 1
    definition.published_at, definition.published_by = at, by
    definition.save(force_insert=True)
    return definition


def in_force(key: str, *, at: datetime) -> VoucherDefinition:
    """The version under which vouchers are issued at a moment. Raises DefinitionUnknown, DefinitionEnded."""
    begun = VoucherDefinition.objects.filter(key=key, valid_from__lte=at)
    newest = begun.order_by("-valid_from", "-version").first()
    if newest is None:
        raise DefinitionUnknown()
    if not newest.active:
        raise DefinitionEnded()
    return newest


def offered(*, at: datetime) -> list[VoucherDefinition]:
    """The kinds that can be issued at a moment, each in the version in force, by name."""
    begun = VoucherDefinition.objects.filter(valid_from__lte=at).order_by("key", "-valid_from", "-version")
    return sorted((kind for kind in begun.distinct("key") if kind.active), key=lambda kind: kind.name_vi)
