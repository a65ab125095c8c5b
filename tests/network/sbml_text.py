"""Small SBML texts for tests: formulas are written as infix, everything else as SBML has it."""

import libsbml

from mscape.network.equations import derive_system
from mscape.network.sbml import read_sbml
from tests.network.evaluation import Running

SPACE = {
    (1, 2): "http://www.sbml.org/sbml/level1",
    (2, 4): "http://www.sbml.org/sbml/level2/version4",
    (3, 1): "http://www.sbml.org/sbml/level3/version1/core",
    (3, 2): "http://www.sbml.org/sbml/level3/version2/core",
}


def math(formula: str) -> str:
    """Return the MathML of an infix formula."""
    node = libsbml.parseL3Formula(formula)
    assert node is not None, libsbml.getLastParseL3Error()
    return str(libsbml.writeMathMLToString(node)).partition("?>")[2]


def make_sbml(*parts: str, version: tuple[int, int] = (3, 2), attributes: str = "") -> str:
    """Return a whole text; parts are lists of things, in SBML's order."""
    level, number = version
    head = f'<sbml xmlns="{SPACE[version]}" level="{level}" version="{number}">'
    name = "name" if level == 1 else "id"
    model = f'<model {name}="m" {attributes}>{"".join(parts)}</model>'
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}{model}</sbml>'


def run(text: str) -> Running:
    """Read a text and give its equations the values it says."""
    network = read_sbml(text)
    return Running(derive_system(network), network.inputs)


def listing(kind: str, *items: str) -> str:
    """Return a list of things."""
    return f"<listOf{kind}>{''.join(items)}</listOf{kind}>"


def compartment(name: str = "c", size: float | None = 1.0, *, constant: bool = True) -> str:
    """Return a compartment."""
    given = "" if size is None else f'size="{size}"'
    return f'<compartment id="{name}" {given} constant="{_word(constant)}"/>'


def species(name: str, initial: str = 'initialConcentration="1"', *, more: str = "", where: str = "c") -> str:
    """Return a species; ``more`` replaces what is usual: a concentration that reactions change."""
    usual = {"hasOnlySubstanceUnits": "false", "boundaryCondition": "false", "constant": "false"}
    rest = " ".join(f'{key}="{value}"' for key, value in usual.items() if key not in more)
    return f'<species id="{name}" compartment="{where}" {initial} {rest} {more}/>'


def parameter(name: str, value: float | None = None, *, constant: bool = False) -> str:
    """Return a parameter."""
    given = "" if value is None else f'value="{value}"'
    return f'<parameter id="{name}" {given} constant="{_word(constant)}"/>'


def reaction(name: str, used: str, made: str, law: str | None, own: str = "") -> str:
    """Return a reaction; ``used`` and ``made`` are names, with ``2*`` before them for a stoichiometry."""
    formula = "" if law is None else f"<kineticLaw>{math(law)}{own}</kineticLaw>"
    sides = [
        listing(kind, *(_reference(item) for item in side.split())) if side else ""
        for kind, side in (("Reactants", used), ("Products", made))
    ]
    return f'<reaction id="{name}" reversible="false">{"".join(sides)}{formula}</reaction>'


def _reference(text: str) -> str:
    """Read ``name``, ``2*name`` or ``id:2*name``."""
    label, colon, rest = text.rpartition(":")
    count, _, name = rest.rpartition("*")
    given = f'id="{label}"' if colon else ""
    many = "" if count == "?" else f'stoichiometry="{count or 1}"'
    return f'<speciesReference species="{name}" {many} {given} constant="false"/>'


def assignment_rule(name: str, formula: str) -> str:
    """Return an assignment rule."""
    return f'<assignmentRule variable="{name}">{math(formula)}</assignmentRule>'


def rate_rule(name: str, formula: str) -> str:
    """Return a rate rule."""
    return f'<rateRule variable="{name}">{math(formula)}</rateRule>'


def initial_assignment(name: str, formula: str) -> str:
    """Return an initial assignment."""
    return f'<initialAssignment symbol="{name}">{math(formula)}</initialAssignment>'


def event(name: str, trigger: str, *assignments: str, more: str = "", flags: str = "") -> str:
    """Return an event; assignments as ``x = formula``."""
    usual = flags or 'initialValue="true" persistent="true"'
    done = "".join(
        f'<eventAssignment variable="{variable.strip()}">{math(formula)}</eventAssignment>'
        for variable, _, formula in (text.partition("=") for text in assignments)
    )
    return (
        f'<event id="{name}" useValuesFromTriggerTime="true"><trigger {usual}>{math(trigger)}</trigger>{more}'
        f"<listOfEventAssignments>{done}</listOfEventAssignments></event>"
    )


def _word(value: bool) -> str:
    return "true" if value else "false"
