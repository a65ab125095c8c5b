"""Systems written by hand for the tests of compiled kernels, and pools to run them in."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from mscape.engine.pool import Array, Pool, Stop
from mscape.network.graph import Graph
from mscape.network.system import EventEquations, System


def make_system(
    graph: Graph,
    rates: Sequence[int],
    *,
    inputs: int = 0,
    switches: Sequence[int] = (),
    triggers: Sequence[int] = (),
    readable: dict[str, int] | None = None,
) -> System:
    """Return a system with states y0, y1, … and inputs p0, p1, …; everything starts at 0."""
    states = tuple(f"y{i}" for i in range(len(rates)))
    return System(
        id="test",
        graph=graph,
        states=states,
        inputs=tuple(f"p{i}" for i in range(inputs)),
        starts=tuple(graph.number(0.0) for _ in states),
        derived=(),
        rates=tuple(rates),
        switches=tuple(switches),
        readable={name: graph.add("state", i) for i, name in enumerate(states)} | (readable or {}),
        events=tuple(
            EventEquations(f"event{i}", trigger, None, None, True, True, True, ())
            for i, trigger in enumerate(triggers)
        ),
        rescale={},
    )


def make_pool(system: System, start: ArrayLike, inputs: ArrayLike, reads: ArrayLike, **given: Array) -> Pool:
    """Return a pool at time 0 that stops at the last read-out; *given* replaces arrays."""
    inputs = np.atleast_2d(np.asarray(inputs, float))
    count, states = len(inputs), len(system.states)
    reads = np.tile(np.asarray(reads, float), (count, 1))
    pool = Pool(
        time=np.zeros(count),
        stop=reads[:, -1].copy() if reads.size else np.ones(count),
        step=np.zeros(count),
        state=np.broadcast_to(np.asarray(start, float), (count, states)).copy(),
        inputs=inputs.copy(),
        switches=np.zeros((count, len(system.switches)), np.uint8),
        triggers=np.zeros((count, len(system.events)), np.uint8),
        reads=reads,
        next_read=np.zeros(count, np.int64),
        values=np.full((count, reads.shape[1], len(system.readable)), np.nan),
        why=np.full(count, Stop.WAITING, np.int64),
        steps=np.zeros((count, 2), np.int64),
    )
    for name, value in given.items():
        setattr(pool, name, value)
    return pool


def robertson() -> System:
    """Three reactions of three species, their rates the inputs."""
    g = Graph()
    a, b, c = (g.add("state", i) for i in range(3))
    k = [g.add("input", i) for i in range(3)]
    first = g.add("mul", k[0], a)
    second = g.add("mul", k[1], g.add("mul", b, c))
    third = g.add("mul", k[2], g.add("powi", b, 2))
    middle = g.add("sub", g.add("sub", first, second), third)
    return make_system(g, (g.add("sub", second, first), middle, third), inputs=3)


def van_der_pol() -> System:
    """y0' = y1, y1' = ((1 - y0²) y1 - y0) / p0."""
    g = Graph()
    x, v, eps = g.add("state", 0), g.add("state", 1), g.add("input", 0)
    damping = g.add("mul", g.add("sub", g.number(1), g.add("powi", x, 2)), v)
    return make_system(g, (v, g.add("div", g.add("sub", damping, x), eps)), inputs=1)


def hires() -> System:
    """High irradiance response: eight reactants (Schäfer 1975)."""
    g = Graph()
    y = [g.add("state", i) for i in range(8)]

    def total(*terms: tuple[float, int]) -> int:
        result = g.number(0.0)
        for factor, node in terms:
            result = g.add("add", result, g.add("mul", g.number(factor), node))
        return result

    both = g.add("mul", y[5], y[7])
    made = total((280.0, both), (-1.81, y[6]))
    rates = (
        g.add("add", total((-1.71, y[0]), (0.43, y[1]), (8.32, y[2])), g.number(0.0007)),
        total((1.71, y[0]), (-8.75, y[1])),
        total((-10.03, y[2]), (0.43, y[3]), (0.035, y[4])),
        total((8.32, y[1]), (1.71, y[2]), (-1.12, y[3])),
        total((-1.745, y[4]), (0.43, y[5]), (0.43, y[6])),
        total((-280.0, both), (0.69, y[3]), (1.71, y[4]), (-0.43, y[5]), (0.69, y[6])),
        made,
        g.add("neg", made),
    )
    return make_system(g, rates)


def oscillator() -> System:
    """y0' = y1 + sin t, y1' = -p0 y0 y1²; nothing special, but with time in it."""
    g = Graph()
    x, v, t, p = g.add("state", 0), g.add("state", 1), g.add("time"), g.add("input", 0)
    rates = (
        g.add("add", v, g.add("sin", t)),
        g.add("neg", g.add("mul", p, g.add("mul", x, g.add("powi", v, 2)))),
    )
    return make_system(g, rates, inputs=1, readable={"product": g.add("mul", x, v), "time": t})


def thermostat() -> System:
    """y0' = p0 while cold, -y0 while not; it turns hot above 2 and cold below 1, and rings at 3."""
    g = Graph()
    x, heat, t = g.add("state", 0), g.add("input", 0), g.add("time")
    hot = g.add("switch", 0)
    limit = g.add("select", hot, g.number(1.0), g.number(2.0))
    rate = g.add("select", hot, g.add("neg", x), heat)
    rings = g.add("le", g.number(3.0), t)
    return make_system(g, (rate,), inputs=1, switches=(g.add("lt", limit, x),), triggers=(rings,))
