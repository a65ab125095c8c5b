"""From libSBML's syntax tree to ours. Text of the user never gets further than the names in it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import libsbml

from mscape.errors import ModelError
from mscape.network.expression import ARITY, Apply, Call, Expression, Name, Number, Truth

AVOGADRO = 6.02214179e23  # SBML Level 3 fixes this value, CODATA 2006
_TRIGONOMETRIC = "SIN COS TAN SEC CSC COT SINH COSH TANH SECH CSCH COTH".split()
_CALLS: Mapping[int, str] = {
    **{getattr(libsbml, f"AST_FUNCTION_{name}"): name.lower() for name in _TRIGONOMETRIC},
    **{getattr(libsbml, f"AST_FUNCTION_ARC{name}"): f"arc{name.lower()}" for name in _TRIGONOMETRIC},
    **{
        getattr(libsbml, f"AST_FUNCTION_{name.upper()}"): name
        for name in "abs exp ln log floor ceiling factorial power root quotient rem max min piecewise".split()
    },
    **{getattr(libsbml, f"AST_LOGICAL_{name.upper()}"): name for name in "and or xor not implies".split()},
    libsbml.AST_FUNCTION_RATE_OF: "rateOf",
    libsbml.AST_PLUS: "plus",
    libsbml.AST_MINUS: "minus",
    libsbml.AST_TIMES: "times",
    libsbml.AST_DIVIDE: "divide",
    libsbml.AST_POWER: "power",
    libsbml.AST_RELATIONAL_EQ: "eq",
    libsbml.AST_RELATIONAL_NEQ: "neq",
    libsbml.AST_RELATIONAL_LT: "lt",
    libsbml.AST_RELATIONAL_LEQ: "leq",
    libsbml.AST_RELATIONAL_GT: "gt",
    libsbml.AST_RELATIONAL_GEQ: "geq",
    libsbml.AST_NAME_TIME: "time",
}
_NUMBERS = (libsbml.AST_INTEGER, libsbml.AST_REAL, libsbml.AST_REAL_E, libsbml.AST_RATIONAL)
_CONSTANTS: Mapping[int, Expression] = {
    libsbml.AST_CONSTANT_PI: Number(math.pi),
    libsbml.AST_CONSTANT_E: Number(math.e),
    libsbml.AST_CONSTANT_TRUE: Truth(value=True),
    libsbml.AST_CONSTANT_FALSE: Truth(value=False),
    libsbml.AST_NAME_AVOGADRO: Number(AVOGADRO),
}
_ASSOCIATIVE = (libsbml.AST_TIMES, libsbml.AST_LOGICAL_AND, libsbml.AST_LOGICAL_OR)


def read_math(
    node: libsbml.ASTNode | None, where: str, renamed: Mapping[str, str] | None = None
) -> Expression | None:
    """Read a formula; None where the model gives none.

    Parameters
    ----------
    node
        Its syntax tree.
    where
        What it belongs to, for messages.
    renamed
        Names that mean something else here: parameters of a reaction's own.

    Raises
    ------
    ModelError
        Something in it that mscape does not support, or that is no mathematics.
    """
    return None if node is None else _read(node, where, renamed or {})


def _read(node: libsbml.ASTNode, where: str, renamed: Mapping[str, str]) -> Expression:
    kind = node.getType()
    if kind in _NUMBERS:
        return Number(float(node.getValue()))
    if kind in _CONSTANTS:
        return _CONSTANTS[kind]
    if kind == libsbml.AST_NAME:
        name = node.getName()
        return Name(renamed.get(name, name))
    if kind in (libsbml.AST_PLUS, libsbml.AST_MINUS):
        return _read_sum(node, where, renamed)
    arguments = tuple(_read(child, where, renamed) for child in _list_children(node))
    if kind == libsbml.AST_FUNCTION:
        return Apply(node.getName(), arguments)
    if kind not in _CALLS:
        raise _refuse(node, where)
    return _call(_CALLS[kind], arguments, where)


def _read_sum(node: libsbml.ASTNode, where: str, renamed: Mapping[str, str]) -> Expression:
    """Read a + b - c + …, which comes as a tree as deep as it is long, as one sum."""
    terms: list[tuple[libsbml.ASTNode, bool]] = []
    while node.getNumChildren() > 1 and node.getType() in (libsbml.AST_PLUS, libsbml.AST_MINUS):
        negative = node.getType() == libsbml.AST_MINUS
        terms.extend((node.getChild(i), negative) for i in reversed(range(1, node.getNumChildren())))
        node = node.getChild(0)
    if not terms:
        arguments = tuple(_read(child, where, renamed) for child in _list_children(node))
        return _call(_CALLS[node.getType()], arguments, where)
    terms.append((node, False))
    parts = [(_read(part, where, renamed), negative) for part, negative in reversed(terms)]
    if len(parts) == 2 and parts[1][1]:
        return Call("minus", (parts[0][0], parts[1][0]))
    return Call("plus", tuple(Call("minus", (part,)) if negative else part for part, negative in parts))


def _list_children(node: libsbml.ASTNode) -> list[libsbml.ASTNode]:
    """Return the children; a product of products is one product, so that long ones are not deep."""
    children = [node.getChild(i) for i in range(node.getNumChildren())]
    if node.getType() in _ASSOCIATIVE:
        while children and children[0].getType() == node.getType():
            first = children[0]
            children[:1] = [first.getChild(i) for i in range(first.getNumChildren())]
    return children


def _call(name: str, arguments: tuple[Expression, ...], where: str) -> Expression:
    if name == "log" and len(arguments) == 1:
        arguments = (Number(10.0), *arguments)
    if name == "root" and len(arguments) == 1:
        arguments = (Number(2.0), *arguments)
    least, most = ARITY[name]
    if not least <= len(arguments) <= most:
        found = f"{name} with {len(arguments)} arguments"
        raise ModelError(where, found, f"{least} to {most}" if most < 9 else f"{least} or more", "mend it")
    if name == "rateOf" and not isinstance(arguments[0], Name):
        raise ModelError(where, "rateOf a formula", "rateOf a variable", "name the variable alone")
    return Call(name, arguments)


def _refuse(node: libsbml.ASTNode, where: str) -> ModelError:
    if node.getType() == libsbml.AST_FUNCTION_DELAY:
        found, expected = "the csymbol delay", "a model without delay differential equations"
        return ModelError(where, found, expected, "replace the delay by a chain of intermediate states")
    name = node.getName() or node.getOperatorName() or f"operation {node.getType()} of libSBML"
    return ModelError(where, f"{name} in a formula", "MathML that SBML core allows", "rewrite the formula")
