"""The right-hand sides given to peers: what they say is what our graph says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks.engine.problem import GATED, Problem, draw_parameters, load_problem
from benchmarks.engine.rates import write_diffsl, write_python
from mscape.network.equations import derive_system
from mscape.network.sbml import read_sbml

# d a = -k a^3 + late, d b = k a - b / (1 + b), with late an expression of parameters alone
_SBML = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model id="small">
<listOfCompartments><compartment id="c" size="1" constant="true"/></listOfCompartments>
<listOfSpecies>
<species id="a" compartment="c" initialConcentration="2" hasOnlySubstanceUnits="false"
 boundaryCondition="false" constant="false"/>
<species id="b" compartment="c" initialConcentration="0.5" hasOnlySubstanceUnits="false"
 boundaryCondition="false" constant="false"/>
</listOfSpecies>
<listOfParameters><parameter id="k" value="3" constant="true"/>
<parameter id="m" value="0.25" constant="true"/>
</listOfParameters>
<listOfRules>
<rateRule variable="a"><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><plus/>
<apply><minus/><apply><times/><ci>k</ci><apply><power/><ci>a</ci><cn>3</cn></apply></apply></apply>
<apply><exp/><apply><times/><ci>k</ci><ci>m</ci></apply></apply></apply></math></rateRule>
<rateRule variable="b"><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><minus/>
<apply><times/><ci>k</ci><ci>a</ci></apply>
<apply><divide/><ci>b</ci><apply><plus/><cn>1</cn><ci>b</ci></apply></apply></apply></math></rateRule>
</listOfRules></model></sbml>"""


def _small() -> Problem:
    return Problem(
        id="small",
        sbml=_SBML,
        states=("b", "a"),
        starts=(0.5, 2.0),
        sizes={"a": 1.0, "b": 1.0},
        amounts=(),
        varied={"k": 3.0},
        end=1.0,
        outputs=2,
        absolute=1e-9,
    )


def _values(problem: Problem) -> dict[str, float]:
    return {name: value or 0.0 for name, value in read_sbml(problem.sbml).inputs.items()}


def _run(text: str, state: list[float], inputs: list[float]) -> list[float]:
    namespace: dict[str, Any] = {}
    exec(text, namespace)
    rates = [0.0] * len(state)
    namespace["rates"](0.0, state, inputs, rates)
    return rates


def test_python_rates_are_the_equations_in_the_order_asked_for() -> None:
    problem = _small()
    text = write_python(derive_system(read_sbml(_SBML)), problem, _values(problem))
    b, a = _run(text, [0.5, 2.0], [3.0])
    assert b == pytest.approx(3 * 2 - 0.5 / 1.5)
    assert a == pytest.approx(-3 * 8 + np.exp(0.75))


def test_diffsl_computes_what_depends_on_parameters_alone_before_the_states() -> None:
    problem = _small()
    text = write_diffsl(derive_system(read_sbml(_SBML)), problem, _values(problem))
    before, _, after = text.partition("u_i {")
    assert "exp(" in before
    assert "exp(" not in after
    assert before.startswith("in_i { p0 = 3.0 }")
    assert "x0 = 0.5,\n  x1 = 2.0" in after


@pytest.mark.parametrize("id", GATED)
def test_shipped_models_have_the_states_and_parameters_they_say(id: str) -> None:
    problem = load_problem(id)
    states = {
        "boehm": 8,
        "fujita": 9,
        "bachmann": 25,
        "lucarelli": 33,
        "msc": 30,
    }  # by hand, from their papers
    assert len(problem.states) == states[id]
    text = write_python(derive_system(read_sbml(problem.sbml)), problem, _values(problem))
    rates = _run(text, list(problem.starts), list(problem.varied.values()))
    assert np.isfinite(rates).all()
    assert any(rates)


def test_draws_stay_within_the_factor_and_do_not_depend_on_their_number() -> None:
    problem = load_problem("boehm")
    many, few = draw_parameters(problem, 1000), draw_parameters(problem, 10)
    assert np.array_equal(many[:10], few)
    fold = many / np.array(list(problem.varied.values()))
    assert fold.min() >= 1 / 3 - 1e-12
    assert fold.max() <= 3 + 1e-12
