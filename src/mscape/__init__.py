"""Mechanisms of stroma-mediated drug resistance: curated, simulated and scored.

Names are loaded when first used, so that importing mscape is quick.
"""

from importlib import import_module

# Public name -> module that defines it, sorted; a house test compares it with reality.
_PUBLIC = {
    "Atlas": "mscape.atlas.load",
    "Bound": "mscape.experiments.bind",
    "DoseResponse": "mscape.experiments.dose_response",
    "Ensemble": "mscape.inference.fit",
    "Faults": "mscape.errors",
    "MscapeError": "mscape.errors",
    "Provenance": "mscape.store",
    "Quantity": "mscape.units",
    "Setting": "mscape.experiments.dose_response",
    "Totals": "mscape.experiments.total",
    "bind_record": "mscape.experiments.bind",
    "check_atlas": "mscape.atlas.check",
    "compose_niche": "mscape.experiments.niche",
    "compute_gates": "mscape.experiments.gate",
    "explain_protection": "mscape.inference.sensitivity",
    "find_requirements": "mscape.inference.require",
    "fit_mechanism": "mscape.inference.fit",
    "format_quantity": "mscape.units",
    "grant_claim": "mscape.experiments.grant",
    "identify_parameters": "mscape.inference.identify",
    "load_atlas": "mscape.atlas.load",
    "load_ensemble": "mscape.standards.ensemble_cache",
    "match_claims": "mscape.atlas.match",
    "measure_rescue": "mscape.experiments.rescue",
    "parse_quantity": "mscape.units",
    "read_claims": "mscape.atlas.table",
    "run_controls": "mscape.experiments.control",
    "score_record": "mscape.experiments.score",
    "simulate_dose_response": "mscape.experiments.dose_response",
    "simulate_experiment": "mscape.experiments.simulate",
    "total_scores": "mscape.experiments.total",
    "write_annotated_sbml": "mscape.standards.sbml",
}

__all__ = [
    "Atlas",
    "Bound",
    "DoseResponse",
    "Ensemble",
    "Faults",
    "MscapeError",
    "Provenance",
    "Quantity",
    "Setting",
    "Totals",
    "bind_record",
    "check_atlas",
    "compose_niche",
    "compute_gates",
    "explain_protection",
    "find_requirements",
    "fit_mechanism",
    "format_quantity",
    "grant_claim",
    "identify_parameters",
    "load_atlas",
    "load_ensemble",
    "match_claims",
    "measure_rescue",
    "parse_quantity",
    "read_claims",
    "run_controls",
    "score_record",
    "simulate_dose_response",
    "simulate_experiment",
    "total_scores",
    "write_annotated_sbml",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        return import_module("mscape.store").VERSION
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'mscape' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*globals(), "__version__", *_PUBLIC])
