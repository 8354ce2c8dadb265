"""A member's message: the fields of a text for one person, in the person's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from babel.dates import format_date
from babel.numbers import format_decimal

from campaigns import wording
from campaigns.models import CampaignStep
from campaigns.wording import CODE_PLACE, Text
from loyalty import money as amounts
from loyalty import policies, queries
from loyalty.look import brand
from loyalty.till import local_zone
from members.models import Member
from rewards import defining
from rewards import queries as vouchers
from rewards.models import VoucherDefinition
from rewards.queries import VoucherView

# In English only these have a counterpart before a given name; the others are left out.
_ENGLISH_HONORIFICS = {"anh": "Mr", "chú": "Mr", "chị": "Ms", "cô": "Ms"}


@dataclass(frozen=True, kw_only=True)
class Composed:
    """What goes out, and the same for the inbox, where the voucher's code is only a place."""

    language: str
    shop: str
    outward: Text
    inward: Text


def message(*, step: CampaignStep, member: Member, voucher_id: UUID | None, at: datetime) -> Composed:
    """The step's message to a member. Raises TextUnreadable, FieldUnknown."""
    language = language_of(member)
    fields = {**_about(member, language, at), **_gift(member, voucher_id, language, at)}
    hidden = {**fields, "voucher_code": CODE_PLACE} if "voucher_code" in fields else fields
    return Composed(
        language=language,
        shop=fields["shop_name"],
        outward=wording.of_step(step, language=language, fields=fields),
        inward=wording.of_step(step, language=language, fields=hidden),
    )


def sample(*, step: CampaignStep, member: Member, language: str, at: datetime) -> Text:
    """How the step would read to this member: with an invented code, as nothing is issued.

    Raises TextUnreadable, FieldUnknown, DefinitionUnknown, DefinitionEnded.
    """
    fields: dict[str, str] = _about(member, language, at)
    if step.voucher:
        gift = defining.in_force(step.voucher, at=at)
        fields |= {
            "voucher_name": gift.name_vi if language == "vi" else gift.name_en,
            "voucher_value": value(gift, language, policies.at(at).programme.currency),
            "voucher_code": "XXXX-XXXX-XXXX-XX",
            "voucher_expires": day(at.astimezone(local_zone()).date() + timedelta(days=gift.valid_days), language),
        }
    return wording.of_step(step, language=language, fields=fields)


def language_of(member: Member) -> str:
    return member.locale if member.locale in wording.LANGUAGES else wording.LANGUAGES[0]


def honorific(member: Member, language: str) -> str:
    said = member.honorific or "bạn"
    return said if language == "vi" else _ENGLISH_HONORIFICS.get(said, "")


def day(day: date, language: str) -> str:
    """21/11/2026, or 21 Nov 2026."""
    return format_date(day, format="dd/MM/yyyy" if language == "vi" else "d MMM yyyy", locale=language)


def value(gift: VoucherDefinition | VoucherView, language: str, currency: str) -> str:
    """giảm 20.000 ₫ cho hóa đơn từ 50.000 ₫; 20 % off, 50,000 ₫ at most."""

    def money(minor: int) -> str:
        return amounts.written(minor, currency=currency, language=language, sign=brand.last_known().sign)

    vietnamese = language == "vi"
    taken = f"{gift.percent} %" if gift.percent is not None else money(gift.amount or 0)
    told = f"giảm {taken}" if vietnamese else f"{taken} off"
    if gift.cap is not None:
        told += f", nhiều nhất {money(gift.cap)}" if vietnamese else f", {money(gift.cap)} at most"
    if gift.minimum_basket:
        least = money(gift.minimum_basket)
        told += f" cho hóa đơn từ {least}" if vietnamese else f" a bill of {least} or more"
    return told


def _about(member: Member, language: str, at: datetime) -> dict[str, str]:
    points = queries.balance(member.pk, at=at).available
    return {
        "honorific": honorific(member, language),
        "call_name": member.call_name or member.name,
        "name": member.name,
        "points": format_decimal(points, locale=language),
        "unit": brand.last_known().unit_in(language, count=points),
        "shop_name": policies.at(at).programme.name,
    }


def _gift(member: Member, voucher_id: UUID | None, language: str, at: datetime) -> Mapping[str, str]:
    if voucher_id is None:
        return {}
    voucher = vouchers.by_ids([voucher_id], at=at)[voucher_id]
    return {
        "voucher_name": voucher.name_vi if language == "vi" else voucher.name_en,
        "voucher_value": value(voucher, language, policies.at(at).programme.currency),
        "voucher_code": voucher.code,
        "voucher_expires": day(voucher.last_day, language),
    }
