"""PEtab as others would run it: another solver, driven by the tables alone, gets what our arms get."""

import csv
from collections.abc import Mapping
from pathlib import Path

import libsbml
import numpy as np
import pytest

from mscape.atlas.load import Atlas, load_atlas
from mscape.engine.batch import Array, Period, Tolerance
from mscape.engine.simulate import simulate
from mscape.experiments.arm import REST_HOURS, make_periods
from mscape.experiments.bind import Bound, bind_record, make_variant, sample_values
from mscape.experiments.condition import draw_conditions
from mscape.experiments.prior import sample_prior
from mscape.standards.petab.experiment import Experiment
from mscape.standards.petab.problem import Problem, make_problem
from mscape.standards.petab.version1 import write_petab1
from mscape.standards.petab.version2 import write_petab2

roadrunner = pytest.importorskip("roadrunner")

SEED = 11
DOSE = 1.3  # in units of the potency
TIGHT = Tolerance(1e-9, 1e-12)
CLOSE = 2e-5  # relative: two solvers over some hundred hours at such tolerances
READ = ("living", "annexin_positive", "drug_cell")
# three unlike rows: medium with several periods; contact; vesicles
ARMS = {
    "xu2018_breast_il6": ("o1__cis_bc", "o3__medium", "o14__h48"),
    "zhang2013_cml_ncadherin": ("konig_primitive__imatinib", "colonies_primitive_imatinib__imatinib_msc"),
    "wang2014_mm_exosome": ("o2__btz_naive", "o1__naive"),
}


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return load_atlas()


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def draw_parameters(problem: Problem) -> dict[str, float]:
    """One value for every open parameter, from the same streams as the arm below."""
    values = {each.id: float(sample_prior(each.prior, each.axis, SEED, 1)[0]) for each in problem.parameters}
    conditions = draw_conditions(SEED, 1)
    for each in problem.parameters:
        if each.role == "condition":
            values[each.id] = float(getattr(conditions, each.axis.partition(":")[2])[0])
        elif each.id.startswith("dose__"):
            values[each.id] = DOSE
    return values


def solve_ours(bound: Bound, told: Experiment, values: Mapping[str, float]) -> Array:
    """The arm as the record has it, with times that the tables hold, at its end."""
    variant = make_variant(bound, told.arm.drug, told.arm.tumour)
    dose = np.array([told.arm.dose / values[told.dose] if told.arm.dose else DOSE])
    drawn = sample_values(variant, SEED, 1)
    inputs, periods = make_periods(variant, told.arm, drawn, draw_conditions(SEED, 1), dose, source=SEED)
    timed = [Period(laid.hours, period.changes) for laid, period in zip(told.periods, periods, strict=True)]
    timed[-1] = Period(timed[-1].hours, timed[-1].changes, (told.periods[-1].hours,))
    found = simulate(bound.network, inputs, (Period(REST_HOURS), *timed), READ, tolerance=TIGHT)
    return np.asarray(found.values[0, 0, :])


def compute(text: str, values: Mapping[str, float]) -> float:
    return float(eval(text, {"__builtins__": {}}, dict(values)))


def load(text: str) -> object:
    runner = roadrunner.RoadRunner(text)
    integrator = runner.getIntegrator()
    integrator.setValue("relative_tolerance", 1e-10)
    integrator.setValue("absolute_tolerance", 1e-10)
    integrator.setValue("stiff", True)
    integrator.setValue("maximum_num_steps", 200000)
    return runner


def read_model(runner: object, names: tuple[str, ...], concentrations: set[str]) -> Array:
    return np.array([runner[f"[{name}]" if name in concentrations else name] for name in names])  # type: ignore[index]


def solve_second(folder: Path, experiment: str, values: Mapping[str, float]) -> Array:
    """Apply the tables of version 2 with nothing but their text and a solver."""
    text = next(folder.glob("*.xml")).read_text("utf-8")
    model = libsbml.readSBMLFromString(text).getModel()
    concentrations = {s.getId() for s in model.getListOfSpecies() if not s.getHasOnlySubstanceUnits()}
    tables = {
        kind: [row for name in (kind, f"{kind}_unmeasured") for row in read_rows(folder / f"{name}.tsv")]
        for kind in ("conditions", "experiments")
    }
    steps = sorted(
        (float(row["time"]), row["conditionId"])
        for row in tables["experiments"]
        if row["experimentId"] == experiment
    )
    hours = next(
        row["hours"] for row in read_rows(folder / "arms.tsv") if row["experiment"] == experiment
    ).split(";")
    middles = {row["quantity"]: row["in_the_tables"] for row in read_rows(folder / "unreported.tsv")}
    end = steps[-1][0] + float(middles.get(hours[-1], hours[-1]))
    runner = load(text)
    for name in set(values) & {p.getId() for p in model.getListOfParameters()}:
        runner[name] = values[name]  # type: ignore[index]
    now = steps[0][0]
    for start, condition in steps:
        if start > now:
            runner.simulate(now, start, 2)  # type: ignore[attr-defined]
            now = start
        known = {p.getId(): runner[p.getId()] for p in model.getListOfParameters()}  # type: ignore[index]
        known |= {
            s.getId(): read_model(runner, (s.getId(),), concentrations)[0] for s in model.getListOfSpecies()
        }
        known |= {c.getId(): runner[c.getId()] for c in model.getListOfCompartments()} | dict(values)  # type: ignore[index]
        rows = [row for row in tables["conditions"] if row["conditionId"] == condition]
        new = {row["targetId"]: compute(row["targetValue"], known) for row in rows}
        sizes = {c.getId() for c in model.getListOfCompartments()} & set(new)
        kept = {s.getId(): known[s.getId()] for s in model.getListOfSpecies() if s.getCompartment() in sizes}
        for name, value in sorted({**kept, **new}.items(), key=lambda item: item[0] not in sizes):
            runner[f"[{name}]" if name in concentrations else name] = value  # type: ignore[index]
    runner.simulate(now, end, 2)  # type: ignore[attr-defined]
    return read_model(runner, READ, concentrations)


def solve_first(folder: Path, experiment: str, values: Mapping[str, float]) -> Array:
    """Put a row of version 1's condition table into the model, and run it."""
    document = libsbml.readSBMLFromString(next(folder.glob("*.xml")).read_text("utf-8"))
    model = document.getModel()
    row = next(row for row in read_rows(folder / "conditions.tsv") if row["conditionId"] == experiment)
    columns = {name: text for name, text in row.items() if name != "conditionId" and text}
    given = dict(values) | {name: compute(text, values) for name, text in columns.items()}
    for name, value in given.items():
        if model.getParameter(name) is not None:
            model.getParameter(name).setValue(value)
        elif model.getCompartment(name) is not None:
            model.getCompartment(name).setSize(value)
    arm = next(one for one in read_rows(folder / "arms.tsv") if one["experiment"] == experiment)
    middles = {one["quantity"]: one["in_the_tables"] for one in read_rows(folder / "unreported.tsv")}
    hours = [float(middles.get(text, text)) for text in arm["hours"].split(";")]
    runner = load(libsbml.writeSBMLToString(document))
    runner.simulate(0, REST_HOURS + sum(hours), 2)  # type: ignore[attr-defined]
    concentrations = {s.getId() for s in model.getListOfSpecies() if not s.getHasOnlySubstanceUnits()}
    return read_model(runner, READ, concentrations)


@pytest.mark.slow
@pytest.mark.parametrize(("row", "name"), [(row, name) for row, names in ARMS.items() for name in names])
def test_another_solver_gets_the_same_from_the_tables(
    atlas: Atlas, tmp_path: Path, row: str, name: str
) -> None:
    bound = bind_record(atlas.records[row], atlas)
    problem = make_problem(bound)
    told = next(each for each in problem.experiments if each.id == name)
    values = draw_parameters(problem)
    ours = solve_ours(bound, told, values)
    write_petab2(bound, tmp_path / "second")
    assert solve_second(tmp_path / "second", name, values) == pytest.approx(ours, rel=CLOSE)
    first = write_petab1(bound, tmp_path / "first")
    if name not in first.left_out:
        assert solve_first(tmp_path / "first", name, values) == pytest.approx(ours, rel=CLOSE)
