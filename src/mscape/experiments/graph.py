"""The baselines: what three models without kinetics say of a contrast.

*no stroma effect*: MSC and what is done to them change nothing. *always*: MSC always protect, every
perturbation always rescues. *signed graph*: the product of signs along the record's own steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from mscape.atlas.load import Record
from mscape.atlas.record import Mechanism
from mscape.atlas.row import ContrastRow
from mscape.experiments.arm import Arm

BASELINES = ("no stroma effect", "always protects", "signed graph")
LOWERS = frozenset(
    {"neutralising antibody", "antagonist", "inhibitor", "silencing", "knock-out", "depletion"}
)
RAISES = frozenset({"over-expression", "mimic"})
_CELLS = {
    "viability": "death",
    "viability_well": "death",
    "gr": "death",
    "colonies": "death",
    "ic50": "death",
    "apoptosis": "death",
}
_MAX_PATH = 12

Edges = Mapping[str, tuple[tuple[str, int], ...]]


def list_edges(mechanism: Mechanism) -> dict[str, tuple[tuple[str, int], ...]]:
    """Return the record's steps as signed edges: source to (target, +1 or -1)."""
    edges: dict[str, tuple[tuple[str, int], ...]] = {}
    for step in mechanism.steps:
        sign = 1 if step.effect == "increases" else -1
        edges[step.source] = (*edges.get(step.source, ()), (step.target, sign))
    return edges


def predict_sign(edges: Edges, source: str, target: str) -> int:
    """Return the product of signs from source to target: +1, -1; 0 where no path leads or paths disagree."""
    signs = set(_walk(edges, source, target, 1, (source,)))
    return signs.pop() if len(signs) == 1 else 0


def _walk(edges: Edges, at: str, target: str, sign: int, path: tuple[str, ...]) -> Iterable[int]:
    if at == target:
        yield sign
        return
    if len(path) > _MAX_PATH:
        return
    for following, edge in edges.get(at, ()):
        if following not in path:
            yield from _walk(edges, following, target, sign * edge, (*path, following))


def predict_baselines(record: Record, row: ContrastRow, arms: Mapping[str, Arm]) -> dict[str, bool]:
    """Say for each baseline whether it reproduces a contrast; partial and value it never does."""
    wanted = {"up": 1, "ordered": 1, "down": -1, "no change": 0}.get(row.kind)
    if wanted is None:
        return dict.fromkeys(BASELINES, False)
    said = predict_directions(record, row, arms)
    return {name: bool(signs) and all(sign == wanted for sign in signs) for name, signs in said.items()}


def predict_directions(
    record: Record, row: ContrastRow, arms: Mapping[str, Arm]
) -> dict[str, tuple[int, ...]]:
    """Say for each baseline which way a contrast goes: +1 up, 0 no change, -1 down.

    Returns
    -------
    dict
        One sign for each pair of neighbours where the contrast is an order, else one; none where an arm is
        not resolved.
    """
    pairs = list(pairwise(row.arm)) if row.kind == "ordered" else [(row.arm[0], row.versus or "")]
    if any(name not in arms for pair in pairs for name in pair):
        return dict.fromkeys(BASELINES, ())
    return {
        name: tuple(_predict(name, record, row.readout, arms[a], arms[b]) for a, b in pairs)
        for name in BASELINES
    }


def _predict(baseline: str, record: Record, readout: str, arm: Arm, versus: Arm) -> int:
    rises = -1 if readout == "apoptosis" else 1  # the readout's answer to protection
    stroma = bool(arm.msc) - bool(versus.msc)
    drug = bool(arm.drug) - bool(versus.drug)
    molecular = any(item.id == readout for item in record.mechanism.readouts)
    if baseline == "no stroma effect":
        return 0 if molecular else -drug * rises
    if baseline == "always protects":
        if drug and not molecular:
            return -drug * rises
        if stroma or molecular:
            return stroma * rises if stroma else _net_perturbation(record, arm, versus)
        undone = len(arm.perturbation) - len(versus.perturbation)
        return _sign(-undone) * rises if undone and arm.msc else 0
    return _predict_graph(record, readout, arm, versus, (stroma, drug))


def _net_perturbation(record: Record, arm: Arm, versus: Arm) -> int:
    return _sign(sum(sign for _, sign in _perturbed(record, arm, versus)))


def _perturbed(record: Record, arm: Arm, versus: Arm) -> list[tuple[str, int]]:
    known = {item.id: item for item in record.mechanism.perturbations}
    found = []
    for name in sorted(set(arm.perturbation) ^ set(versus.perturbation)):
        item = known[name]
        sign = -1 if item.kind in LOWERS else 1 if item.kind in RAISES else 0
        found.append((item.target, sign if name in arm.perturbation else -sign))
    return found


def _predict_graph(record: Record, readout: str, arm: Arm, versus: Arm, differs: tuple[int, int]) -> int:
    mechanism = record.mechanism
    edges = list_edges(mechanism)
    stroma, drug = differs
    sources = _perturbed(record, arm, versus)
    sources += [(name, stroma) for name in _stroma_nodes(mechanism, arm) if stroma]
    key = arm.drug or versus.drug
    sources += [(key, drug)] if drug and key else []
    ends = _ends(mechanism, readout)
    signs = {
        _sign(sign * predict_sign(edges, source, node) * end)
        for source, sign in sources
        for node, end in ends
    } - {0}
    return signs.pop() if len(signs) == 1 else 0


def _stroma_nodes(mechanism: Mechanism, arm: Arm) -> list[str]:
    if arm.protocol.culture == "exosome":
        vesicles = [entity.id for entity in mechanism.entities if entity.kind == "vesicle"]
        return vesicles or ["msc"]
    return ["msc"]


def _ends(mechanism: Mechanism, readout: str) -> list[tuple[str, int]]:
    if readout == "count":
        return [("growth", 1), ("death", -1)]
    if readout in _CELLS:
        return [("death", 1 if readout == "apoptosis" else -1)]
    return [(item.entity, item.sign) for item in mechanism.readouts if item.id == readout]


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
