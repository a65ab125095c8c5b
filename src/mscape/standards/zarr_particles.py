"""Zarr v3: the ensemble of a mechanism, in a folder that xarray opens as a dataset.

``quantile`` over (particle, axis): where each particle is within the prior of each axis; ``margin`` over
(particle, contrast): by how many thresholds it reproduces what a paper reports; ``ancestor`` over (particle):
its family. Names of axes and contrasts, how the sampler went and the provenance are attributes. A digest of
the arrays tells a damaged folder.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mscape.errors import DataError
from mscape.experiments.prior import PriorWidth
from mscape.inference.fit import Ensemble
from mscape.inference.particle import Particles
from mscape.inference.smc import Stage
from mscape.standards.zarr_folder import replace_folder
from mscape.store import Provenance, to_plain

MARK = "mscape/particles/1"


@dataclass(frozen=True)
class StoredEnsemble:
    """An ensemble as read, and the digest of the record, priors and tables that it was fitted to."""

    ensemble: Ensemble
    record_hash: str


def write_particles(path: Path, ensemble: Ensemble, *, record_hash: str, provenance: Provenance) -> None:
    """Write an ensemble; the folder appears under its name only when it is whole.

    Parameters
    ----------
    path
        A folder that does not exist yet, or an ensemble written before, which is replaced.
    ensemble
        What is written.
    record_hash
        Of what it was fitted to (`mscape.standards.ensemble_cache.hash_bound`).
    provenance
        Stored with the arrays.

    Raises
    ------
    OutputError
        The folder cannot be written, the disk is full, or something else stands there; nothing is left.
    """
    import zarr

    arrays = _list_arrays(ensemble)
    facts = {
        "schema": MARK,
        "mechanism": ensemble.mechanism,
        "seed": ensemble.seed,
        "width": str(ensemble.width),
        "axes": sorted(ensemble.particles.axes),
        "contrasts": list(ensemble.contrasts),
        "log_evidence": ensemble.log_evidence,
        "log_evidence_error": ensemble.log_evidence_error,
        "stages": [asdict(stage) for stage in ensemble.stages],
        "record_hash": record_hash,
        "digest": _digest(arrays),
        "provenance": provenance.to_json(),
    }
    dimensions = {"quantile": ("particle", "axis"), "margin": ("particle", "contrast")}
    with replace_folder(path, MARK) as part:
        group: Any = zarr.open_group(part, mode="w-")
        for name, values in arrays.items():
            held = group.create_array(
                name,
                shape=values.shape,
                chunks=tuple(max(size, 1) for size in values.shape),
                dtype=str(values.dtype),
                dimension_names=dimensions.get(name, ("particle",)),
            )
            if values.size:
                held[:] = values
        group.attrs.update(to_plain(facts))


def read_particles(path: Path) -> StoredEnsemble:
    """Read an ensemble.

    Raises
    ------
    DataError
        There is no ensemble of a mechanism at this path, or it is damaged.
    """
    import zarr

    try:
        group: Any = zarr.open_group(path, mode="r")
        facts = dict(group.attrs)
    except (OSError, ValueError, KeyError) as error:
        raise _refuse(path, "no ensemble") from error
    if facts.get("schema") != MARK:
        raise _refuse(path, "no ensemble of a mechanism")
    try:
        arrays = {name: np.asarray(group[name][:]) for name in ("quantile", "margin", "ancestor")}
        ensemble = _build(facts, arrays)
        whole = _digest(_list_arrays(ensemble)) == facts["digest"]
        record_hash = str(facts["record_hash"])
    except Exception as error:  # whatever a damaged file makes its readers raise
        raise _refuse(path, "a damaged ensemble") from error
    if not whole:
        raise _refuse(path, "a damaged ensemble")
    return StoredEnsemble(ensemble, record_hash)


def _refuse(path: Path, found: str) -> DataError:
    advice = "check the path, or make it anew with mscape fit ID --out DIR"
    return DataError(str(path), found, "a folder that mscape fit wrote", advice)


def _list_arrays(ensemble: Ensemble) -> dict[str, NDArray[Any]]:
    axes = ensemble.particles.axes
    count = ensemble.particles.count
    stacked = np.stack([axes[name] for name in sorted(axes)], axis=1) if axes else np.zeros((count, 0))
    return {
        "quantile": stacked,
        "margin": np.asarray(ensemble.margins, dtype=np.float64),
        "ancestor": np.asarray(ensemble.ancestors, dtype=np.int64),
    }


def _digest(arrays: dict[str, NDArray[Any]]) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        values = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {values.shape} {values.dtype}\n".encode() + values.tobytes())
    return digest.hexdigest()


def _build(facts: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Ensemble:
    quantiles, count = arrays["quantile"], len(arrays["ancestor"])
    names = [str(name) for name in facts["axes"]]
    if quantiles.shape != (count, len(names)) or arrays["margin"].shape != (count, len(facts["contrasts"])):
        raise ValueError("arrays of other shapes than their names")
    seed = int(facts["seed"])
    axes = {name: np.ascontiguousarray(quantiles[:, i]) for i, name in enumerate(names)}
    return Ensemble(
        mechanism=str(facts["mechanism"]),
        seed=seed,
        particles=Particles(seed, count, axes),
        contrasts=tuple(str(name) for name in facts["contrasts"]),
        margins=arrays["margin"],
        log_evidence=float(facts["log_evidence"]),
        stages=tuple(Stage(**stage) for stage in facts["stages"]),
        log_evidence_error=float(facts["log_evidence_error"]),
        ancestors=arrays["ancestor"],
        width=PriorWidth(facts["width"]),
    )
