"""What every engine is asked to solve: a model, how long, and which parameters vary."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mscape.network.network import ReactionNetwork
from mscape.network.sbml import read_sbml, write_sbml

Array = NDArray[np.float64]

MODELS = Path(__file__).parent / "models"
GATED = ("boehm", "fujita", "bachmann", "lucarelli", "msc")
MECHANISM = "lenaour2020_ovarian_cxcl"
SEED = 1
# A co-culture in 0.1 mL: cells as counted, drug and exchange in model units (nM, 1/h). For timing only.
_CULTURE = {
    "tumour_cycling": 3500.0,
    "tumour_g0": 1500.0,
    "msc_naive": 1700.0,
    "mac_monocytes": 1000.0,
    "drug": 100.0,
    "exchange": 10.0,
    "contact": 0.3,
    "drug_priming": 0.5,
    "drug_senescence": 0.01,
    "gro_antibody": 1.0,
    "il8_antibody": 1.0,
    "potency": 30.0,
}


@dataclass(frozen=True)
class Problem:
    """A model and what is asked of it.

    Parameters
    ----------
    id
        As printed.
    sbml
        Text that every engine reads.
    states
        What is integrated, and returned, in order.
    starts
        Their values at time 0.
    sizes
        Compartment size of each state that is a species.
    amounts
        Those states that are amounts; other species are concentrations.
    varied
        Parameters that a draw sets, and their nominal values.
    end, outputs
        End time in the model's unit; number of read-outs, equally spaced, the last at the end.
    absolute
        Absolute tolerance at a relative one of 1e-6; it is scaled with it.
    """

    id: str
    sbml: str
    states: tuple[str, ...]
    starts: tuple[float, ...]
    sizes: Mapping[str, float]
    amounts: tuple[str, ...]
    varied: Mapping[str, float]
    end: float
    outputs: int
    absolute: float

    @property
    def times(self) -> Array:
        """The read-outs."""
        return np.linspace(0.0, self.end, self.outputs + 1)[1:]


def draw_parameters(problem: Problem, count: int, *, fold: float = 3.0) -> Array:
    """Draw parameters log-uniformly within a factor of their nominal values, shape (draw, parameter).

    The first draws are the same however many are made.
    """
    nominal = np.array(list(problem.varied.values()))
    uniform = np.random.default_rng(SEED).uniform(-1.0, 1.0, (count, len(nominal)))
    return np.asarray(nominal * fold**uniform)


def list_problems() -> tuple[str, ...]:
    """Return the ids that need no path: the five models and our largest mechanism."""
    return (*GATED, "mechanism")


def load_problem(id: str, folder: Path = MODELS) -> Problem:
    """Load a model by its id; a folder other than the shipped one may hold more, chen for example.

    Raises
    ------
    KeyError
        The folder's ``models.json`` has no such model.
    """
    if id == "mechanism":
        return make_mechanism()
    listed = json.loads((folder / "models.json").read_text(encoding="utf-8"))[id]
    text = (folder / listed["file"]).read_text(encoding="utf-8")
    return _make_problem(
        id,
        read_sbml(text),
        listed["varied"],
        end=listed["t_end"],
        outputs=listed["n_outputs"],
        absolute=listed["atol_at_rtol_1e-6"],
    )


def make_mechanism() -> Problem:
    """Make the largest curated mechanism a problem: a co-culture with drug over 72 h."""
    from mscape.atlas.load import load_atlas
    from mscape.experiments.bind import bind_record

    atlas = load_atlas()
    bound = bind_record(atlas.records[MECHANISM], atlas)
    network = bound.network.with_values(_CULTURE)
    text = write_sbml(network)
    parameters = {item.id for item in network.parameters}
    varied = {
        name: prior.value
        for name, prior in bound.priors.items()
        if prior.distribution in ("lognormal", "loguniform") and prior.value > 0 and name in parameters
    }
    return _make_problem("mechanism", read_sbml(text), varied, end=72.0, outputs=24, absolute=1e-9)


def _make_problem(
    id: str,
    network: ReactionNetwork,
    varied: Mapping[str, float],
    *,
    end: float,
    outputs: int,
    absolute: float,
) -> Problem:
    value = {name: given or 0.0 for name, given in network.inputs.items()}
    states = network.states
    species = [item for item in network.species if item.id in states]
    return Problem(
        id=id,
        sbml=network.sbml,
        states=states,
        starts=tuple(value[name] for name in states),
        sizes={item.id: value[item.compartment] for item in species},
        amounts=tuple(item.id for item in species if item.substance_only),
        varied=dict(varied),
        end=end,
        outputs=outputs,
        absolute=absolute,
    )
