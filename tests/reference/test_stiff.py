"""Classical stiff problems against reference solutions. The engine knows nothing of what it solves."""

import numpy as np
import pytest

from mscape.engine.batch import Period, Status, Tolerance
from mscape.engine.simulate import simulate
from mscape.network.sbml import read_antimony

ROBERTSON = (
    "y1' = -0.04 * y1 + 1e4 * y2 * y3; y2' = 0.04 * y1 - 1e4 * y2 * y3 - 3e7 * y2^2; y3' = 3e7 * y2^2;\n"
    "y1 = 1; y2 = 0; y3 = 0;"
)
# H. H. Robertson (1966), three reactions of three species. The table: another implementation of another
# method (Radau IIA of SciPy 1.17, relative tolerance 1e-12, absolute 1e-18).
TABLE = {
    0.4: (9.851721139e-01, 3.386395379e-05, 1.479402219e-02),
    4.0: (9.055186786e-01, 2.240475688e-05, 9.445891666e-02),
    40.0: (7.158270687e-01, 9.185534765e-06, 2.841637457e-01),
    400.0: (4.505186685e-01, 3.222901442e-06, 5.494781086e-01),
    4000.0: (1.832022578e-01, 8.942371253e-07, 8.167968480e-01),
    40000.0: (3.898337709e-02, 1.621768316e-07, 9.610164607e-01),
}
# Source: Test Set for IVP Solvers (Mazzia and Magherini, University of Bari), problem ROBER, t = 1e11.
LAST = (0.2083340149701255e-07, 0.8333360770334713e-13, 0.9999999791665050)
NAMES = ("y1", "y2", "y3")


def test_robertson_agrees_with_another_method() -> None:
    network = read_antimony(ROBERTSON, {}, "robertson")
    period = Period(40000.0, read=tuple(TABLE))
    found = simulate(network, {}, (period,), NAMES, tolerance=Tolerance(1e-9, 1e-15))
    assert found.status[0] == Status.DONE
    np.testing.assert_allclose(found.values[0], list(TABLE.values()), rtol=1e-6)
    np.testing.assert_allclose(found.values[0].sum(axis=1), 1.0, rtol=1e-9)


def test_robertson_reaches_the_end_point_of_the_test_set() -> None:
    network = read_antimony(ROBERTSON, {}, "robertson")
    period = Period(1e11, read=(1e11,))
    found = simulate(network, {}, (period,), NAMES, tolerance=Tolerance(1e-10, 1e-20))
    assert found.status[0] == Status.DONE
    assert found.values[0, 0] == pytest.approx(LAST, rel=1e-4)
