"""Pages of a list nobody counts."""

from typing import Any

from django.utils.functional import cached_property
from unfold.paginator import InfinitePage, InfinitePaginator


class UncountedPaginator(InfinitePaginator):
    """Previous and next without counting a million rows; ends after DEEPEST pages, where a search serves better."""

    DEEPEST = 200

    @cached_property
    def count(self) -> int:
        return self.per_page * self.DEEPEST

    def page(self, number: Any) -> InfinitePage:
        number = self.validate_number(number)
        bottom = (number - 1) * self.per_page
        return InfinitePage(self.object_list[bottom : bottom + self.per_page], number, self)
