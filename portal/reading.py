"""What people type into the portal, read; with words for what cannot be read."""

from django import forms
from django.utils.translation import gettext as _

from events import clock
from loyalty.till import local_zone
from members import birthdays


def birthday(text: str) -> birthdays.Birthday | None:
    """`20/5/1990` or `20/5`; nothing is no birthday. Raises forms.ValidationError."""
    if not text.strip():
        return None
    try:
        born = birthdays.read(text)
        birthdays.must_be_past(born, on=clock.now().astimezone(local_zone()).date())
        return born
    except birthdays.BirthdayImpossible:
        raise forms.ValidationError(_("Không có ngày như vậy. Ví dụ: 20/5 hoặc 20/5/1990.")) from None
