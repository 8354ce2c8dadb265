"""How the shop counts retention, as staff chose it."""

from analytics.models import RetentionTerms


def current() -> RetentionTerms:
    """The terms in force; those of a shop that never chose are the defaults."""
    return RetentionTerms.objects.first() or RetentionTerms()


def found() -> RetentionTerms:
    """Make sure there is a row for staff to edit."""
    return RetentionTerms.objects.get_or_create(pk=1)[0]
