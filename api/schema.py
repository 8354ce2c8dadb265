"""The OpenAPI 3.1 document: every shape is a Struct, every refusal a problem."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import Direction, OpenApiParameter, OpenApiResponse, extend_schema

from api.shapes import answers
from api.shapes.bills import Purchase as PurchaseSent
from api.shapes.parts import Answer, Body, Quantity

F = TypeVar("F", bound=Callable[..., Any])
PROBLEM = "application/problem+json"
REFUSED = {
    400: "Malformed: shape, type, range, an unknown field or parameter.",
    401: "The key is missing, wrong or no longer valid.",
    403: "The key lacks the scope.",
    404: "No such thing for this key.",
    405: "This address does not take that method.",
    409: "The receipt, key or member exists already with another content.",
    413: "The body is too large.",
    415: "The body is not application/json in UTF-8.",
    422: "Understood, and refused by a rule or a state.",
    429: "Too many calls; Retry-After says how many seconds to wait.",
    503: "Busy; nothing was written. Retry-After says how many seconds to wait.",
}
ALWAYS = (400, 401, 403, 405, 429, 503)
WITH_BODY = (413, 415, 422)
KEY_HEADER = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[ -~]+$"},
    OpenApiParameter.HEADER,
    required=True,
    description="1 to 64 printable ASCII characters, unique per store.",
)
LANGUAGE_HEADER = OpenApiParameter(
    "Accept-Language", {"type": "string"}, OpenApiParameter.HEADER, description="Of all texts: vi (default) or en."
)


def told(
    summary: str,
    *,
    name: str,
    shows: Mapping[int, type[Answer] | None],
    refused: Sequence[int] = (),
    body: type[Body] | None = None,
    parameters: Sequence[OpenApiParameter] = (),
) -> Callable[[F], F]:
    """What the document says of one call. `refused` adds to the refusals that every call may answer with.

    An answer without a body shows None.
    """
    codes = sorted({*ALWAYS, *refused, *(WITH_BODY if body else ())})
    responses: dict[Any, Any] = {
        (status, "application/json") if shape else status: shape or OpenApiResponse(description="Done; no body.")
        for status, shape in shows.items()
    }
    responses |= {(code, PROBLEM): OpenApiResponse(answers.Problem, REFUSED[code]) for code in codes}
    decorated: Callable[[F], F] = extend_schema(
        operation_id=name,
        summary=summary,
        description="",
        request={"application/json": body} if body else None,
        responses=responses,
        parameters=[*parameters, LANGUAGE_HEADER],
        tags=["POS"],
    )
    return decorated


class StructSchema(OpenApiSerializerExtension):
    """A Struct as a component, with those it is made of beside it."""

    target_class = "msgspec.Struct"
    match_subclasses = True

    def get_name(self, auto_schema: AutoSchema, direction: Direction) -> str:
        return name_of(_class(self.target))

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        wanted = _class(self.target)
        _, found = msgspec.json.schema_components(
            [wanted], schema_hook=_own_type, ref_template="#/components/schemas/{name}"
        )
        side = Body if issubclass(wanted, Body) else Answer
        schemas = _renamed(found, prefix="Sent" if side is Body else "")
        for shape in _all_below(side):
            if shape is not wanted and name_of(shape) in schemas:
                component = ResolvedComponent(
                    name=name_of(shape),
                    type=ResolvedComponent.SCHEMA,
                    schema=schemas[name_of(shape)],
                    object=shape,
                )
                auto_schema.registry.register_on_missing(component)
        return schemas[name_of(wanted)]


def _all_below(shape: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for below in shape.__subclasses__():
        yield below
        yield from _all_below(below)


def _class(target: Any) -> type[msgspec.Struct]:
    return target if isinstance(target, type) else type(target)


def name_of(shape: type[msgspec.Struct]) -> str:
    """What is sent is called apart from what is answered: a Purchase goes out, a SentPurchase comes in."""
    return f"Sent{shape.__name__}" if issubclass(shape, Body) else shape.__name__


def _renamed(found: Mapping[str, Any], *, prefix: str) -> dict[str, Any]:
    encoded = msgspec.json.encode(found)
    if prefix:
        encoded = encoded.replace(b'"#/components/schemas/', b'"#/components/schemas/' + prefix.encode())
    schemas: dict[str, Any] = msgspec.json.decode(encoded)
    return {f"{prefix}{name}": schema for name, schema in schemas.items()}


def _own_type(wanted: type) -> dict[str, Any]:
    if wanted is Quantity:
        return Quantity.SCHEMA
    raise NotImplementedError(wanted)


def batch_of_purchases(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The bills of a batch are decoded one by one; the document says what each looks like all the same."""
    schemas = result["components"]["schemas"]
    schemas["SentBatch"]["properties"]["purchases"]["items"] = {"$ref": f"#/components/schemas/{name_of(PurchaseSent)}"}
    return result


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = "api.access.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "lp_live_<prefix>_<secret> or lp_test_…"}
