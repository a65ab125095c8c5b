"""Which definition must be worked out before which; definitions that need themselves are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mscape.errors import ModelError
from mscape.network.expression import Apply, Call, Expression, Name, walk
from mscape.network.lowering import name_rate


def list_needs(expression: Expression) -> tuple[str, ...]:
    """Return the names whose values a formula needs, those of rates included."""
    names: dict[str, None] = {}
    rated = 0
    for item in walk(expression):
        if isinstance(item, Call) and item.function == "rateOf":
            (target,) = item.arguments
            assert isinstance(target, Name)
            names[name_rate(target.id)] = None
            rated += 1
        elif isinstance(item, Name) and rated:
            rated -= 1  # the name inside rateOf, which `walk` yields right after it
        elif isinstance(item, Name):
            names[item.id] = None
    return tuple(names)


def order_definitions(
    definitions: Mapping[str, Expression], wanted: Iterable[str], where: str
) -> tuple[str, ...]:
    """Return the wanted names and what they need, each after what it needs; only those with a definition.

    Raises
    ------
    ModelError
        A definition that needs itself, by name.
    """
    done: dict[str, None] = {}
    open_path: dict[str, None] = {}
    for root in wanted:
        stack = [root]
        while stack:
            name = stack[-1]
            if name in done or name not in definitions:
                stack.pop()
            elif name in open_path:
                stack.pop()
                del open_path[name]
                done[name] = None
            else:
                open_path[name] = None
                needs = list_needs(definitions[name])
                cycle = next((need for need in needs if need in open_path), None)
                if cycle is not None:
                    path = list(open_path)
                    raise _refuse_cycle([*path[path.index(cycle) :], cycle], where)
                stack.extend(need for need in reversed(needs) if need not in done)
    return tuple(done)


def _refuse_cycle(path: list[str], where: str) -> ModelError:
    return ModelError(
        where,
        f"definitions in a circle: {' needs '.join(path[:8])}",
        "an order to work them out in",
        "break it",
    )


def check_functions(functions: Mapping[str, Expression], where: str) -> None:
    """Refuse functions that apply themselves, directly or through others.

    Raises
    ------
    ModelError
        By name.
    """
    uses = {
        name: Call("plus", tuple(Name(item.function) for item in walk(body) if isinstance(item, Apply)))
        for name, body in functions.items()
    }
    order_definitions(uses, uses, where)
