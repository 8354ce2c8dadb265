"""Every address of the platform, found by walking the URL map itself: nobody has to list a page for it to be found."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

# What Django's admin answers to any address below a table's or its own: a redirect to a page that has a row.
REDIRECTS_OF_THE_ADMIN = ("/<path:object_id>/", "(?P<url>.*)$")


@dataclass(frozen=True)
class Address:
    """`name` as the rows of the matrix spell it, `view_name` as `reverse` takes it, `route` for people."""

    name: str
    view_name: str
    route: str
    parameters: tuple[str, ...]


def walk() -> list[Address]:
    return list(_below(get_resolver().url_patterns, route="/", spaces=(), parameters=()))


def _below(
    patterns: list[URLPattern | URLResolver], *, route: str, spaces: tuple[str, ...], parameters: tuple[str, ...]
) -> Iterator[Address]:
    for pattern in patterns:
        here, names = route + str(pattern.pattern), (*parameters, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _below(pattern.url_patterns, route=here, spaces=inner, parameters=names)
        elif not (spaces == ("admin",) and not pattern.name and here.endswith(REDIRECTS_OF_THE_ADMIN)):
            view_name = ":".join((*spaces, pattern.name)) if pattern.name else ""
            yield Address(_in_the_matrix(view_name, pattern.name) or here, view_name, here, names)


def _in_the_matrix(view_name: str, name: str | None) -> str:
    """A table's page of the admin says its table; everything else its whole name."""
    if name and view_name.startswith("admin:") and "_" in name and name != "app_list":
        return name
    return view_name
