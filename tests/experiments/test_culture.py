"""Protocols for what a user asks."""

import pytest

from mscape.atlas.record import Culture
from mscape.errors import UsageError
from mscape.experiments.bind import Bound
from mscape.experiments.culture import CULTURES, find_culture, find_msc, find_perturbations, make_protocol

CARRIERS = {
    "contact": "msc",
    "transwell": "msc",
    "relay": "msc",
    "conditioned medium": "medium",
    "exosome": "vesicles",
}


@pytest.mark.parametrize("culture", CULTURES)
def test_every_culture_ends_with_the_drug_for_the_hours_asked(culture: Culture) -> None:
    protocol = make_protocol(culture, 48.0)
    last = protocol.periods[-1]
    assert protocol.culture == culture
    assert (last.period, last.hours) == ("drug", 48.0)
    assert {"tumour", "drug", "perturbation"} <= set(last.contents)
    carriers = {"msc", "medium", "vesicles"} & set(last.contents)
    assert carriers == ({CARRIERS[culture]} if culture in CARRIERS else set())


def test_medium_is_made_by_msc_alone_before_it_is_transferred() -> None:
    first, last = make_protocol("conditioned medium", 48.0, share=0.25).periods
    assert first.contents == ("msc",)
    assert "msc" not in last.contents


def test_ratio_and_share_are_kept() -> None:
    protocol = make_protocol("contact", 24.0, ratio=0.2, share=0.7)
    assert (protocol.msc_per_tumour, protocol.medium_share) == (0.2, 0.7)


def test_an_unknown_culture_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UsageError, match="transwell"):
        make_protocol("spheroid", 48.0)  # type: ignore[arg-type]


def test_a_record_has_a_culture_with_msc(bound: Bound) -> None:
    assert find_culture(bound.record.mechanism) in CARRIERS


def test_msc_alone_are_no_culture_of_a_record(il6: Bound) -> None:
    made = make_protocol("conditioned medium", 48.0)
    alone = made.model_copy(update={"culture": "monoculture", "periods": made.periods[:1]})
    mechanism = il6.record.mechanism.model_copy(
        update={"protocols": (alone, make_protocol("transwell", 24.0))}
    )
    assert find_culture(mechanism) == "transwell"


def test_the_first_msc_is_taken_unless_another_is_named(il6: Bound) -> None:
    mechanism = il6.record.mechanism
    assert find_msc(mechanism) == "bc_msc"
    assert find_msc(mechanism, "bm_msc") == "bm_msc"
    for name in ("mcf7", "nobody", ""):
        with pytest.raises(UsageError, match="bc_msc"):
            find_msc(mechanism, name)


@pytest.mark.parametrize("name", ["anti-IL6", "anti_il6", " Anti IL6 "])
def test_a_perturbation_is_found_as_people_write_it(il6: Bound, name: str) -> None:
    assert find_perturbations(il6.record.mechanism, (name,)) == ("anti_il6",)


@pytest.mark.parametrize(
    ("name", "words"), [("anti-IL7", "not a perturbation"), ("anti-IL8", "acts on nothing")]
)
def test_a_perturbation_that_is_unknown_or_acts_on_nothing_is_refused(
    il6: Bound, name: str, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        find_perturbations(il6.record.mechanism, (name,))
