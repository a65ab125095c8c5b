"""Mechanisms of stroma-mediated drug resistance: curated, simulated and scored.

Names are loaded when first used, so that importing mscape is quick.
"""

from importlib import import_module

# Public name -> module that defines it, sorted; a house test compares it with reality.
_PUBLIC = {
    "Faults": "mscape.errors",
    "MscapeError": "mscape.errors",
    "Provenance": "mscape.store",
    "Quantity": "mscape.units",
    "format_quantity": "mscape.units",
    "parse_quantity": "mscape.units",
}

__all__ = ["Faults", "MscapeError", "Provenance", "Quantity", "format_quantity", "parse_quantity"]


def __getattr__(name: str) -> object:
    if name == "__version__":
        return import_module("mscape.store").VERSION
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'mscape' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*globals(), "__version__", *_PUBLIC])
