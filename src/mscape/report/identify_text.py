"""What an ensemble determines and what a claim requires, in sentences: for terminal and pages alike."""

from __future__ import annotations

from collections.abc import Iterator

from mscape.inference.identify import TOGETHER, Identified, ParameterVerdict
from mscape.inference.marginal import ENOUGH, Verdict
from mscape.inference.require import Required, Requirement, Requirements
from mscape.inference.rule import Share
from mscape.report.number import format_interval, format_number, format_percent, format_range

MOST_NAMES = 8  # of assumed numbers: more are counted
_ENOUGH = 0.8  # of the sets inside: then the condition is enough
_NEEDED = 0.9  # of the sets with the claim: then the condition is needed
_CONDITION = {
    "condition:ratio": "MSC per tumour cell (unreported)",
    "condition:share": "share of conditioned medium (unreported)",
    "condition:vesicles": "vesicles per tumour cell (unreported)",
    "condition:hours": "hours under the drug (unreported)",
    "condition:effect": "effect of the drug alone (unreported dose)",
    "condition:before": "hours before the drug (unreported)",
    "condition:conditioning": "hours of conditioning (unreported)",
    "condition:msc_density": "density of the MSC (unreported)",
    "condition:seeding": "cells seeded (unreported)",
    "condition:spent": "nutrients spent in conditioned medium (unreported)",
}


def name_axis(name: str) -> str:
    """Return an axis in words: a parameter's name, a potency, or what a paper left out.

    Examples
    --------
    >>> name_axis("condition:hours"), name_axis("ic50:imatinib:k562")
    ('hours under the drug (unreported)', 'IC50 of imatinib in k562')
    """
    if name.startswith("ic50:"):
        _, drug, line = name.split(":", 2)
        return f"IC50 of {drug} in {line.replace('_', ' ')}"
    return _CONDITION.get(name, name)


def describe_structure(found: Identified) -> str:
    """Say how many numbers error-free read-outs could give at most."""
    structure = found.structure
    return (
        f"Read without any error, the {structure.readings} read-outs of these arms could give "
        f"{structure.rank} numbers at most; the model has {len(structure.parameters)} that are not fixed, "
        f"{len(structure.unseen)} of which no read-out depends on."
    )


def describe_worth(found: Identified) -> str:
    """Say how many draws the ensemble is worth, and whether that is enough to tell knowledge from chance."""
    worth = f"{found.particles} parameter sets, worth {found.effective:.0f} independent ones"
    line = f"{found.contrasts} contrasts heard; {worth}."
    if found.effective >= ENOUGH:
        return line
    return (
        f"{line} Below {ENOUGH:.0f}, a number that is little informed cannot be told from chance: "
        "take more with --particles."
    )


def count_verdicts(found: Identified) -> dict[str, int]:
    """Count the numbers of each verdict, in the order of verdicts, those without any left out."""
    counts = {verdict.value: 0 for verdict in Verdict}
    for item in found.parameters:
        counts[item.verdict.value] += 1
    return {name: count for name, count in counts.items() if count}


def describe_parameter(item: ParameterVerdict) -> str:
    """Say in a sentence what is known of a number."""
    before, after = format_interval(item.prior), format_interval(item.ensemble)
    unit = "" if item.unit == "dimensionless" else f" {item.unit}"
    if item.verdict == Verdict.UNINFORMED:
        return f"{item.label}: {item.verdict.value}; {item.reason}."
    low, _, high = item.ensemble
    told = {
        Verdict.BELOW: f"at least {format_number(low)}{unit}",
        Verdict.ABOVE: f"at most {format_number(high)}{unit}",
    }.get(item.verdict, f"{after}{unit}")
    if item.combination and item.verdict in TOGETHER:
        return (
            f"{item.label}: {item.verdict.value}, {item.combination}; alone {after}{unit} (assumed {before})."
        )
    return f"{item.label}: {item.verdict.value}, {told} (assumed {before})."


def gather_uninformed(found: Identified) -> dict[str, tuple[str, ...]]:
    """Return the numbers that the data do not inform, by reason, the commonest reason last."""
    reasons: dict[str, list[str]] = {}
    for item in found.parameters:
        if item.verdict == Verdict.UNINFORMED:
            reasons.setdefault(item.reason, []).append(item.label)
    return {reason: tuple(names) for reason, names in sorted(reasons.items(), key=lambda pair: len(pair[1]))}


def describe_claim(found: Requirements) -> Iterator[str]:
    """Say what the claim is, and in how many prior sets it holds."""
    line = f"{found.line.replace('_', ' ')} cells" if found.line else "the tumour cells"
    where = f"experiment of {found.contrast}" if found.contrast else "the row's usual culture"
    yield (
        f"The claim, in the model: MSC raise the viability of {line} under {found.drug} by 10 points or "
        f"more, and shutting the pathway takes as much back ({found.culture}, {where})."
    )
    yield (
        f"It holds in {format_share(found.holds)} of {found.readable} prior sets in which a plate can show "
        f"it; in {format_percent(found.protects.value)} MSC protect by whatever route."
    )


def describe_requirement(item: Requirement) -> str:
    """Say in a sentence under which condition a claim holds, and how that stands to what is known."""
    met = " and ".join(describe_inequality(part) for part in item.inequalities)
    rule = item.rule
    return (
        f"It holds where {met}: in {format_share(rule.inside)} of such sets, in {format_share(rule.outside)} "
        f"of the others{_add_logic(item)}. {format_percent(rule.support.value)} of the prior sets meet this: "
        f"{item.verdict}."
    )


def _add_logic(item: Requirement) -> str:
    """Say whether a condition is needed, enough, or both."""
    needed, enough = item.rule.caught.value >= _NEEDED, item.rule.inside.value >= _ENOUGH
    if needed and enough:
        return " (needed, and enough)"
    if needed:
        return " (needed, but not enough)"
    return " (enough, but not needed)" if enough else ""


def describe_inequality(item: Required) -> str:
    """Say one inequality with its unit.

    Examples
    --------
    >>> item = Required("a", "CXCL12 at the receptor", "Kd", True, 0.3, (0.1, 1.0, 9.0), 0.7, (), ())
    >>> describe_inequality(item)
    'CXCL12 at the receptor ≥ 0.3 Kd'
    """
    return f"{item.text} {'≥' if item.at_least else '<'} {format_number(item.threshold)}{_write_unit(item)}"


def _write_unit(item: Required) -> str:
    return "" if item.unit == "dimensionless" else f" {item.unit}"


def describe_range(item: Required) -> str:
    """Say where a threshold lies in the range it was drawn from, and whether anybody measured that."""
    low, middle, high = item.prior
    known = (
        f"{item.text}: {format_number(middle)} ({format_range(low, high)}){_write_unit(item)} over the prior"
    )
    known += f"; the gate asks: {item.note}" if item.note else ""
    if not item.sourced and not item.assumed:
        return f"{known}; left open by the paper"
    if not item.sourced:
        return f"{known}; assumed numbers only{_list_names(item.assumed)}"
    return f"{known}; sourced{_list_names(item.sourced)}" + (
        f", assumed{_list_names(item.assumed)}" if item.assumed else ""
    )


def _list_names(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f": {shown}{more}"


def format_share(share: Share) -> str:
    r"""Return a share with its 90 % interval.

    Examples
    --------
    >>> format_share(Share(0.5, 0.42, 0.58, 100))
    '50\xa0% (42 to 58)'
    """
    if share.value >= 0.095:
        low, high = (f"{value * 100:.0f}" for value in (share.low, share.high))
        return f"{format_percent(share.value)} ({low} to {high})"
    value, low, high = (format_number(value * 100) for value in (share.value, share.low, share.high))
    return f"{value}\u00a0% ({low} to {high})"
