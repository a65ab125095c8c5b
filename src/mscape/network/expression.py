"""Formulas as small typed trees: what rate laws, rules and events hold. Text is only for people."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    """A number."""

    value: float


@dataclass(frozen=True)
class Truth:
    """True or false."""

    value: bool


@dataclass(frozen=True)
class Name:
    """A variable of the model, or an argument inside a function definition."""

    id: str


@dataclass(frozen=True)
class Call:
    """An operation of MathML by its name there: ``plus``, ``piecewise``, ``time``, ``rateOf`` …; see `ARITY`.

    ``piecewise`` has value, condition, value, condition … and may end with the value otherwise;
    ``log`` has the base first, ``root`` the degree first.
    """

    function: str
    arguments: tuple[Expression, ...] = ()


@dataclass(frozen=True)
class Apply:
    """A function that the model defines, applied."""

    function: str
    arguments: tuple[Expression, ...]


Expression = Number | Truth | Name | Call | Apply

_TRIGONOMETRIC = "sin cos tan sec csc cot sinh cosh tanh sech csch coth".split()
_MANY = 1_000_000
# least and most arguments of every operation
ARITY: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys([*_TRIGONOMETRIC, *(f"arc{name}" for name in _TRIGONOMETRIC)], (1, 1)),
    **dict.fromkeys("abs exp ln floor ceiling factorial not rateOf".split(), (1, 1)),
    **dict.fromkeys("divide power root log quotient rem neq implies".split(), (2, 2)),
    **dict.fromkeys("plus times and or xor".split(), (0, _MANY)),
    **dict.fromkeys("max min piecewise".split(), (1, _MANY)),
    **dict.fromkeys("eq lt leq gt geq".split(), (2, _MANY)),
    "minus": (1, 2),
    "time": (0, 0),
}
_INFIX = {
    "plus": (" + ", 4),
    "minus": (" - ", 4),
    "times": (" * ", 5),
    "divide": (" / ", 5),
    "power": ("^", 7),
    "eq": (" == ", 3),
    "neq": (" != ", 3),
    "lt": (" < ", 3),
    "leq": (" <= ", 3),
    "gt": (" > ", 3),
    "geq": (" >= ", 3),
    "and": (" && ", 2),
    "or": (" || ", 2),
}
_ATOM = 9


def walk(expression: Expression) -> Iterator[Expression]:
    """Yield an expression and everything in it, outside first."""
    stack = [expression]
    while stack:
        item = stack.pop()
        yield item
        if isinstance(item, Call | Apply):
            stack.extend(reversed(item.arguments))


def list_names(expression: Expression) -> tuple[str, ...]:
    """Return every name an expression mentions, once each, in order."""
    return tuple(dict.fromkeys(item.id for item in walk(expression) if isinstance(item, Name)))


def write_infix(expression: Expression) -> str:
    """Write an expression as people do.

    Examples
    --------
    >>> write_infix(Call("times", (Name("k"), Call("plus", (Name("A"), Number(1.0))))))
    'k * (A + 1)'
    """
    return _write(expression)[0]


def _write(expression: Expression) -> tuple[str, int]:
    """Return the text and how tightly it binds."""
    if isinstance(expression, Number):
        return _write_number(expression.value)
    if isinstance(expression, Truth):
        return ("true" if expression.value else "false"), _ATOM
    if isinstance(expression, Name):
        return expression.id, _ATOM
    name, arguments = expression.function, expression.arguments
    if isinstance(expression, Call):
        if name == "time":
            return "time", _ATOM
        if name == "minus" and len(arguments) == 1:
            return f"-{_inside(arguments[0], 6)}", 6
        if name in _INFIX and len(arguments) > 1:
            sign, strength = _INFIX[name]
            first = _inside(arguments[0], strength + (name == "power"))
            if name == "plus":
                return first + "".join(_write_term(a) for a in arguments[1:]), strength
            return sign.join([first, *(_inside(a, strength + 1) for a in arguments[1:])]), strength
    return f"{name}({', '.join(_write(a)[0] for a in arguments)})", _ATOM


def _write_term(term: Expression) -> str:
    if isinstance(term, Call) and term.function == "minus" and len(term.arguments) == 1:
        return f" - {_inside(term.arguments[0], 5)}"
    return f" + {_inside(term, 5)}"


def _inside(expression: Expression, strength: int) -> str:
    text, own = _write(expression)
    return text if own >= strength else f"({text})"


def _write_number(value: float) -> tuple[str, int]:
    if not math.isfinite(value):
        return ("NaN" if math.isnan(value) else "INF" if value > 0 else "-INF"), _ATOM if value > 0 else 6
    text = str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return text, _ATOM if value >= 0 else 6
