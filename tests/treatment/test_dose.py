"""What is given: free exposure where it is known, else the papers' dose, else ten potencies."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mscape.atlas.load import Atlas
from mscape.treatment.dose import Basis, find_span, place_within, sample_left, sample_potency, sample_span
from tests.treatment.conftest import add_intervention

ACTS = {"parameters": "stat3_jak", "how": "inhibition", "potency": 2, "unit": "nM", "left": 0.1}
REACHED = {"total": 30.0, "low": 10.0, "high": 60.0, "unbound": 0.5}
KNOWN = {**REACHED, "unit": "nM"}


def test_trough_of_an_antibody_counts_and_is_what_the_label_says(atlas: Atlas) -> None:
    span = find_span(atlas, "siltuximab")
    assert span is not None
    assert span.basis == Basis.REACHED
    assert span.told.startswith("trough")
    assert (span.low, span.value, span.high) == pytest.approx((124.1, 579.3, 1034.5), rel=1e-3)  # 84 ug/mL


def test_unknown_exposure_is_the_papers_dose_of_the_same_ligands_antibody(atlas: Atlas) -> None:
    span = find_span(atlas, "fresolimumab", ["han2014_hcc_tgfb"])
    assert span is not None
    assert (span.basis, span.low, span.value, span.high) == (Basis.PAPERS, 6.7, 33.0, 67.0)
    nowhere = find_span(atlas, "fresolimumab", ["xu2018_breast_il6"])
    assert nowhere is not None
    assert nowhere.basis == Basis.TENFOLD


def test_unknown_exposure_is_ten_times_the_smallest_potency(atlas: Atlas) -> None:
    weaker = {**ACTS, "parameters": "stat5_jak", "potency": 900}
    span = find_span(add_intervention(atlas, "a", weaker, ACTS), "a")
    assert span is not None
    assert span.basis == Basis.TENFOLD
    assert span.value == pytest.approx(20.0)


def test_a_silencing_has_no_concentration(atlas: Atlas) -> None:
    assert find_span(atlas, "si_stat3") is None
    row = atlas.interventions.find_actions("si_stat3")[0]
    assert sample_potency(atlas, row, 0, 1, 5) is None
    left = sample_left(row, 0, 1, 500)
    assert 0.1 <= left.min() < 0.2
    assert 0.4 < left.max() <= 0.5
    assert np.median(left) == pytest.approx(0.3, abs=0.03)


@given(
    middle=st.floats(1e-3, 1e6),
    below=st.floats(0.0, 1.0),
    above=st.floats(1.0, 1e3),
    uniform=st.lists(st.floats(0.0, 1.0), min_size=2, max_size=9),
)
def test_draws_stay_within_the_range_and_half_lie_below_the_middle(
    middle: float, below: float, above: float, uniform: list[float]
) -> None:
    places = np.sort(np.array(uniform))
    values = place_within((below * middle, middle, above * middle), places)
    assert (np.diff(values) >= -1e-9 * values[1:]).all()
    assert (values >= below * middle * (1 - 1e-9)).all()
    assert (values <= above * middle * (1 + 1e-9)).all()
    assert (values[places < 0.5] <= middle * (1 + 1e-9)).all()


@pytest.mark.parametrize(("unit", "factor"), [("uM", 1e-3), ("mM", 1e-6)])
def test_concentrations_do_not_depend_on_the_unit(atlas: Atlas, unit: str, factor: float) -> None:
    plain = add_intervention(atlas, "a", ACTS, exposure=KNOWN)
    scaled = {key: factor * REACHED[key] for key in ("total", "low", "high")}
    written = add_intervention(atlas, "a", ACTS, exposure={**KNOWN, **scaled, "unit": unit})
    spans = [find_span(each, "a") for each in (plain, written)]
    drawn = [sample_span(span, "a", 3, 50) for span in spans if span is not None]
    np.testing.assert_allclose(drawn[0], drawn[1], rtol=1e-12)
    assert drawn[0].min() >= 5.0
    assert drawn[0].max() <= 30.0
