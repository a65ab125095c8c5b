"""All functions of a kernel in one module of LLVM IR."""

from __future__ import annotations

from mscape.engine.llvm.advance import write_advance, write_put_down, write_take
from mscape.engine.llvm.builder import Module
from mscape.engine.llvm.crossing import write_crossing
from mscape.engine.llvm.equation import (
    list_output_slots,
    write_first_stage,
    write_hoist,
    write_outputs,
    write_rates,
    write_stage,
    write_whole_stage,
)
from mscape.engine.llvm.large import write_large
from mscape.engine.llvm.layout import Layout
from mscape.engine.llvm.plan import Plan
from mscape.engine.llvm.read_out import write_read_out
from mscape.engine.llvm.refill import write_prepare, write_refill
from mscape.engine.llvm.shape import Shape
from mscape.engine.llvm.step import write_attempt, write_interpolation
from mscape.engine.rodas5p import STAGES

WHOLE_STAGES = 12  # up to so many states the sums of a stage are written out
FAST_MEMORY = 24_000  # bytes of one block, up to which two blocks fit a processor's first cache


def count_blocks(layout: Layout, shape: Shape) -> int:
    """Return how many blocks should take their steps in turn."""
    return 2 if layout.slots * shape.bytes <= FAST_MEMORY else 1


def write_kernel(plan: Plan, layout: Layout, shape: Shape, blocks: int) -> str:
    """Return the LLVM IR of a kernel, whose one public function is ``advance(table)``."""
    size = len(plan.rates)
    module = Module(shape)
    write_hoist(module, plan, layout)
    whole = size <= WHOLE_STAGES and not plan.large
    if plan.large:
        write_large(module, plan, layout)
    else:
        _write_straight(module, plan, layout, whole=whole)
    for together in sorted({1, blocks}):
        write_attempt(module, layout, size, together, whole=whole)
    write_interpolation(module, layout, size)
    write_outputs(module, plan, layout)
    write_prepare(module, plan, layout)
    write_refill(module, layout)
    write_take(module, layout)
    write_put_down(module, plan, layout)
    write_read_out(module, plan, layout, list_output_slots(plan))
    if plan.turning:
        write_crossing(module, plan, layout)
    write_advance(module, plan, layout, blocks)
    return module.text()


def _write_straight(module: Module, plan: Plan, layout: Layout, *, whole: bool) -> None:
    write_rates(module, plan, layout)
    write_first_stage(module, plan, layout)
    if not whole:
        write_stage(module, plan, layout)
        return
    for number in range(1, STAGES):
        write_whole_stage(module, plan, layout, number)
