"""A minimal atlas of one record that breaks no rule, written to a folder of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mscape.atlas.load import Atlas, load_atlas

ID = "xu2018_breast_il6"
_MECHANISM = """\
id: xu2018_breast_il6
title: MSC-derived IL-6 protects breast cancer cells from cisplatin
claim:
  row: 5
  tumour: Breast cancer
  drug: Cisplatin
  mechanism: MSCs-derived IL-6 activating STAT3 pathway with the markedly decreasing expression of Bax.
  reference: Xu et al., 2018
  tumour_terms: ['mondo:0007254']
  drug_terms: ['chebi:27899']
  signal_terms: ['uniprot:P05231']
paper: xu2018
verdict:
  verdict: partly
  basis: abstract
  reason: The abstract has the chain and does not name Bax.
  differs:
  - Bax is the table's word alone.
curation:
  access: abstract
  curated: '2026-11-23'
  curators: [founders]
  reviewed_by: [reader]
summary: Medium of MSC lowered the death of MCF-7 under cisplatin.
ports:
  used: [P5]
  reason: STAT3 raises the death threshold.
entities:
- id: msc
  kind: cell
  label: MSC
  term: cl:0000134
- id: il6
  kind: protein
  label: IL-6
  term: uniprot:P05231
- id: death
  kind: process
  label: death
cells:
- id: mcf7
  role: tumour
  label: MCF-7
- id: bcmsc
  role: msc
  label: MSC of a breast tumour
  state: primed
drugs: [cisplatin]
needs: [il6]
steps:
- id: msc_il6
  source: msc
  effect: increases
  target: il6
  relation: secretes
  evidence:
  - paper: xu2018
    where: abstract
    direction: supports
    directness: direct
    system: in vitro
    standing: own result
- id: il6_death
  source: il6
  effect: decreases
  target: death
  relation: protects
  evidence:
  - paper: xu2018
    where: abstract
    direction: supports
    directness: one inference away
    system: in vitro
    standing: own result
readouts:
- id: il6_level
  label: IL-6 in medium
  kind: cytokine
  entity: il6
  observable: il6_medium
perturbations:
- id: anti_il6
  label: antibody to IL-6
  kind: neutralising antibody
  target: il6
  parameters: [il6_free]
  value: 0.1
  low: 0.01
  high: 0.3
  source: 'assumed: typical at 1 µg/mL'
- id: isotype
  label: isotype antibody
  kind: control
  target: il6
  source: xu2018
protocols:
- id: medium_then_drug
  culture: conditioned medium
  periods:
  - period: medium made
    contents: [msc]
    hours: null
  - period: drug
    contents: [tumour, medium, drug, perturbation]
    hours: 48
  medium_share: 0.5
gates:
- id: occupancy
  question: Does enough IL-6 arrive?
  quantity: IL-6
  unit: nM
  available: il6_secretion * msc_count * hours / volume
  needed: (0.1 + 0) * il6r_Kd ** 1
misses:
  drug_kills: The model kills too few.
gaps:
- Doses were searched and not found.
"""
_PARAMETERS = """\
parameter\tvalue\tunit\tlow\thigh\tdistribution\tsource\tnote
il6_secretion\t6000\tper_h\t600\t60000\tloguniform\tassumed\ttypical range of MSC
il6r_Kd\t0.34\tnM\t0.13\t0.64\tlognormal\txu2018\t
capacity\t1\titem\t\t\tfixed\tdefinition\t
"""
_OBSERVATION_COLUMNS = (
    "observation arm protocol tumour msc drug dose dose_unit perturbation readout value unit paper where"
    " provenance group"
).split()
_ARMS = [
    "death drug medium_then_drug mcf7 - cisplatin 10 uM - apoptosis 30 % xu2018 abstract primary-abstract R",
    "death drug_msc medium_then_drug mcf7 bcmsc cisplatin 10 uM - apoptosis 15 %"
    " xu2018 abstract primary-abstract R",
    "death drug_msc_anti medium_then_drug mcf7 bcmsc cisplatin 3 ug/mL anti_il6 apoptosis - -"
    " xu2018 abstract primary-abstract R",
    "growth none medium_then_drug mcf7 - - - - - colour - - burt2019 abstract related O",
    "growth msc - mcf7 - - - - - colour - - burt2019 abstract related O",
]
_CONTRASTS = """\
contrast\tobservation\tkind\treadout\tarm\tversus\tunprotected\tvalue\tstep\tpaper\tscope\treason
msc_protects\tdeath\tdown\tapoptosis\tdrug_msc\tdrug\t\t\til6_death\txu2018\tin\t
half\tdeath\tvalue\tapoptosis\tdrug_msc\tdrug\t\t0.5\t\txu2018\tin\t
partly_back\tdeath\tpartial\tapoptosis\tdrug_msc_anti\tdrug_msc\tdrug\t\tmsc_il6\txu2018\tin\t
drug_kills\tdeath\tordered\tapoptosis\tdrug;drug_msc_anti;drug_msc\t\t\t\t\txu2018\tin\t
colour_up\tgrowth\tup\tcolour\tmsc\tnone\t\t\t\tburt2019\tout\tquantity not in the chassis
"""
_SHARED = {
    "terms.tsv": """\
kind\tcurie\tlabel\tsource\tlicence\tnote
disease\tmondo:0007254\tbreast cancer\tMONDO\tCC-BY-4.0\t
chemical\tchebi:27899\tcisplatin\tChEBI\tCC-BY-4.0\t
protein\tuniprot:P05231\tIL6_HUMAN\tUniProt\tCC-BY-4.0\t
cell type\tcl:0000134\tmesenchymal stem cell\tCL\tCC-BY-4.0\t
""",
    "papers.tsv": (
        "paper\tauthors\tyear\tseen\nxu2018\tXu H\t2018\tabstract\nburt2019\tBurt R\t2019\tabstract\n"
    ),
    "curators.tsv": "curator\tname\torcid\nfounders\tThe founders\t\nreader\tA Reader\t0000-0002-1825-0097\n",
    "drugs.tsv": (
        "drug\tlabel\tterm\tdrug_class\tmolar_mass\thalf_life\thalf_life_low\thalf_life_high\tpump_substrate\t"
        "source\ncisplatin\tcisplatin\tchebi:27899\tplatinum\t300\t10\t1\t20\t0\txu2018\n"
    ),
    "drug_classes.tsv": (
        "drug_class\tparameter\tvalue\tunit\tlow\thigh\tdistribution\tsource\tnote\n"
        "platinum\tkill_max\t0.1\tper_h\t0.01\t1\tlognormal\tassumed\twide\n"
    ),
    "motifs/parameters.tsv": _PARAMETERS.splitlines()[0] + "\n",
    "motifs/tiny.ant": "// a motif\n",
}


def _write_arms() -> str:
    groups = {"R": "row paper", "O": "other papers"}
    lines = ["\t".join(_OBSERVATION_COLUMNS)]
    for arm in _ARMS:
        cells = ["" if cell == "-" else groups.get(cell, cell) for cell in arm.split()]
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def write_atlas() -> Callable[[Path], Path]:
    """Write the minimal atlas into a folder and return the folder of its record."""

    def write(folder: Path) -> Path:
        record = folder / "mechanisms" / ID
        record.mkdir(parents=True)
        (folder / "motifs").mkdir()
        texts = {
            "mechanism.yaml": _MECHANISM,
            "model.ant": 'import "chassis.ant"\n',
            "parameters.tsv": _PARAMETERS,
            "observations.tsv": _write_arms(),
            "contrasts.tsv": _CONTRASTS,
        }
        for name, text in texts.items():
            (record / name).write_text(text, encoding="utf-8", newline="\n")
        for name, text in _SHARED.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
        return record

    return write


@pytest.fixture
def record_folder(tmp_path: Path, write_atlas: Callable[[Path], Path]) -> Path:
    """Folder of the minimal record; its atlas stands two levels above."""
    return write_atlas(tmp_path / "atlas")


@pytest.fixture(scope="session")
def tiny_atlas(tmp_path_factory: pytest.TempPathFactory, write_atlas: Callable[[Path], Path]) -> Atlas:
    """The minimal atlas, loaded."""
    folder = tmp_path_factory.mktemp("tiny") / "atlas"
    write_atlas(folder)
    return load_atlas(folder, alone=True)
