"""What would have to be true: the level that arrives, from sourced ranges, against the level needed."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from mscape.engine.batch import Array
from mscape.errors import ModelError
from mscape.experiments.bind import Bound
from mscape.experiments.condition import RATIOS, SEEDED, WELL
from mscape.experiments.prior import draw_uniform, sample_prior
from mscape.ids import find_near_misses

Interval = tuple[float, float, float]
PLAUSIBLE, DEMANDING = 0.5, 0.05  # share of draws in which enough arrives
_OPERATORS: Mapping[type, Callable[[Array, Array], Array]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
MOST_TEXT = 500  # characters of an expression


@dataclass(frozen=True)
class GateResult:
    """A gate's two sides (5th, 50th, 95th percentile), the share of draws with enough, the verdict."""

    id: str
    question: str
    quantity: str
    unit: str
    available: Interval
    needed: Interval
    share: float
    verdict: str
    assumed: tuple[str, ...]


def compute_gates(bound: Bound, seed: int, draws: int = 2000) -> tuple[GateResult, ...]:
    """Compute every gate of a record from its priors and the usual ranges of a co-culture.

    ``plausible``: in half of the draws or more enough arrives; ``demanding``: in a twentieth or more; else
    ``beyond known numbers``.

    Raises
    ------
    ModelError
        A gate names something that is neither a parameter nor a condition, or is not arithmetic.
    """
    known = _draw_conditions(bound, seed, draws)
    results = []
    for gate in bound.record.mechanism.gates:
        where = f"{bound.id}/mechanism.yaml gate {gate.id}"
        names = list_names(gate.available, where) | list_names(gate.needed, where)
        values = known | {
            name: sample_prior(bound.priors[name], name, seed, draws)
            for name in names
            if name in bound.priors
        }
        missing = sorted(names - set(values))
        if missing:
            near = find_near_misses(missing[0], tuple(bound.priors))
            raise ModelError(where, f"no parameter {missing[0]}", " or ".join(near), "correct the name")
        available = np.broadcast_to(evaluate(gate.available, values, where), (draws,))
        needed = np.broadcast_to(evaluate(gate.needed, values, where), (draws,))
        share = float((available >= needed).mean())
        assumed = tuple(sorted(name for name in names if name in bound.priors and bound.priors[name].assumed))
        verdict = (
            "plausible"
            if share >= PLAUSIBLE
            else "demanding"
            if share >= DEMANDING
            else "beyond known numbers"
        )
        results.append(
            GateResult(
                gate.id,
                gate.question,
                gate.quantity,
                gate.unit,
                _spread(available),
                _spread(needed),
                share,
                verdict,
                assumed,
            )
        )
    return tuple(results)


def _draw_conditions(bound: Bound, seed: int, draws: int) -> dict[str, Array]:
    tumour = next((cell for cell in bound.record.mechanism.cells if cell.role == "tumour"), None)
    seeded = SEEDED[tumour.growth if tumour else "adherent"] * 10 ** (
        draw_uniform("gate:seeding", seed, draws) * 0.52 - 0.22
    )
    ratio = np.asarray(RATIOS)[(draw_uniform("gate:ratio", seed, draws) * len(RATIOS)).astype(int)]
    hours = 24.0 + 48.0 * draw_uniform("gate:hours", seed, draws)
    return {
        "tumour_count": seeded,
        "msc_count": seeded * ratio,
        "hours": hours,
        "volume": np.full(draws, WELL),
    }


def _spread(values: Array) -> Interval:
    low, middle, high = np.percentile(values, [5, 50, 95])
    return float(low), float(middle), float(high)


def list_names(text: str, where: str) -> set[str]:
    """Return the names an arithmetic expression uses.

    Raises
    ------
    ModelError
        It is longer than a line or no arithmetic.
    """
    return {node.id for node in ast.walk(_parse(text, where)) if isinstance(node, ast.Name)}


def _parse(text: str, where: str) -> ast.expr:
    try:
        if len(text) > MOST_TEXT:
            raise SyntaxError
        return ast.parse(" ".join(text.split()), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ModelError(
            where, f"'{text[:60]}' is not arithmetic", "names, numbers, + - * / ** and brackets"
        ) from None


def evaluate(text: str, values: Mapping[str, Array], where: str) -> Array:
    """Evaluate arithmetic over named arrays: numbers, names, ``+ - * / **`` and brackets, nothing else.

    Raises
    ------
    ModelError
        Anything else in the text.
    """

    def walk(node: ast.expr) -> Array:
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return np.asarray(node.value, dtype=float)
        if isinstance(node, ast.Name) and node.id in values:
            return np.asarray(values[node.id])
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return _OPERATORS[type(node.op)](walk(node.left), walk(node.right))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -walk(node.operand)
        raise ModelError(
            where, f"'{ast.unparse(node)[:60]}' in an expression", "names, numbers, + - * / ** and brackets"
        )

    try:
        with np.errstate(all="ignore"):  # what is not finite shows in the result
            return walk(_parse(text, where))
    except OverflowError:
        raise ModelError(where, f"'{text[:60]}'", "numbers below 1e308", "write it in another unit") from None
