"""Form fields of the dashboard."""

from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django import forms
from django.utils.functional import Promise
from unfold.contrib.forms.widgets import ArrayWidget
from unfold.widgets import UnfoldAdminTextInputWidget

from dashboard import wording


class ListWidget(ArrayWidget):
    """Several values, one below the other; a screen reader hears the field's name at each."""

    def __init__(self, label: str | Promise, **given: Any) -> None:
        self.label = label
        super().__init__(**given)

    def get_widget_instance(self) -> Any:
        widget = super().get_widget_instance()
        widget.attrs["aria-label"] = self.label
        return widget


class MoneyField(forms.DecimalField):
    """An amount as people write it (2.000.000, or 29,33 where the currency has cents); kept in minor units."""

    def __init__(self, **given: Any) -> None:
        given.setdefault("localize", True)
        given.setdefault("max_digits", 15)
        given["widget"] = UnfoldAdminTextInputWidget({"inputmode": "decimal"})
        super().__init__(**given)

    @property
    def precision(self) -> int:
        return get_currency_precision(wording.currency())

    def prepare_value(self, value: Any) -> Any:
        return Decimal(value).scaleb(-self.precision) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        amount = super().clean(value)
        if amount is None:
            return None
        minor = Decimal(amount).scaleb(self.precision)
        if minor != minor.to_integral_value():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return int(minor)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)
