"""The evaluation as JUnit XML: one test case a question, one a gate, one a guarded metric."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence

from qa_service.evaluation.comparison import Comparison
from qa_service.evaluation.gates import GateResult
from qa_service.evaluation.results import OUTCOMES, Evaluation, QuestionResult
from qa_service.evaluation.tables import rank_text

# What XML 1.0 cannot hold, not even escaped (production 2, Char).
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_junit(
    evaluation: Evaluation,
    gates: Sequence[GateResult] = (),
    comparison: Comparison | None = None,
) -> str:
    """Return a JUnit document: a suite for each category, then gates, then the baseline.

    Without a baseline a question that fails is a failure. With one, a question that failed before
    too is *skipped* with that reason: a list of known failures hides the new one.
    """
    root = ET.Element("testsuites", name="qa-service eval")
    broken = None if comparison is None else {change.id for change in comparison.broken}
    for category in evaluation.categories:
        suite = ET.SubElement(root, "testsuite", name=_clean(f"eval.{category.name}"))
        for result in evaluation.results:
            if result.question.category == category.name:
                _question_case(suite, result, broken)
    if gates:
        suite = ET.SubElement(root, "testsuite", name="eval.gates")
        for gate in gates:
            _case(suite, "eval.gates", gate.gate.text, None if gate.held else gate.message)
    if comparison is not None:
        suite = ET.SubElement(root, "testsuite", name="eval.baseline")
        mismatch = "; ".join(comparison.mismatches)
        _case(suite, "eval.baseline", "same documents and labels", mismatch or None)
        for change in comparison.metrics:
            if change.guarded:
                text = f"{change.name} from {change.before:.4f} to {change.after:.4f}"
                failed = f"{text}: a drop beyond chance" if change.dropped else None
                _case(suite, "eval.baseline", f"{change.name} has not dropped", failed)
    for suite in root:
        _count(suite)
    _count(root)
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _question_case(suite: ET.Element, result: QuestionResult, broken: set[str] | None) -> None:
    question = result.question
    case = _case(suite, suite.get("name", "eval"), f"{question.id}: {question.question}", None)
    case.set("time", f"{result.took_ms / 1000:.6f}")
    if result.passed:
        return
    rank = f", {rank_text(result)}" if question.answerable else ""
    message = f"{result.outcome}{rank}: {OUTCOMES[result.outcome]}"
    if broken is not None and question.id not in broken:
        ET.SubElement(case, "skipped", message=_clean(f"not broken by this change; {message}"))
        return
    failure = ET.SubElement(case, "failure", type=result.outcome, message=_clean(message))
    lines = [f"confidence {result.confidence:.4f}, threshold {result.threshold:.4f}"]
    lines += [f"reason: {result.reason}"] if result.reason else []
    lines += [f"wanted {e.document}:{e.start}-{e.end}: {e.quote}" for e in question.evidence]
    lines += [f"rank {n}: {p.id}" for n, p in enumerate(result.ranking[:5], start=1)]
    failure.text = _clean("\n".join(lines))


def _case(suite: ET.Element, group: str, name: str, failure: str | None) -> ET.Element:
    case = ET.SubElement(suite, "testcase", classname=_clean(group), name=_clean(name))
    if failure is not None:
        ET.SubElement(case, "failure", message=_clean(failure)).text = _clean(failure)
    return case


def _count(element: ET.Element) -> None:
    cases = list(element.iter("testcase"))
    element.set("tests", str(len(cases)))
    element.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    element.set("errors", "0")
    element.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))
    element.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.6f}")


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", text)
