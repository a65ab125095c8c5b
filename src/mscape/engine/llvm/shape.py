"""The types of LLVM IR that kernels use, and what one value of each trajectory is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

WORD = "i64"
NUMBER = "double"
TRUTH = "i1"
BYTE = "i8"
POINTER = "ptr"


class Value(NamedTuple):
    """An SSA name or a constant, and its LLVM type."""

    name: str
    type: str


@dataclass(frozen=True)
class Shape:
    """How many trajectories go side by side, and the LLVM types of one value for each of them.

    ``fused`` says that the processor multiplies and adds with one rounding: then all code does, wherever a
    sum is of a product, so that the bits do not depend on what a compiler makes of it.
    """

    lanes: int
    fused: bool = False

    @property
    def real(self) -> str:
        """One double a lane."""
        return NUMBER if self.lanes == 1 else f"<{self.lanes} x {NUMBER}>"

    @property
    def integer(self) -> str:
        """One 64-bit integer a lane."""
        return WORD if self.lanes == 1 else f"<{self.lanes} x {WORD}>"

    @property
    def mask(self) -> str:
        """One truth value a lane."""
        return TRUTH if self.lanes == 1 else f"<{self.lanes} x {TRUTH}>"

    @property
    def bytes(self) -> int:
        """Size of a real or an integer of all lanes."""
        return 8 * self.lanes
