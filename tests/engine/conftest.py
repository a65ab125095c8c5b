"""Small networks whose solutions are known."""

from collections.abc import Callable

import pytest

from mscape.network.network import ReactionNetwork
from mscape.network.sbml import read_antimony

WELL = "compartment well; well = 2;\n"
MODELS = {
    # dA/dt = -k A, and what is lost is kept
    "decay": WELL + "species A in well, lost in well; A = 3; go: A => lost; k * A * well; k = 0.5;",
    # A <-> B in one compartment
    "reversible": WELL
    + "species A in well, B in well; A = 1; go: A -> B; (f * A - b * B) * well; f = 2; b = 0.5;",
    # two compartments of different size exchange one solute
    "exchange": (
        "compartment left, right; left = 1; right = 4; species A in left, B in right; A = 1;\n"
        "go: A -> B; q * (A - B); q = 0.7;"
    ),
    "logistic": "n' = r * n * (1 - n / most); n = 0.01; r = 0.8; most = 2;",
    # substance only: an amount, not a concentration
    "count": WELL + "species N in well; substanceOnly species N; N = 8; die: N => ; k * N; k = 0.1;",
    "robertson": (
        "y1' = -0.04 * y1 + 1e4 * y2 * y3; y2' = 0.04 * y1 - 1e4 * y2 * y3 - 3e7 * y2^2; y3' = 3e7 * y2^2;\n"
        "y1 = 1; y2 = 0; y3 = 0;"
    ),
    # x' = x^2 leaves every bound at 1 / x(0)
    "blow_up": "x' = x^2; x = 0.001;",
    # the square root of what may be below 0
    "not_finite": "x' = -x; x = 1; low = 2; side := (low - 2)^0.5;",
}


@pytest.fixture(scope="session")
def read_network() -> Callable[[str], ReactionNetwork]:
    """Read one of the networks by name."""

    def read(name: str) -> ReactionNetwork:
        return read_antimony(MODELS[name], {}, name)

    return read
