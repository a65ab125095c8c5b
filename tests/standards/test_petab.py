"""PEtab out and back: the same arms, the same numbers, the same likelihood; and what is refused."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mscape.atlas.load import Atlas, load_atlas
from mscape.atlas.record import Period, Protocol
from mscape.errors import Faults, MscapeError, OutputError
from mscape.experiments.arm import Arm
from mscape.experiments.bind import Bound, bind_record
from mscape.experiments.score import group_arms
from mscape.inference.likelihood import list_scored, measure_log_likelihood, measure_margins
from mscape.inference.particle import Particles
from mscape.standards.petab.bench import measure_petab_margins
from mscape.standards.petab.formula import Formula, make_formula
from mscape.standards.petab.problem import make_problem
from mscape.standards.petab.read import read_petab2
from mscape.standards.petab.read_core import (
    CONDITION_COLUMNS,
    EXPERIMENT_COLUMNS,
    MEASUREMENT_COLUMNS,
    PARAMETER_COLUMNS,
)
from mscape.standards.petab.version1 import write_petab1
from mscape.standards.petab.version2 import write_petab2
from tests.house import rules

ROWS = sorted(load_atlas().records)
FAST = "zeng2020_npc_il6"  # reported and unreported doses, vesicles, perturbations, printed numbers
COUNT = 12
SOME = [row if row == FAST else pytest.param(row, marks=pytest.mark.slow) for row in ROWS]


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return load_atlas()


@pytest.fixture(scope="module")
def written(atlas: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("petab") / FAST
    write_petab2(bind_record(atlas.records[FAST], atlas), folder)
    return folder


def change(folder: Path, tmp_path: Path, name: str, edit: Callable[[str], str]) -> Path:
    """A copy of a folder with one file edited."""
    copy = tmp_path / "edited"
    shutil.copytree(folder, copy)
    text = (copy / name).read_text("utf-8")
    assert edit(text) != text
    (copy / name).write_text(edit(text), "utf-8")
    return copy


@pytest.mark.parametrize("row", SOME)
def test_what_is_read_back_has_the_same_likelihood(atlas: Atlas, tmp_path: Path, row: str) -> None:
    bound = bind_record(atlas.records[row], atlas)
    write_petab2(bound, tmp_path / row)
    problem = read_petab2(tmp_path / row, atlas)
    rows = list_scored(bound)
    assert [each.contrast for each in problem.contrasts] == [each.contrast for each in rows]
    expected = measure_margins(bound, Particles(7, COUNT), rows)
    found = measure_petab_margins(problem, Particles(7, COUNT))
    np.testing.assert_array_equal(found, expected)
    assert measure_log_likelihood(found).sum() == measure_log_likelihood(expected).sum()
    assert np.ptp(expected[np.isfinite(expected)]) > 0.1  # they say something


@pytest.mark.parametrize("row", SOME)
def test_arms_and_parameters_come_back_as_they_were(atlas: Atlas, tmp_path: Path, row: str) -> None:
    bound = bind_record(atlas.records[row], atlas)
    told = make_problem(bound)
    written = write_petab2(bound, tmp_path / row)
    problem = read_petab2(tmp_path / row, atlas)
    assert written.experiments == len(problem.experiments) == len(told.experiments)
    assert written.measured == len({each[1] for each in problem.measurements})
    known = group_arms(bound)
    for observation, arms in problem.arms.items():
        for name, arm in arms.items():
            assert strip(arm) == strip(known[observation][name])
    for each in told.parameters:
        back = problem.parameters[each.id]
        assert replace(back.prior, source="") == replace(each.prior, source="")
        assert (back.axis, back.role, back.between) == (each.axis, each.role, each.between)


def strip(arm: Arm) -> Arm:
    """An arm without remarks, whose blanks a table does not keep."""
    periods = tuple(p.model_copy(update={"period": ""}) for p in arm.protocol.periods)
    return replace(arm, protocol=arm.protocol.model_copy(update={"note": None, "periods": periods}))


def test_contrasts_are_those_in_scope_and_name_experiments(written: Path, atlas: Atlas) -> None:
    problem = read_petab2(written, atlas)
    assert {each.scope for each in problem.contrasts} == {"in"}
    for each in problem.contrasts:
        assert {*each.arm, each.versus} - {None} <= set(problem.arms[each.observation])


def test_an_edited_condition_changes_the_margins(written: Path, atlas: Atlas, tmp_path: Path) -> None:
    def halve(text: str) -> str:
        return text.replace("5000.0 * seeding__o1", "50.0 * seeding__o1")

    edited = change(written, tmp_path, "conditions_unmeasured.tsv", halve)
    before, after = (
        measure_petab_margins(read_petab2(f, atlas), Particles(7, COUNT)) for f in (written, edited)
    )
    names = [each.observation for each in read_petab2(written, atlas).contrasts]
    touched = (before != after).any(axis=0)
    assert touched[names.index("o1")]
    assert not touched[names.index("r1_dose")]


def test_an_edited_prior_is_what_is_read(written: Path, atlas: Atlas, tmp_path: Path) -> None:
    def move(text: str) -> str:
        return text.replace("7.783224016336037;0.48923438720106344", "8.0;0.25").replace(
            "486.13308134194256\t9153.473827919339",
            f"{float(np.exp(8 - 0.75))!r}\t{float(np.exp(8 + 0.75))!r}",
        )

    edited = read_petab2(change(written, tmp_path, "parameters.tsv", move), atlas)
    prior = edited.parameters["base__msc_cell"].prior
    assert prior.value == pytest.approx(np.exp(8.0))
    assert prior.high == pytest.approx(np.exp(8.0 + 1.6448536269514722 * 0.25))


def test_bounds_that_cut_a_prior_are_refused(written: Path, atlas: Atlas, tmp_path: Path) -> None:
    edited = change(written, tmp_path, "parameters.tsv", lambda t: t.replace("486.13308134194256", "600"))
    with pytest.raises(MscapeError, match="bounds do not belong together"):
        read_petab2(edited, atlas)


FAULTS: Mapping[str, tuple[str, Callable[[str], str], str]] = {
    "broken YAML": ("all_arms.yaml", lambda t: t.replace("extensions:", "extensions: [", 1), "all_arms.yaml"),
    "no extension": ("all_arms.yaml", lambda t: t.replace("mscape-contrasts", "others"), "mscape-contrasts"),
    "another version": ("all_arms.yaml", lambda t: t.replace("2.0.0", "1", 1), "format_version"),
    "a path": ("all_arms.yaml", lambda t: t.replace("- observables", "- ../observables"), "observable_files"),
    "a column": ("arms.tsv", lambda t: t.replace("protocol\t", "protocols\t", 1), "arms.tsv"),
    "a number": ("parameters.tsv", lambda t: t.replace("9153.473827919339", "many"), "many"),
    "a condition": ("experiments.tsv", lambda t: t.replace("r1_dose__low__1", "nowhere"), "nowhere"),
    "a name": ("conditions.tsv", lambda t: t.replace("seeding__r1_dose", "seeding__r9"), "seeding__r9"),
    "a time": ("experiments_unmeasured.tsv", lambda t: t.replace("\t72.0\t", "\t71.0\t", 1), "periods begin"),
    "an arm": ("contrasts.tsv", lambda t: t.replace("o1__msc", "o1__nobody"), "o1__nobody"),
    "a threshold": ("contrasts.tsv", lambda t: t.replace("ratio\t1.1", "ratio\t1.2", 1), "threshold"),
    "a term": ("cells.tsv", lambda t: t.replace("cl:0001063", "nan"), "cells.tsv.*term"),
    "too many periods": ("protocols.tsv", lambda t: t + t.splitlines()[1].join(["", "\n"]) * 9, "periods"),
    "a range": ("unreported.tsv", lambda t: t.replace("0.6\t", "0.7\t"), "spent"),
    "SBML": ("zeng2020_npc_il6.xml", lambda t: t[: len(t) // 2], "SBML"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named(written: Path, atlas: Atlas, tmp_path: Path, fault: str) -> None:
    name, edit, named = FAULTS[fault]
    with pytest.raises(MscapeError, match=named):
        read_petab2(change(written, tmp_path, name, edit), atlas)


def test_all_faults_are_raised_at_once(written: Path, atlas: Atlas, tmp_path: Path) -> None:
    edited = change(written, tmp_path, "arms.tsv", lambda t: t.replace("medium_drug", "Medium Drug"))
    (edited / "cells.tsv").unlink()
    (edited / "conditions.tsv").write_text("conditionId\ttarget\n", "utf-8")
    with pytest.raises(Faults) as raised:
        read_petab2(edited, atlas)
    text = str(raised.value)
    assert all(name in text for name in ("arms.tsv", "cells.tsv", "conditions.tsv"))


def test_a_folder_that_is_none_is_said(tmp_path: Path, atlas: Atlas) -> None:
    with pytest.raises(MscapeError, match="it holds no"):
        read_petab2(tmp_path, atlas)


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_garbage_is_refused_and_never_crashes(
    written: Path, atlas: Atlas, tmp_path: Path, data: st.DataObject
) -> None:
    names = sorted(path.name for path in written.iterdir() if path.suffix in (".tsv", ".yaml"))
    name = data.draw(st.sampled_from(names))
    lines = (written / name).read_text("utf-8").split("\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    cells = lines[at].split("\t")
    cell = data.draw(st.integers(0, len(cells) - 1))
    cells[cell] = data.draw(
        st.one_of(st.text(max_size=12), st.just("nan"), st.just("1e999"), st.just("o1 * ("))
    )
    lines[at] = "\t".join(cells) if data.draw(st.booleans()) else ""
    copy = tmp_path / "garbage"
    shutil.copytree(written, copy, dirs_exist_ok=True)
    (copy / name).write_text("\n".join(lines), "utf-8", errors="replace")
    try:
        read_petab2(copy, atlas)
    except MscapeError:
        pass
    finally:
        shutil.copy(written / name, copy / name)


@pytest.mark.slow
def test_something_else_is_never_replaced(atlas: Atlas, tmp_path: Path) -> None:
    bound = bind_record(atlas.records[FAST], atlas)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", "utf-8")
    for write in (write_petab2, write_petab1):
        with pytest.raises(OutputError, match="something else stands there"):
            write(bound, tmp_path / "mine")
        write(bound, tmp_path / "own")
        write(bound, tmp_path / "own")
    assert (tmp_path / "mine" / "thesis.txt").read_text("utf-8") == "years of work"
    assert not list(tmp_path.glob(".*"))


def test_the_same_mechanism_gives_the_same_files(atlas: Atlas, tmp_path: Path) -> None:
    bound = bind_record(atlas.records[FAST], atlas)
    for name in ("a", "b"):
        write_petab2(bound, tmp_path / name)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


@pytest.mark.slow
def test_version_one_leaves_out_arms_of_several_periods_by_name(atlas: Atlas, tmp_path: Path) -> None:
    bound = bind_record(atlas.records["xu2018_breast_il6"], atlas)
    written = write_petab1(bound, tmp_path / "first")
    told = make_problem(bound)
    assert "o1__cis_bc" in written.left_out
    assert "o14__h48" not in written.left_out
    assert written.experiments + len(written.left_out) == len(told.experiments)
    page = (tmp_path / "first" / "README.md").read_text("utf-8")
    assert all(f"`{name}`" in page for name in written.left_out)


@pytest.mark.slow
def test_a_compartment_that_changes_size_keeps_what_is_in_it(atlas: Atlas, tmp_path: Path) -> None:
    """MSC alone before the tumour cells come: the volume around them changes under their cytokine."""
    bound = meet_later(bind_record(atlas.records["xu2018_breast_il6"], atlas))
    rows = [row for row in list_scored(bound) if row.observation in ("o3", "o5")]
    bound = replace(bound, record=replace(bound.record, contrasts=tuple(rows)))
    write_petab2(bound, tmp_path / "later")
    text = (tmp_path / "later" / "conditions_unmeasured.tsv").read_text("utf-8")
    assert "il6_side\til6_side * msc_side / " in text
    found = measure_petab_margins(read_petab2(tmp_path / "later", atlas), Particles(3, COUNT))
    np.testing.assert_array_equal(found, measure_margins(bound, Particles(3, COUNT), rows))


def meet_later(bound: Bound) -> Bound:
    """The record, its medium exchanged for the MSC themselves, which were there first."""
    periods = (
        Period(period="MSC alone", contents=("msc",), hours=24.0),
        Period(period="together", contents=("msc", "tumour", "drug", "perturbation"), hours=48.0),
    )
    protocols = tuple(
        Protocol(id=p.id, culture="transwell", periods=periods) if p.id == "medium_drug" else p
        for p in bound.record.mechanism.protocols
    )
    mechanism = bound.record.mechanism.model_copy(update={"protocols": protocols})
    return replace(bound, record=replace(bound.record, mechanism=mechanism))


def test_every_column_is_documented(written: Path) -> None:
    page = (rules.ROOT / "docs" / "reference" / "petab.md").read_text("utf-8")
    standard = {*PARAMETER_COLUMNS, *CONDITION_COLUMNS, *EXPERIMENT_COLUMNS, *MEASUREMENT_COLUMNS}
    standard |= {"parameterName", "observableName", "observableFormula", "noiseFormula", "noisePlaceholders"}
    for path in sorted(written.glob("*.tsv")):
        for column in path.read_text("utf-8").split("\n")[0].split("\t"):
            assert column in standard or f"`{column}`" in page, (path.name, column)


numbers = st.floats(0.001, 1e6)
leaves = st.one_of(numbers, st.sampled_from(["a", "b", "c"]))
trees = st.recursive(leaves, lambda inner: st.tuples(st.sampled_from("+-*/"), inner, inner), max_leaves=12)
Tree = float | str | tuple[str, "Tree", "Tree"]


@given(trees, st.fixed_dictionaries({name: st.floats(0.5, 2.0) for name in "abc"}))
def test_a_formula_says_what_arithmetic_does(tree: Tree, values: dict[str, float]) -> None:
    try:
        expected = work(tree, lambda leaf: values[leaf] if isinstance(leaf, str) else leaf)
    except (ZeroDivisionError, OverflowError):
        return
    formula = make_formula(work(tree, lambda leaf: Formula(leaf) if isinstance(leaf, str) else leaf))
    assert eval(formula.text, {"__builtins__": {}}, values) == expected


def work(tree: Tree, leaf: Callable[[float | str], object]) -> object:
    if not isinstance(tree, tuple):
        return leaf(tree)
    first, second = work(tree[1], leaf), work(tree[2], leaf)
    does: dict[str, Callable[[object, object], object]] = {
        "+": lambda a, b: a + b,  # type: ignore[operator]
        "-": lambda a, b: a - b,  # type: ignore[operator]
        "*": lambda a, b: a * b,  # type: ignore[operator]
        "/": lambda a, b: a / b,  # type: ignore[operator]
    }
    return does[tree[0]](first, second)
