"""From one day to another, both included, as people write days here (unfold alone reads them the American way)."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import RangeDateFilter


class DayFilter(RangeDateFilter):
    """For columns of days and of moments; what is no day asks for nothing."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first, last = self._day("from"), self._day("to")
        moments = isinstance(self.field, DateTimeField)
        if first:
            queryset = queryset.filter(**{f"{self.parameter_name}__gte": _midnight(first) if moments else first})
        if last:
            after = last + timedelta(days=1)
            queryset = queryset.filter(**{f"{self.parameter_name}__lt": _midnight(after) if moments else after})
        return queryset

    def _day(self, which: str) -> date | None:
        said = self.used_parameters.get(f"{self.parameter_name}_{which}")
        try:
            return forms.DateField(required=False).clean(said)
        except ValidationError:
            return None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
