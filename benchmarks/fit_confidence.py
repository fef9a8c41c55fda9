"""Fit the confidence to labelled collections, and write it with its figures.

    python benchmarks/fit_confidence.py --apart COLLECTION --alike COLLECTION --note "what they are"

``--apart`` names a collection whose documents are about different subjects, ``--alike`` one whose
documents are about one; both may be repeated. Two logistic regressions are fitted: on the topic
(everything against out of scope) and on the answer (answerable against near misses); then, where
the topic is in doubt, how much words without a counterpart take from their product. In each, every
family of situations counts the same, and in it answerable questions, near misses and out-of-scope
ones as 2 : 1 : 1. Figures are of questions about documents that the coefficients were
not fitted on: two halves by document, each judged with the fit of the other.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from calibration import Figures, figures
from labelled import Collection
from qa_service.embedding.opening import prepare_embedder
from qa_service.embedding.protocol import Embedder
from qa_service.index.build import build_index
from qa_service.index.reader import open_index
from qa_service.retrieval.confidence import (
    UNMATCHED,
    Calibration,
    Doubt,
    Logistic,
)
from qa_service.retrieval.retriever import Retriever
from qa_service.retrieval.signals import ANSWER_SIGNALS, TOPIC_SIGNALS
from qa_service.settings import Settings
from remembering import RememberingEmbedder
from situations import (
    ANSWERABLE,
    ELSEWHERE,
    NEAR_MISS,
    OUT_OF_SCOPE,
    Asked,
    Situation,
    Source,
    situations,
    whole,
)
from tables import print_table

TARGET = Path(__file__).parents[1] / "src" / "qa_service" / "retrieval" / "confidence.json"
_SHARES = {ANSWERABLE: 0.5, NEAR_MISS: 0.25, OUT_OF_SCOPE: 0.25}
_ELSEWHERE_WEIGHT = 0.3  # of a near miss: whether such a question is on the topic is debatable
_REFUSED = 0.015  # of the answerable questions, at most, a family like another
_RIDGE = 1e-3
_DIGITS = 3
_DOUBT = (0.3, 0.95)  # probabilities of the topic between which a second look is taken
_STEEPEST = 150.0  # where no answerable question has such words, any steeper rate fits better

# Signals are read the same whatever the coefficients: the shipped ones may lack a new signal.
# A second look is taken at every question: which are in doubt is not known before the fit.
_NOTHING = Logistic(0.0, (), ())
_UNFITTED = Calibration(_NOTHING, _NOTHING, 0.0, Doubt(0.0, 1.0, 0.0))

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Observed:
    """One question in one situation, and the signals that retrieval read there."""

    situation: str
    family: str
    asked: Asked
    signals: Mapping[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--apart", action="append", default=[], type=Path)
    parser.add_argument("--alike", action="append", default=[], type=Path)
    parser.add_argument("--shared", action="append", default=[], metavar="DOCUMENT")
    parser.add_argument("--note", required=True, help="in words, what the collections are")
    parser.add_argument("--check", nargs=2, type=Path, metavar=("CORPUS", "QUESTIONS"))
    parser.add_argument("--dry-run", action="store_true", help="print, but write nothing")
    given = parser.parse_args()
    sources = [
        Source.read(Collection.load(folder), apart=apart, shared=given.shared)
        for apart, folders in ((True, given.apart), (False, given.alike))
        for folder in folders
    ]
    settings = Settings.create()
    embedder = RememberingEmbedder(prepare_embedder(settings))
    observed = [
        one
        for situation in situations(sources)
        for one in observe(situation, settings, embedder, given.shared)
    ]
    weights = weigh(observed)
    confidence = judge_apart(observed, weights)
    threshold = choose_threshold(observed, confidence)
    calibration = fit(observed, weights, threshold)
    rows = kept_apart(observed, weights, confidence, threshold)
    if given.check:
        check = observe(whole(Collection.of(*given.check)), settings, embedder, [])
        found = np.array([calibration.confidence(one.signals) for one in check])
        kinds = [one.asked.kind for one in check]
        rows["check, not fitted on"] = figures(kinds, found, np.ones(len(check)), threshold)
    print_table([{"situation": name} | row.shown() for name, row in rows.items()])
    print(f"threshold {threshold}\n{calibration.topic}\n{calibration.answer}\n{calibration.doubt}")
    if not given.dry_run:
        write(calibration, given, rows)


def observe(
    situation: Situation, settings: Settings, embedder: Embedder, shared: Sequence[str]
) -> list[Observed]:
    """Index the situation's documents in a temporary folder and ask what is asked there."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for name, text in situation.documents.items():
            (corpus / name).write_text(text, "utf-8")
        here = settings.model_copy(update={"corpus": corpus, "index": Path(folder, "index")})
        build_index(here, embedder)
        with Retriever(open_index(here.index), embedder, here, calibration=_UNFITTED) as retriever:
            embedder.embed([asked.question.text for asked in situation.asked])  # all at once
            return list(_answers(situation, retriever, shared))


def _answers(
    situation: Situation, retriever: Retriever, shared: Sequence[str]
) -> Iterator[Observed]:
    for asked in situation.asked:
        reply = retriever.retrieve(asked.question.text, top_k=1)
        if reply.signals is None:
            raise ValueError(f"{asked.question.id}: a reply without signals")
        if not (asked.foreign and reply.evidence[0].passage.document_id in shared):
            yield Observed(situation.name, situation.family, asked, reply.signals)


def weigh(observed: Sequence[Observed]) -> Floats:
    """Return ``(n,)`` weights adding up to 1: families alike, and in each the kinds by share."""
    plain = [_ELSEWHERE_WEIGHT if o.asked.kind == ELSEWHERE else 1.0 for o in observed]
    groups = [(o.family, _counted_as(o.asked.kind)) for o in observed]
    totals: dict[tuple[str, str], float] = {}
    for group, weight in zip(groups, plain, strict=True):
        totals[group] = totals.get(group, 0) + weight
    weights = np.array([_SHARES[g[1]] * w / totals[g] for g, w in zip(groups, plain, strict=True)])
    scaled: Floats = weights / weights.sum()
    return scaled


def _counted_as(kind: str) -> str:
    return NEAR_MISS if kind == ELSEWHERE else kind


def judge_apart(observed: Sequence[Observed], weights: Floats) -> Floats:
    """Return each question's confidence by the fit to the documents of the other half."""
    half = np.array([one.asked.half for one in observed])
    found = np.zeros(len(observed))
    for judged in (0, 1):
        others = [one for one in observed if one.asked.half != judged]
        calibration = fit(others, weights[half != judged])
        apart = [one for one in observed if one.asked.half == judged]
        found[half == judged] = [calibration.confidence(one.signals) for one in apart]
    return found


def fit(observed: Sequence[Observed], weights: Floats, threshold: float = 0.0) -> Calibration:
    """Return the calibration that fits these questions best."""
    kinds = [one.asked.kind for one in observed]
    on_topic = np.array([kind != OUT_OF_SCOPE for kind in kinds])
    answerable = np.array([kind == ANSWERABLE for kind in kinds])
    signals = [one.signals for one in observed]
    about = [one for one, near in zip(signals, on_topic, strict=True) if near]
    unsure = Calibration(
        _regress(TOPIC_SIGNALS, signals, on_topic, weights),
        _regress(ANSWER_SIGNALS, about, answerable[on_topic], weights[on_topic]),
        threshold,
        Doubt(*_DOUBT, 0.0),
    )
    looked = np.array([UNMATCHED in one and unsure.in_doubt(one) for one in signals])
    doubtful = [one for one, twice in zip(signals, looked, strict=True) if twice]
    first = np.array([unsure.confidence(one) for one in doubtful])
    unmatched = np.array([one[UNMATCHED] for one in doubtful])
    rate = _rate(first, unmatched, answerable[looked], weights[looked])
    return dataclasses.replace(unsure, doubt=Doubt(*_DOUBT, rate))


def _rate(first: Floats, unmatched: Floats, truth: Flags, weights: Floats) -> float:
    """Return the rate of `Doubt` under which the truth is likeliest, at most ``_STEEPEST``."""

    def loss(rate: float) -> float:
        found = first * np.exp(-rate * unmatched)
        return -float(weights @ np.log(np.where(truth, found, 1 - found)))

    return round(float(minimize_scalar(loss, bounds=(0, _STEEPEST), method="bounded").x), 1)


def _regress(
    names: Sequence[str], signals: Sequence[Mapping[str, float]], truth: Flags, weights: Floats
) -> Logistic:
    """Return a logistic regression on standardised signals, with a small ridge."""
    values = np.array([[one[name] for name in names] for one in signals])
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    inputs = np.column_stack([(values - mean) / spread, np.ones(len(values))])
    signs = np.where(truth, 1.0, -1.0)
    shares = weights / weights.sum()
    ridge = np.append(np.full(len(names), _RIDGE), 0)  # the intercept is free

    def loss(weights_: Floats) -> tuple[float, Floats]:
        margins = signs * (inputs @ weights_)
        slope = inputs.T @ (-shares * signs / (1 + np.exp(np.clip(margins, -500, 500))))
        penalty = float(ridge @ weights_**2)
        return float(shares @ np.logaddexp(0, -margins)) + penalty, slope + 2 * ridge * weights_

    found = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B").x
    coefficients = found[:-1] / spread
    intercept = round(float(found[-1] - mean @ coefficients), _DIGITS)
    return Logistic(intercept, tuple(names), tuple(round(float(c), _DIGITS) for c in coefficients))


def choose_threshold(observed: Sequence[Observed], confidence: Floats) -> float:
    """Return the highest threshold, in hundredths, that refuses few enough answerable questions."""
    families = sorted({one.family for one in observed})
    answerable = [
        confidence[[o.family == family and o.asked.kind == ANSWERABLE for o in observed]]
        for family in families
    ]
    steps = [step / 100 for step in range(1, 100)]
    return max(t for t in steps if np.mean([(c < t).mean() for c in answerable]) <= _REFUSED)


def kept_apart(
    observed: Sequence[Observed], weights: Floats, confidence: Floats, threshold: float
) -> dict[str, Figures]:
    """Return figures of each collection and its halves, each family, and everything together."""
    ends = (" whole", " half 0", " half 1")
    groups = {
        **{one.situation: one.situation for one in observed if one.situation.endswith(ends)},
        **{one.family: one.family for one in observed},
    }
    rows = {"everything": figures([o.asked.kind for o in observed], confidence, weights, threshold)}
    for group in groups:
        inside = np.array([group in (one.situation, one.family) for one in observed])
        kinds = [one.asked.kind for one, in_ in zip(observed, inside, strict=True) if in_]
        rows[group] = figures(kinds, confidence[inside], weights[inside], threshold)
    return rows


def write(calibration: Calibration, given: argparse.Namespace, rows: Mapping[str, Figures]) -> None:
    """Write ``confidence.json`` beside the module that reads it."""
    folders = ["--apart COLLECTION"] * len(given.apart) + ["--alike COLLECTION"] * len(given.alike)
    shared = [f"--shared {document}" for document in given.shared]
    doubt = calibration.doubt
    if doubt is None:
        raise ValueError("a calibration without what to do in doubt")
    content = {
        "topic": _plain(calibration.topic),
        "answer": _plain(calibration.answer),
        "doubt": dataclasses.asdict(doubt),
        "threshold": calibration.threshold,
        "note": f"Fitted on {given.note}; answerable questions, near misses and out-of-scope ones "
        "count as 2 : 1 : 1. Figures are of questions about documents kept apart.",
        "command": " ".join(
            ["python benchmarks/fit_confidence.py", *folders, *shared, f"--note '{given.note}'"]
        ),
        "figures": {name: row.shown() for name, row in rows.items()},
    }
    TARGET.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def _plain(factor: Logistic) -> dict[str, object]:
    coefficients = dict(zip(factor.names, factor.coefficients, strict=True))
    return {"intercept": factor.intercept, "coefficients": coefficients}


if __name__ == "__main__":
    main()
