"""A second drug in the well: its own way through medium and cell, on the same chassis.

How two drugs meet in the cell is what a record cannot say, so it is one rule, stated here. Drugs of one class
share their target: their effects on it add up before damage is done, and a drug with itself is more of the
drug. Drugs of two classes do damage of their own, and each damage kills at a rate of its own; the rates add
up, growth is slowed by both, and whatever answers to damage answers to the sum. Cells that neither grow nor
come to rest would then die as Bliss' independence says.

What protects from the first drug protects from the second by the same ports (breakdown in the medium, efflux
as far as it is a substrate, target, damage, death threshold).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from mscape.errors import ModelError, UsageError
from mscape.experiments.bench import Bench
from mscape.experiments.bind import Array, Bound, make_variant, sample_values
from mscape.ids import require_known
from mscape.network.motif import expand_motifs, find_defined
from mscape.network.sbml import read_antimony

LEVEL = "second_drug"  # the species that a dose sets, in units of the potency
_NEW = ("second_", "first_", "resting_hazard")  # names a second drug brings; others it defines anew
_OWN = ("drug_loss", "drug_influx", "pump_substrate")
_OF_ITS_CLASS = (
    "damage_rate", "kill_max", "kill_hill", "cytostatic_max", "cytostatic_half", "g0_share",
)  # fmt: skip
_IN_THE_WELL = """\
species second_drug in medium, second_cell in tumour_cell
second_fold := p2_max^(port_sign * p2_signal * second_pump_substrate)
second_fold has dimensionless
second_lost: second_drug => ; second_drug_loss * p1_fold * second_drug * medium
second_into_msc: second_drug => ; msc_drug_sink * n_msc * second_drug
second_entry := second_drug_influx * (second_drug - second_fold * second_cell)
second_taken: second_drug => ; second_entry * tumour_cell * n_tumour
second_kept: => second_cell; second_entry * tumour_cell
second_drug_loss = 1
second_drug_loss has per_h
second_drug_influx = 1
second_drug_influx has per_h
second_pump_substrate = 0
second_pump_substrate has dimensionless
"""
_ONE_DAMAGE = """\
drug_effect := (drug_cell + second_cell) / potency
"""
_TWO_DAMAGES = """\
second_effect := second_cell / potency
second_effect has dimensionless
second_engaged := second_effect / (1 + (p3_fold - 1) * (1 + second_effect))
second_engaged has dimensionless
first_damage' = damage_rate * (engaged / p4_fold - first_damage)
first_damage has dimensionless
second_damage' = second_damage_rate * (second_engaged / p4_fold - second_damage)
second_damage has dimensionless
damage := first_damage + second_damage
harm := first_damage + 0.000001
second_harm := second_damage + 0.000001
second_harm has dimensionless
first_hazard := kill_max * harm^kill_hill / (harm^kill_hill + p5_fold^kill_hill)
first_hazard has per_h
second_power := second_harm^second_kill_hill
second_power has dimensionless
second_hazard := second_kill_max * second_power / (second_power + p5_fold^second_kill_hill)
second_hazard has per_h
hazard := first_hazard + second_hazard
first_stasis := cytostatic_max * harm^kill_hill / (harm^kill_hill + cytostatic_half^kill_hill)
first_stasis has dimensionless
second_half := second_cytostatic_half^second_kill_hill
second_half has dimensionless
second_stasis := second_cytostatic_max * second_power / (second_power + second_half)
second_stasis has dimensionless
cytostasis := 1 - (1 - first_stasis) * (1 - second_stasis)
resting_hazard := first_hazard * g0_share + second_hazard * second_g0_share
resting_hazard has per_h
kill_g0: tumour_g0 => tumour_dying; (death_basal / p5_fold + resting_hazard) * tumour_g0
second_damage_rate = 1
second_damage_rate has per_h
second_kill_max = 0
second_kill_max has per_h
second_kill_hill = 1
second_kill_hill has dimensionless
second_cytostatic_max = 0
second_cytostatic_max has dimensionless
second_cytostatic_half = 1
second_cytostatic_half has dimensionless
second_g0_share = 1
second_g0_share has dimensionless
"""  # fmt: skip


@dataclass(frozen=True)
class SecondDrug:
    """A drug beside the one that an arm names.

    Parameters
    ----------
    bound
        The record with a model that holds both; what the second drug brings is not among its priors.
    drug
        The second drug's key.
    shares_target
        Whether it is of the first drug's class, so that both do one damage.
    """

    bound: Bound
    drug: str
    shares_target: bool

    def sample(self, bench: Bench, line: str | None) -> dict[str, Array]:
        """Draw what the second drug brings, shape (draw,) each.

        A parameter of a class stands at the same place of its range for both drugs, draw by draw: they meet
        the same cell. So two drugs of one class, or a drug and itself, have the same numbers.
        """
        drawn = sample_values(make_variant(bench.bound, self.drug, line), bench.seed, bench.draws)
        names = _OWN if self.shares_target else (*_OWN, *_OF_ITS_CLASS)
        return {f"second_{name}": drawn[name] for name in names}


def add_drug(bound: Bound, first: str, second: str) -> SecondDrug:
    """Add a second drug to a bound model.

    Parameters
    ----------
    bound
        A record, or a niche, and its model.
    first
        The drug that arms name.
    second
        The drug to add; it may be the same.

    Raises
    ------
    UnknownIdError
        A drug that is not in the atlas.
    UsageError
        The model has a second drug already.
    ModelError
        The model is not on the chassis: what a second drug changes is not there.
    """
    drugs = bound.atlas.drugs
    for name in (first, second):
        require_known(name, drugs, kind="drug")
    if LEVEL in bound.network.inputs:
        raise UsageError(bound.id, "a model with two drugs", "a model with one", "add the drug to that")
    shares = drugs[first].drug_class == drugs[second].drug_class
    text = write_second_drug(expand_motifs(bound.record.model, bound.atlas.motifs), shares_target=shares)
    network = read_antimony(text, {}, bound.id)
    known = {name: prior.value for name, prior in bound.priors.items() if name in network.inputs}
    return SecondDrug(replace(bound, network=network.with_values(known)), second, shares)


def write_second_drug(flat: str, *, shares_target: bool) -> str:
    """Return flat Antimony of the chassis with a second drug in it.

    Parameters
    ----------
    flat
        As `mscape.network.motif.expand_motifs` returns it.
    shares_target
        Whether both drugs do one damage.

    Raises
    ------
    ModelError
        A statement that a second drug changes does not stand there once.
    """
    added = (_IN_THE_WELL + (_ONE_DAMAGE if shares_target else _TWO_DAMAGES)).splitlines()
    ours = {find_defined(line) for line in added} - {None}
    own = {name for name in ours if name is not None and not name.startswith(_NEW)}
    kept, dropped = [], []
    for line in flat.splitlines():
        defined = find_defined(line)
        if defined in own:
            dropped.append(defined)
        else:
            kept.append(line)
    if sorted(map(str, dropped)) != sorted(own):
        missing = ", ".join(sorted(own - set(dropped))) or "a name defined twice"
        raise ModelError("a second drug", f"no {missing} in the model", "a model on the chassis", "report it")
    return "\n".join([*kept, *(f"{line};" for line in added)]) + "\n"
