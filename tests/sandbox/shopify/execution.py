"""Runs GraphQL documents against the part of the Admin API that this store answers: access, cost, throttling."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, cast

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    execute,
    parse,
    validate,
)
from graphql.language import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    SelectionSetNode,
    VariableNode,
)

from tests.sandbox.shopify.face import Shopify
from tests.sandbox.shopify.records import TokenPair
from tests.sandbox.shopify.roots import Roots

Json = dict[str, Any]
_SCHEMA = Path(__file__).parent / "admin.graphql"
_MOST_PER_QUERY = 1000
_MUTATION = 10

# What a field at the top asks of the token. To write is to read.
_NEEDS = {
    "order": "read_orders",
    "orders": "read_orders",
    "refund": "read_orders",
    "customer": "read_customers",
    "customers": "read_customers",
    "nodes": "read_products",
    "codeDiscountNodeByCode": "read_discounts",
    "discountCodeBasicCreate": "write_discounts",
    "discountCodeFreeShippingCreate": "write_discounts",
    "discountCodeDeactivate": "write_discounts",
    "tagsAdd": "write_customers",
    "tagsRemove": "write_customers",
    "metafieldsSet": "write_customers",
    "metafieldsDelete": "write_customers",
}


class AdminApi:
    """Answers documents for one store."""

    def __init__(self, face: Shopify) -> None:
        """Read the schema once."""
        self.face = face
        self.store = face.store
        self.schema = _schema()
        self._roots = Roots(face)

    def answer(self, pair: TokenPair, document: str, variables: Mapping[str, Any]) -> Json:
        """Execute one operation; the answer is what Shopify would send with status 200."""
        try:
            tree = parse(document)
        except GraphQLError as error:
            return {"errors": [error.formatted]}
        if problems := validate(self.schema, tree):
            return {
                "errors": [{**problem.formatted, "extensions": {"code": "graphqlValidation"}} for problem in problems]
            }
        cost = _cost(tree, variables)
        if cost > _MOST_PER_QUERY:
            message = f"Query cost is {cost}, which exceeds the single query max cost limit ({_MOST_PER_QUERY})."
            return {"errors": [{"message": message, "extensions": {"code": "MAX_COST_EXCEEDED", "cost": cost}}]}
        with self.store.lock:
            if not self.face.bucket.take(cost):
                throttled = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
                return {"errors": [throttled], "extensions": {"cost": self._cost_told(cost, None)}}
            result = execute(
                self.schema,
                tree,
                root_value=self._roots.by_name(),
                context_value=pair,
                variable_values=dict(variables),
                middleware=[_check_access],
            )
        told = cast("Any", result)
        answer: Json = {"data": told.data}
        if told.errors:
            answer["errors"] = [error.formatted for error in told.errors]
        return {**answer, "extensions": {"cost": self._cost_told(cost, cost)}}

    def _cost_told(self, requested: int, actual: int | None) -> Json:
        return {
            "requestedQueryCost": requested,
            "actualQueryCost": actual,
            "throttleStatus": {
                "maximumAvailable": self.face.bucket.size,
                "currentlyAvailable": int(self.face.bucket.available()),
                "restoreRate": self.face.bucket.per_second,
            },
        }


@cache
def _schema() -> GraphQLSchema:
    schema = build_schema(_SCHEMA.read_text(encoding="utf-8"))
    for name, read in (("DateTime", _read_instant), ("Decimal", _read_decimal)):
        scalar = schema.type_map[name]
        if isinstance(scalar, GraphQLScalarType):
            scalar.parse_value = read  # type: ignore[method-assign]
    return schema


def _read_instant(value: object) -> str:
    try:
        if isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None:
            return value
    except ValueError:
        pass
    raise GraphQLError(f"{value!r} is no DateTime with a zone")


def _read_decimal(value: object) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise GraphQLError(f"{value!r} is no Decimal") from None


def _check_access(resolve: Callable[..., Any], source: Any, info: Any, **given: Any) -> Any:  # noqa: ANN401
    needed = _NEEDS.get(info.field_name) if info.path.prev is None else None
    scopes: list[str] = info.context.scopes
    if needed and needed not in scopes and needed.replace("read_", "write_") not in scopes:
        message = f"Access denied for {info.field_name} field. Required access: `{needed}` access scope."
        raise GraphQLError(message, extensions={"code": "ACCESS_DENIED", "requiredAccess": f"`{needed}` access scope."})
    return resolve(source, info, **given)


def _cost(tree: DocumentNode, variables: Mapping[str, Any]) -> int:
    """What a query may cost: 1 for an object, as many times its nodes for a connection, 10 for a mutation."""
    fragments = {node.name.value: node for node in tree.definitions if isinstance(node, FragmentDefinitionNode)}

    def of_set(chosen: SelectionSetNode | None) -> int:
        return sum(of(node) for node in chosen.selections) if chosen else 0

    def of(node: object) -> int:
        if isinstance(node, FragmentSpreadNode):
            return of_set(fragments[node.name.value].selection_set)
        if isinstance(node, InlineFragmentNode):
            return of_set(node.selection_set)
        if not isinstance(node, FieldNode) or node.selection_set is None:
            return 0
        inside = of_set(node.selection_set)
        if node.name.value in ("nodes", "edges", "pageInfo"):
            return inside
        size = _size(node, variables)
        return 1 + inside if size is None else 2 + size * (1 + inside)

    operation = next(node for node in tree.definitions if isinstance(node, OperationDefinitionNode))
    return (_MUTATION if operation.operation.value == "mutation" else 0) + of_set(operation.selection_set)


def _size(node: FieldNode, variables: Mapping[str, Any]) -> int | None:
    for argument in node.arguments or ():
        if argument.name.value in ("first", "last"):
            value = argument.value
            if isinstance(value, VariableNode):
                return int(variables.get(value.name.value) or 0)
            if isinstance(value, IntValueNode):
                return int(value.value)
    return None
