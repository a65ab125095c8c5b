"""A report of one real record with made-up scores: what is tested is the page, not the model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from mscape.atlas.load import Atlas, load_atlas
from mscape.atlas.match import match_claims
from mscape.atlas.row import ContrastRow
from mscape.atlas.table import read_seed_table
from mscape.experiments.dose_response import Curve, DoseResponse
from mscape.experiments.gate import GateResult
from mscape.experiments.score import ArmReading, Scored
from mscape.experiments.total import total_scores
from mscape.report.build import ReportData, make_report_data
from mscape.report.evidence_page import Evidence
from mscape.report.ranking_page import ComputedRanks
from mscape.store import Provenance
from tests.report.ensemble import make_evidence

ID = "xu2018_breast_il6"
OUTCOMES = (
    ("reproduced", "informative", 0.7),
    ("too small", "against", 0.0),
    ("reproduced", "built in", 1.0),
    ("opposite", "informative", 0.1),
)


@dataclass(frozen=True)
class Made:
    """The atlas with one record, and its scores."""

    atlas: Atlas
    scored: tuple[Scored, ...]

    def build(
        self,
        atlas: Atlas | None = None,
        scored: Sequence[Scored] | None = None,
        evidence: Evidence | None = None,
        ranks: ComputedRanks | None = None,
    ) -> ReportData:
        """Make report data of these, or of changed ones."""
        rows = tuple(self.scored if scored is None else scored)
        known = self.atlas if atlas is None else atlas
        records = [record.mechanism for record in known.records.values()]
        gate = GateResult(
            "g", "Enough?", "ligand", "nM", (0.1, 1.0, 9.0), (1.0, 2.0, 3.0), 0.2, "demanding", ("a",)
        )
        return make_report_data(
            known,
            match_claims(read_seed_table().claims, cast(Any, records)),
            {ID: rows},
            total_scores(rows),
            provenance=Provenance(atlas_hash="abc", seed=1),
            draws=100,
            gates={ID: (gate,)},
            doses={ID: (make_dose(),)},
            sbml={ID: "<sbml/>\n"},
            evidence={ID: evidence} if evidence else None,
            ranks=ranks,
        )


def make_dose() -> DoseResponse:
    """Make up a dose-response."""
    dose = np.logspace(0, 4, 5)
    band = np.array([[0.9, 0.8, 0.5, 0.2, 0.1], [1.0, 0.9, 0.6, 0.3, 0.1], [1.0, 1.0, 0.8, 0.5, 0.2]])
    curve = Curve(
        band, band, {"ic50": (1.0, 2.0, 3.0), "gr50": "above the top dose", "emax": (0.8, 0.9, 1.0)}
    )
    curves = {"without MSC": curve, "with MSC": curve}
    return DoseResponse(
        "cisplatin",
        "mcf7",
        "contact",
        72.0,
        dose,
        curves,
        "above the top dose",
        False,
        (),
        ("a stand-in",),
    )


def make_scored(row: ContrastRow, group: str, index: int) -> Scored:
    """Make up a score for a contrast."""
    outcome, class_, share = OUTCOMES[index % len(OUTCOMES)]
    shared: dict[str, Any] = {
        "mechanism": ID,
        "contrast": row.contrast,
        "observation": row.observation,
        "kind": row.kind,
        "readout": row.readout,
        "reported": "as reported",
        "paper": row.paper,
        "group": group,
        "step": row.step,
        "reason": row.reason,
        "tally": {},
        "effect_unit": "difference",
        "note": row.note,
    }
    if row.scope == "out":
        nothing: dict[str, Any] = dict.fromkeys(
            ("grid_share", "blind_share", "held_out_share", "share", "class_", "effect")
        )
        return Scored(**shared, **nothing, in_scope=False, outcome="out of scope", bits=0.0, baselines={})
    names = [name for name in (*row.arm, row.versus, row.unprotected) if name]
    return Scored(
        **shared,
        in_scope=True,
        outcome=outcome,
        grid_share=share,
        blind_share=share,
        held_out_share=share,
        share=share,
        class_=class_,
        bits=0.5 if class_ == "informative" else 0.0,
        effect=(0.1, 0.2, 0.3),
        baselines={"no stroma effect": False, "always protects": True, "signed graph": True},
        arms=tuple(ArmReading(name, 0.5, 0.2, 0.4 + 0.1 * i, 0.9) for i, name in enumerate(names)),
    )


@pytest.fixture(scope="session")
def made() -> Made:
    atlas = load_atlas()
    record = atlas.records[ID]
    groups = {row.observation: row.group for row in record.observations}
    rows = enumerate(record.contrasts)
    scored = tuple(make_scored(row, groups[row.observation], index) for index, row in rows)
    return Made(replace(atlas, records={ID: record}), scored)


@pytest.fixture(scope="session")
def data(made: Made) -> ReportData:
    return made.build()


@pytest.fixture(scope="session")
def evidence(made: Made) -> Evidence:
    """Return what a made-up ensemble of the record says."""
    return make_evidence([item for item in made.scored if item.in_scope])


@pytest.fixture(scope="session")
def informed(made: Made, evidence: Evidence) -> ReportData:
    """Return report data with what ensembles say."""
    return made.build(evidence=evidence)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "report"
