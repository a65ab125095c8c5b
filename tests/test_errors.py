import pickle

import pytest

from mscape.errors import (
    AtlasError,
    DataError,
    ExtraError,
    Faults,
    FormatError,
    ModelError,
    MscapeError,
    OutputError,
    SolveError,
    UnknownIdError,
    UsageError,
    raise_faults,
)

EXIT_CODES = {
    UsageError: 2,
    DataError: 3,
    FormatError: 3,
    UnknownIdError: 4,
    AtlasError: 4,
    ModelError: 5,
    SolveError: 5,
    ExtraError: 6,
    OutputError: 7,
}


def test_every_error_has_its_documented_exit_code() -> None:
    found = {kind: kind.exit_code for kind in MscapeError.__subclasses__() if kind is not Faults}
    assert found == EXIT_CODES


def test_message_has_four_parts_on_one_line() -> None:
    error = DataError("a.tsv line 7", "dose_unit 'uM/L'\nis wrong", "nM or uM", "write 'uM'")
    assert str(error) == "a.tsv line 7: dose_unit 'uM/L' is wrong; expected nM or uM; write 'uM'"


def test_empty_parts_leave_no_trace() -> None:
    assert str(ModelError("xu2018", "no species")) == "xu2018: no species"


@pytest.mark.parametrize(
    "error", [SolveError("a", "b", "c", "d"), Faults([DataError("a", "b"), OutputError("c", "d")])]
)
def test_errors_survive_the_way_back_from_a_worker_process(error: MscapeError) -> None:
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), str(back), back.exit_code) == (type(error), str(error), error.exit_code)


def test_faults_show_every_error_and_end_with_the_lowest_code() -> None:
    faults = Faults([ModelError("m", "x"), Faults([AtlasError("r", "y"), DataError("f", "z")])])
    assert str(faults) == "m: x\nr: y\nf: z"
    assert faults.exit_code == 3
    assert len(faults.errors) == 3


def test_faults_need_an_error() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Faults([])


def test_raising_what_was_collected_depends_on_how_many() -> None:
    raise_faults([])
    one = DataError("a", "b")
    with pytest.raises(DataError) as caught:
        raise_faults(iter([one]))
    assert caught.value is one
    with pytest.raises(Faults):
        raise_faults([one, DataError("c", "d")])
