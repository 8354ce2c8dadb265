"""The family tree of refusals: a command that was understood and not done, with nothing written.

Domain exceptions subclass these and stand beside the function that raises them. The doors translate `code` into the
words and the status of their own world.
"""

from typing import Any


class Refusal(Exception):
    """Refused by a rule or a state (422 at the API). `details` are ids and numbers, never what a person typed."""

    code: str = "refused"

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code)
        self.details: dict[str, Any] = details

    def __str__(self) -> str:
        return self.code


class Conflict(Refusal):
    """Something else already stands under this key or name (409 at the API)."""

    code = "conflict"


class Missing(Refusal):
    """No such thing for whoever asks (404 at the API)."""

    code = "missing"
