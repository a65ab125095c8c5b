"""Where a kernel keeps things: a block of memory for trajectories under way, in slots of one value a lane."""

from __future__ import annotations

from dataclasses import dataclass, field

from mscape.engine.llvm.builder import Code
from mscape.engine.llvm.plan import Plan
from mscape.engine.llvm.shape import Value
from mscape.engine.rodas5p import STAGES


@dataclass
class Layout:
    """Names of slots and where each group of slots begins; those up to `carried` move with a trajectory."""

    start: dict[str, int] = field(default_factory=dict)
    slots: int = 0
    carried: int = 0

    def add(self, name: str, count: int = 1) -> None:
        """Reserve slots."""
        self.start[name] = self.slots
        self.slots += count

    def address(self, code: Code, block: Value, name: str, index: int = 0) -> Value:
        """Return the address of a slot of a block."""
        return code.at(block, self.start[name] + index, code.shape.bytes)

    def element(self, code: Code, block: Value, name: str, index: Value) -> Value:
        """Return the address of a slot whose index is known only when it runs."""
        return code.at(self.address(code, block, name), index, code.shape.bytes)

    def lane(self, code: Code, block: Value, name: str, lane: Value) -> Value:
        """Return the address of one lane's value in a slot."""
        return code.at(self.address(code, block, name), lane)


class Slots:
    """Slots of one value a lane, by name, of a block, while a function is written."""

    def __init__(self, code: Code, layout: Layout, block: Value) -> None:
        self._code, self._layout, self.block = code, layout, block

    def load(self, name: str) -> Value:
        """Append a load."""
        return self._code.load(self._code.shape.real, self._layout.address(self._code, self.block, name))

    def store(self, name: str, value: Value) -> None:
        """Append a store."""
        self._code.store(value, self._layout.address(self._code, self.block, name))


CONTROLS = ("time", "stop", "read", "step", "root", "before", "limit", "accepted", "rejected")
WHOLE = ("row", "next")


def lay_out(plan: Plan) -> Layout:
    """Reserve everything a kernel of a plan needs."""
    size = len(plan.rates)
    layout = Layout()
    for name in (*CONTROLS, *WHOLE):
        layout.add(name)
    layout.add("state", size)
    layout.add("switch", len(plan.switches))
    layout.add("trigger", len(plan.triggers))
    layout.add("hoisted", len(plan.hoisted))
    layout.carried = layout.slots
    for name in ("low", "high", "cut") if plan.turning else ():
        layout.add(name)
    for name in ("used", "error", "relative", "until", "why", "active", "free"):
        layout.add(name)
    for name in ("new", "inner", "sum"):
        layout.add(name, size)
    layout.add("stage", size * STAGES)
    layout.add("by_time", size if plan.by_time else 0)
    layout.add("factor", len(plan.factors.place))
    if plan.large:
        layout.add("rate", size)
        layout.add("shared", plan.count_shared())
    layout.add("absolute", size)  # doubles, of which a slot holds several
    layout.add("output", size + len(plan.observables))
    layout.add("input", len(plan.inputs))
    return layout
