"""The table of addresses and numbers that a kernel is called with."""

from __future__ import annotations

from mscape.engine.llvm.builder import Code
from mscape.engine.llvm.shape import NUMBER, POINTER, WORD, Value

ADDRESSES = (
    "time stop step state inputs switches triggers reads next_read values why steps queue block staging"
).split()
COUNTS = "queued reads_each".split()
REALS = "relative steady max_steps".split()
ARGUMENTS = (*ADDRESSES, *COUNTS, *REALS)


def load_argument(code: Code, table: Value, name: str) -> Value:
    """Return an entry of the table, with its type."""
    kind = POINTER if name in ADDRESSES else WORD if name in COUNTS else NUMBER
    return code.load(kind, code.at(table, ARGUMENTS.index(name)))
