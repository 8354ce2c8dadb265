"""Changing how the shop looks and what it calls things."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from events.refusals import Refusal
from loyalty import policies
from loyalty.look import brand, colours, logos
from loyalty.models import Logo

LONGEST_NAME = 120
LONGEST_UNIT = 24
LONGEST_SIGN = 4


class ColourUnreadable(Refusal):
    """A colour is `#` and six hexadecimal digits."""

    code = "colour_unreadable"


class WordUnreadable(Refusal):
    """A name, unit or sign that is empty, too long, or holds digits or signs that would be read as part of a figure."""

    code = "word_unreadable"


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the shop calls itself, a point, and money."""

    name: str
    unit_vi: str
    unit_en: str
    currency_sign: str = ""

    def cleaned(self) -> "Words":
        """Without blanks around and control characters within. Raises WordUnreadable(field=…)."""
        return Words(
            name=_clean(self.name, field="name", longest=LONGEST_NAME),
            unit_vi=_clean(self.unit_vi, field="unit_vi", longest=LONGEST_UNIT, beside_figures=True),
            unit_en=_clean(self.unit_en, field="unit_en", longest=LONGEST_UNIT, beside_figures=True),
            currency_sign=_clean(
                self.currency_sign, field="currency_sign", longest=LONGEST_SIGN, beside_figures=True, optional=True
            ),
        )


@transaction.atomic
def change(*, words: Words, colour: str) -> None:
    """Every door follows at its next page. Raises ColourUnreadable, WordUnreadable; who did it is in the history."""
    colour = colour.strip().lower()
    if not colours.HEX.fullmatch(colour):
        raise ColourUnreadable()
    said = words.cleaned()
    policies.change_programme(
        changes={
            "name": said.name,
            "point_name_vi": said.unit_vi,
            "point_name_en": said.unit_en,
            "currency_sign": said.currency_sign,
            "colour": colour,
        }
    )
    brand.forget()


@transaction.atomic
def put_logo(*, upload: bytes, by: str, at: datetime) -> Logo:
    """Show this picture from now on. Raises LogoTooLarge, LogoTooSmall, LogoUnreadable."""
    picture = logos.drawn(upload)
    logo, _created = Logo.objects.update_or_create(
        pk=1,
        defaults={
            "image": picture.image,
            "kind": picture.kind,
            "digest": picture.digest,
            "width": picture.width,
            "height": picture.height,
            "uploaded_at": at,
            "uploaded_by": by,
        },
    )
    policies.new_version()
    brand.forget()
    return logo


@transaction.atomic
def take_logo_away() -> None:
    """The shop goes by its name again."""
    Logo.objects.filter(pk=1).delete()
    policies.new_version()
    brand.forget()


def _clean(text: str, *, field: str, longest: int, beside_figures: bool = False, optional: bool = False) -> str:
    kept = "".join(letter for letter in unicodedata.normalize("NFC", text) if unicodedata.category(letter)[0] != "C")
    kept = " ".join(kept.split())
    if len(kept) > longest or not (kept or optional):
        raise WordUnreadable(field=field)
    if beside_figures and any(letter.isdigit() or letter in ".,+-−<>" for letter in kept):
        raise WordUnreadable(field=field)
    return kept
