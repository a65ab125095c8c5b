"""One attempted step of Rodas5P for all lanes of a block, each with its own time and step, and its error."""

from __future__ import annotations

from mscape.engine.llvm.builder import Code, Module
from mscape.engine.llvm.layout import Layout
from mscape.engine.llvm.shape import NUMBER, POINTER, Value
from mscape.engine.rodas5p import STAGES, A, C, D, G, H


def write_attempt(module: Module, layout: Layout, size: int, blocks: int, *, whole: bool) -> None:
    """Write ``attempt(block, …)``: new states, stages and mean square of the weighted error of blocks."""
    real = module.shape.real
    name = "attempt" if blocks == 1 else "attempt_together"
    with module.function(name, [POINTER] * blocks) as code:
        times = [code.load(real, layout.address(code, block, "time")) for block in code.arguments]
        steps = [code.load(real, layout.address(code, block, "used")) for block in code.arguments]
        inverses = [code.div(code.real(1.0), step) for step in steps]
        stages = [
            [layout.address(code, block, "stage", s * size) for s in range(STAGES)]
            for block in code.arguments
        ]
        for n, block in enumerate(code.arguments):
            code.call("first", block, stages[n][0], times[n], steps[n], inverses[n])
        for s in range(1, STAGES):
            for n, block in enumerate(code.arguments):
                if whole:
                    code.call(f"stage{s}", block, times[n], steps[n], inverses[n])
                    continue
                with code.loop(size) as index:
                    _write_combination(code, layout, block, (s, index, stages[n]))
                at = code.fma(steps[n], code.real(C[s]), times[n]) if C[s] else times[n]
                slope = code.mul(steps[n], code.real(D[s]))
                code.call("stage", block, stages[n][s], at, inverses[n], slope)
        for n, block in enumerate(code.arguments):
            _write_error(code, layout, block, (size, stages[n][-1]))
        code.finish()


def _write_combination(
    code: Code, layout: Layout, block: Value, what: tuple[int, Value, list[Value]]
) -> None:
    """Write where stage s evaluates, and what the earlier stages add to its right side, for one state."""
    s, index, stages = what
    real = code.shape.real
    past = [code.load(real, code.at(stages[j], index, code.shape.bytes)) for j in range(s)]
    inner = layout.element(code, block, "inner", index)
    if s >= 2 and A[s][:-1] == A[s - 1] and A[s][-1] == 1.0:
        point = code.add(code.load(real, inner), past[-1])
    else:
        point = code.load(real, layout.element(code, block, "state", index))
        for a, k in zip(A[s], past, strict=True):
            point = code.fma(code.real(a), k, point)
    code.store(point, inner)
    total = code.mul(code.real(G[s][0]), past[0])
    for g, k in zip(G[s][1:], past[1:], strict=True):
        total = code.fma(code.real(g), k, total)
    code.store(total, layout.element(code, block, "sum", index))


def _write_error(code: Code, layout: Layout, block: Value, what: tuple[int, Value]) -> None:
    size, last = what
    real = code.shape.real
    relative = code.load(real, layout.address(code, block, "relative"))

    def add(index: Value, total: Value) -> Value:
        old = code.load(real, layout.element(code, block, "state", index))
        change = code.load(real, code.at(last, index, code.shape.bytes))
        new = code.add(code.load(real, layout.element(code, block, "inner", index)), change)
        code.store(new, layout.element(code, block, "new", index))
        largest = code.larger(code.intrinsic("fabs", old), code.intrinsic("fabs", new))
        absolute = code.load(NUMBER, code.at(layout.address(code, block, "absolute"), index))
        error = code.div(change, code.fma(relative, largest, code.spread(absolute)))
        return code.fma(error, error, total)

    total = code.fold(size, code.real(0.0), add)
    code.store(code.mul(total, code.real(1.0 / size)), layout.address(code, block, "error"))


def write_interpolation(module: Module, layout: Layout, size: int) -> None:
    """Write ``interpolate(block, share)``: the states at a share of the step just tried, to the outputs."""
    real = module.shape.real
    with module.function("interpolate", [POINTER, real]) as code:
        block, share = code.arguments
        rest = code.sub(code.real(1.0), share)
        both = code.mul(share, rest)
        weights = []
        for j in range(STAGES):
            inner = code.fma(share, code.real(H[2][j]), code.real(H[1][j]))
            weights.append(code.mul(both, code.fma(share, inner, code.real(H[0][j]))))
        with code.loop(size) as index:
            old = code.load(real, layout.element(code, block, "state", index))
            new = code.load(real, layout.element(code, block, "new", index))
            value = code.fma(rest, old, code.mul(share, new))
            for j, weight in enumerate(weights):
                stage = code.load(real, layout.element(code, block, "stage", _behind(code, index, j * size)))
                value = code.fma(weight, stage, value)
            # exactly as where all lanes of a step land
            value = code.select(code.compare("oeq", share, code.real(1.0)), new, value)
            code.store(value, layout.element(code, block, "output", index))
        code.finish()


def _behind(code: Code, index: Value, offset: int) -> Value:
    return code.binary("add", index, code.word(offset)) if offset else index


def write_root(code: Code, x: Value) -> Value:
    """Return x^(-1/10) to half a per cent: from the exponent's bits, then a step of Newton's method."""
    bits = code.cast("bitcast", x, code.shape.integer)
    tenth = code.binary("lshr", bits, code.integer(4))
    for shift in (5, 8, 9, 12, 13, 16, 17):
        tenth = code.binary("add", tenth, code.binary("lshr", bits, code.integer(shift)))
    start = code.binary("sub", code.integer(_ROOT_START), tenth)
    y = code.cast("bitcast", start, code.shape.real)
    square = code.mul_exactly(y, y)
    fourth = code.mul_exactly(square, square)
    tenth_power = code.mul_exactly(code.mul_exactly(fourth, fourth), square)
    excess = code.fma(code.mul_exactly(x, tenth_power), code.real(-0.1), code.real(1.1))
    return code.mul_exactly(y, excess)


_ROOT_START = 0x4653E96D239B2D00  # makes the largest error of the first guess, 3 %, smallest
