"""How good predictions of what was left out are, beside the prior and models without kinetics.

Only contrasts of a direction count: of an order or a part every record says the same, that it holds, so that
whoever always agrees would win.

A baseline gives an answer and no probability. It gets one from its hit rate h on all other mechanisms: h for
its answer, (1 - h) / 2 for each of the two others, with one hit and two misses added so that none is certain;
a third each where it cannot say. The ensemble and the prior are scored with the probabilities they give, and
once more by their likeliest answer in the same way as the baselines.

*Calibrated* is a second way, in which everyone learns from the other mechanisms what papers report where it
says this or that (they hardly ever report *no change*). An answer gets the share of each report among the
other mechanisms' contrasts with the same answer. Probabilities p become p^a, *no change* times e^b, scaled to
a sum of 1, with a and b fitted to the other mechanisms (Platt's way for three answers).

Source: Gneiting and Raftery 2007, doi 10.1198/016214506000001437, for the log score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mscape.experiments.bind import Bound
from mscape.experiments.graph import BASELINES
from mscape.experiments.score import group_arms
from mscape.inference.forecast import DIRECTIONS
from mscape.inference.leave_out import LeftOut, list_baseline_answers
from mscape.inference.likelihood import list_scored

Array = NDArray[np.float64]
Interval = tuple[float, float, float]  # value, 5th and 95th percentile

ENSEMBLE, PRIOR = "ensemble", "prior"
_ANSWERS = {"ensemble's answer": ENSEMBLE, "prior's answer": PRIOR}
PREDICTORS = (ENSEMBLE, PRIOR, *_ANSWERS, *BASELINES)
_RESAMPLES = 1000
_SEED = 20210520


@dataclass(frozen=True)
class Answered:
    """An answer beside the report: what hit rates are made of."""

    mechanism: str
    predictor: str
    answer: str
    reported: str


@dataclass(frozen=True)
class Skill:
    """How one predictor did on a set of left-out contrasts.

    Parameters
    ----------
    predictor
        One of `PREDICTORS`.
    contrasts, papers
        How many it was asked about, and from how many papers.
    log_score
        Mean log2 probability of what was reported, bits a contrast: 0 is perfect, -1.58 a guess among three.
    right
        Share of contrasts whose likeliest answer is the report.
    behind
        By how many bits a contrast it is behind the ensemble; below 0 the ensemble is behind. None for the
        ensemble itself.
    calibrated, calibrated_behind, calibrated_right
        The same three with everyone calibrated on the other mechanisms; None where there is no other.

    Intervals are 5th and 95th percentile over papers drawn anew.
    """

    predictor: str
    contrasts: int
    papers: int
    log_score: Interval
    right: Interval
    behind: Interval | None
    calibrated: Interval | None
    calibrated_behind: Interval | None
    calibrated_right: Interval | None


@dataclass(frozen=True)
class Validation:
    """Skill for each way of leaving out: over everything, and by mechanism."""

    scheme: str
    overall: tuple[Skill, ...]
    by_mechanism: dict[str, tuple[Skill, ...]]


def answer_baselines(bound: Bound) -> tuple[Answered, ...]:
    """List the baselines' answers on every contrast of a mechanism that has a direction."""
    arms = group_arms(bound)
    return tuple(
        Answered(bound.id, name, answer, row.kind)
        for row in list_scored(bound)
        if row.kind in DIRECTIONS
        for name, answer in list_baseline_answers(bound, row, arms).items()
        if answer
    )


def list_answered(rows: Iterable[LeftOut]) -> tuple[Answered, ...]:
    """List every answer that is given without a probability."""
    found = []
    for row in rows:
        if row.reported not in DIRECTIONS:
            continue
        answers: dict[str, str | None] = dict(row.baselines)
        answers["ensemble's answer"] = row.ensemble.predicted
        answers["prior's answer"] = row.prior.predicted
        found += [Answered(row.mechanism, key, a, row.reported) for key, a in answers.items() if a]
    return tuple(found)


def validate_predictions(rows: Sequence[LeftOut], others: Sequence[Answered] = ()) -> tuple[Validation, ...]:
    """Total predictions of what was left out.

    Parameters
    ----------
    rows
        Contrasts, each predicted without its group.
    others
        Answers on mechanisms that are not among them, to learn hit rates from.
    """
    found = []
    for scheme in dict.fromkeys(row.scheme for row in rows):
        part = [row for row in rows if row.scheme == scheme and row.reported in DIRECTIONS]
        scored = _score(part, (*list_answered(part), *others))
        ids = dict.fromkeys(row.mechanism for row in part)
        by_mechanism = {
            key: _total(part, scored, np.array([row.mechanism == key for row in part])) for key in ids
        }
        found.append(Validation(scheme, _total(part, scored, np.ones(len(part), bool)), by_mechanism))
    return tuple(found)


@dataclass(frozen=True)
class _Scored:
    """Log score and whether right, as said and once calibrated, each shape (contrast,)."""

    log_score: Array
    right: Array
    calibrated: Array | None = None
    calibrated_right: Array | None = None


def _score(rows: Sequence[LeftOut], answered: Sequence[Answered]) -> dict[str, _Scored]:
    found = {name: _score_chances(rows, name) for name in (ENSEMBLE, PRIOR)}
    known = Counter((a.predictor, a.mechanism, a.answer, a.reported) for a in answered)
    ids = {row.mechanism for row in rows}
    for name in (*_ANSWERS, *BASELINES):
        if any(a.predictor == name and {a.mechanism} != ids for a in answered):
            tables = {key: _count_others(known, name, key) for key in ids}
            found[name] = _score_answers(rows, name, tables)
    return found


def _score_chances(rows: Sequence[LeftOut], name: str) -> _Scored:
    said = [row.ensemble if name == ENSEMBLE else row.prior for row in rows]
    chances = np.array([[one.chances[answer] for answer in DIRECTIONS] for one in said]).reshape(-1, 3)
    reported = np.array([DIRECTIONS.index(row.reported) for row in rows], dtype=int)
    right = [float(one.predicted == row.reported) for one, row in zip(said, rows, strict=True)]
    owners = np.array([row.mechanism for row in rows])
    log = np.log2(chances[np.arange(len(rows)), reported])
    if len(set(owners)) < 2:
        return _Scored(log, np.array(right))
    turned = np.zeros_like(chances)
    for key in set(owners):
        own = owners == key
        turned[own] = apply_calibration(chances[own], fit_calibration(chances[~own], reported[~own]))
    calibrated = np.log2(turned[np.arange(len(rows)), reported])
    return _Scored(log, np.array(right), calibrated, (turned.argmax(axis=1) == reported).astype(float))


def fit_calibration(chances: Array, reported: NDArray[np.int64]) -> tuple[float, float]:
    """Fit the power and the weight of *no change* that make probabilities agree best with reports.

    Parameters
    ----------
    chances
        Shape (contrast, answer), in the order of `DIRECTIONS`.
    reported
        Which answer was reported, shape (contrast,).

    Returns
    -------
    tuple
        a, and b: drawn a little to 1 and 0, so that few contrasts do not decide.
    """
    from scipy.optimize import minimize

    def lose(place: Array) -> float:
        turned = apply_calibration(chances, (float(np.exp(place[0])), float(place[1])))
        hits = np.log(turned[np.arange(len(reported)), reported])
        return float(-hits.sum() + 0.5 * place[0] ** 2 + 0.5 * (place[1] / 2) ** 2)

    found = minimize(lose, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-6})
    return float(np.exp(found.x[0])), float(found.x[1])


def apply_calibration(chances: Array, calibration: tuple[float, float]) -> Array:
    """Return calibrated probabilities, shape as given."""
    power, weight = calibration
    logs = power * np.log(chances) + weight * np.array([0.0, 1.0, 0.0])
    turned = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(turned / turned.sum(axis=1, keepdims=True))


def _score_answers(rows: Sequence[LeftOut], name: str, tables: Mapping[str, Array]) -> _Scored:
    answers = [_answer(row, name) for row in rows]
    chances = [
        _read_chances(tables[row.mechanism], answer, row.reported)
        for row, answer in zip(rows, answers, strict=True)
    ]
    found = np.array(chances).reshape(-1, 3)
    right = np.array([float(a == row.reported) for a, row in zip(answers, rows, strict=True)])
    return _Scored(np.log2(found[:, 0]), right, np.log2(found[:, 1]), found[:, 2])


def _answer(row: LeftOut, name: str) -> str | None:
    if name in BASELINES:
        return row.baselines.get(name)
    return (row.ensemble if _ANSWERS[name] == ENSEMBLE else row.prior).predicted


def _count_others(known: Mapping[tuple[str, str, str, str], int], name: str, mechanism: str) -> Array:
    """Count answers against reports on all other mechanisms, shape (answer, report)."""
    table = np.zeros((len(DIRECTIONS), len(DIRECTIONS)))
    for (predictor, key, answer, reported), number in known.items():
        if predictor == name and key != mechanism:
            table[DIRECTIONS.index(answer), DIRECTIONS.index(reported)] += number
    return table


def _read_chances(table: Array, answer: str | None, reported: str) -> tuple[float, float, float]:
    """Return a report's probability by the hit rate and by this answer, and whether it is then likeliest."""
    kinds = len(DIRECTIONS)
    if answer is None:
        return 1 / kinds, 1 / kinds, 0.0
    hit = (np.trace(table) + 1) / (table.sum() + kinds)
    row = table[DIRECTIONS.index(answer)]
    by_answer = (row[DIRECTIONS.index(reported)] + 1) / (row.sum() + kinds)
    chance = float(hit if answer == reported else (1 - hit) / (kinds - 1))
    return chance, float(by_answer), float(DIRECTIONS[int(row.argmax())] == reported)


def _total(
    rows: Sequence[LeftOut], scored: Mapping[str, _Scored], chosen: NDArray[np.bool_]
) -> tuple[Skill, ...]:
    if not chosen.any():
        return ()
    names, papers = np.unique([row.paper for row in rows], return_inverse=True)
    papers = papers[chosen]
    weights = _resample_papers(len(names))

    def average(values: Array | None, less: Array | None = None) -> Interval | None:
        if values is None:
            return None
        return average_papers(values[chosen] - (0 if less is None else less[chosen]), papers, weights)

    own = scored[ENSEMBLE]
    found = []
    for name, item in scored.items():
        both = own.calibrated is not None and item.calibrated is not None and name != ENSEMBLE
        found.append(
            Skill(
                predictor=name,
                contrasts=int(chosen.sum()),
                papers=len(np.unique(papers)),
                log_score=average_papers(item.log_score[chosen], papers, weights),
                right=average_papers(item.right[chosen], papers, weights),
                behind=None if name == ENSEMBLE else average(own.log_score, item.log_score),
                calibrated=average(item.calibrated),
                calibrated_behind=average(own.calibrated, item.calibrated) if both else None,
                calibrated_right=average(item.calibrated_right),
            )
        )
    return tuple(found)


def _resample_papers(count: int) -> Array:
    """Return how often each paper is drawn in each resample, shape (resample, paper)."""
    random = np.random.Generator(np.random.Philox(key=_SEED))
    return random.multinomial(count, np.full(count, 1 / count), _RESAMPLES).astype(float)


def average_papers(values: Array, papers: NDArray[np.int64], weights: Array) -> Interval:
    """Average values of contrasts, with an interval that draws whole papers anew.

    Parameters
    ----------
    values, papers
        Shape (contrast,); the number of each one's paper.
    weights
        How often each paper is drawn, shape (resample, paper).
    """
    total = np.bincount(papers, weights=values, minlength=weights.shape[1])
    number = np.bincount(papers, minlength=weights.shape[1]).astype(float)
    drawn = weights @ number
    spread = (weights @ total)[drawn > 0] / drawn[drawn > 0]
    low, high = np.percentile(spread, [5, 95])
    return float(values.mean()), float(low), float(high)
