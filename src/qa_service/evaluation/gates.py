"""Gates: the figures below which a build must fail.

``recall@3=0.95`` and ``recall@3>=0.95`` ask for at least 0.95; ``false_answer<=0.05`` for at most.
``recall@3[paraphrase]`` is one category; ``false_answer.near-miss`` one kind of unanswerable.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa_service.errors import EvaluationError
from qa_service.evaluation.catalogue import CATALOGUE, SPLIT_BY_KIND
from qa_service.evaluation.results import Evaluation

_FORM = re.compile(
    r"\s*(?P<name>[^\s=<>\[\].]+)(?:\.(?P<kind>[\w-]+)|\[(?P<category>[\w-]+)\])?"
    r"\s*(?P<sign><=|>=|=)\s*(?P<bound>\S+)\s*"
)
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Gate:
    """One bound on one metric, as written in ``text``."""

    text: str
    metric: str
    at_least: bool
    bound: float


@dataclass(frozen=True, slots=True)
class GateResult:
    """A gate, the figure found, and whether it held."""

    gate: Gate
    value: float
    held: bool

    @property
    def message(self) -> str:
        """Return one line such as ``recall@3 is 0.9321, at least 0.95 wanted``."""
        side = "at least" if self.gate.at_least else "at most"
        return f"{self.gate.metric} is {self.value:.4f}, {side} {self.gate.bound:g} wanted"


def parse_gate(text: str) -> Gate:
    """Return the gate that a ``--gate`` option means; raises EvaluationError showing the form."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise EvaluationError(
            f"--gate {text!r}: not of the form METRIC=MIN",
            "write recall@3=0.95, false_answer<=0.05 or recall@3[paraphrase]=0.9",
        )
    name, kind, category = match["name"], match["kind"], match["category"]
    if name not in CATALOGUE:
        raise EvaluationError(f"--gate {text!r}: no metric {name!r}", _nearest(name))
    info = CATALOGUE[name]
    if kind is not None and name not in SPLIT_BY_KIND:
        raise EvaluationError(
            f"--gate {text!r}: {name} is not split by kind",
            f"write {name}[{kind}] for one category; split are {', '.join(SPLIT_BY_KIND)}",
        )
    if category is not None and not info.measure:
        raise EvaluationError(
            f"--gate {text!r}: {name} needs answerable and unanswerable questions together",
            f"write {name}.{category} if {category} holds unanswerable questions",
        )
    if match["sign"] == "=" and not info.higher_is_better:
        raise EvaluationError(
            f"--gate {text!r}: lower {name} is better, so a minimum makes no sense",
            f"write {text.replace('=', '<=', 1).replace(' ', '')}",
        )
    metric = name + (f".{kind}" if kind else f"[{category}]" if category else "")
    return Gate(text, metric, match["sign"] != "<=", _bound(text, match["bound"]))


def check_gates(gates: Sequence[Gate], evaluation: Evaluation) -> list[GateResult]:
    """Return each gate's result, in order.

    Raises EvaluationError for a metric that these questions cannot give (a category they lack):
    a gate that measures nothing must not hold in silence.
    """
    results: list[GateResult] = []
    for gate in gates:
        metric = evaluation.metrics.get(gate.metric)
        if metric is None:
            raise EvaluationError(
                f"--gate {gate.text!r}: no question of this set gives {gate.metric}",
                _nearest(gate.metric, evaluation.metrics),
            )
        if gate.at_least:
            held = metric.value >= gate.bound - _ROUNDING
        else:
            held = metric.value <= gate.bound + _ROUNDING
        results.append(GateResult(gate, metric.value, held))
    return results


def _bound(text: str, written: str) -> float:
    try:
        bound = float(written)
    except ValueError:
        bound = math.nan
    if not 0 <= bound <= 1:
        raise EvaluationError(
            f"--gate {text!r}: {written!r} is not a number from 0 to 1",
            "metrics are shares: 95 % is 0.95",
        )
    return bound


def _nearest(name: str, known: object = None) -> str:
    if name.startswith(("latency", "p50", "p95", "took")):
        return "latency is reported and never gated: it measures the machine"
    names = list(known) if isinstance(known, dict) else list(CATALOGUE)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    return f"did you mean {', '.join(near)}?" if near else f"known: {', '.join(CATALOGUE)}"
