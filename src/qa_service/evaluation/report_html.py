"""The evaluation as one self-contained page: figures, plots, and every question with its passages.

All text is escaped; the page loads nothing, and forbids itself to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from html import escape
from importlib import resources
from urllib.parse import quote

from qa_service.evaluation.comparison import Comparison
from qa_service.evaluation.gates import GateResult
from qa_service.evaluation.report_curves import plots
from qa_service.evaluation.report_questions import question_list
from qa_service.evaluation.results import OUTCOMES, Evaluation
from qa_service.evaluation.tables import (
    CATEGORY_HEADINGS,
    CHANGES,
    COMPARISON_HEADINGS,
    Rows,
    answers_table,
    category_rows,
    change_line,
    changes,
    comparison_rows,
)
from qa_service.records import Document

_CARDS = (
    "recall@1",
    "recall@3",
    "char_recall@250",
    "char_recall@1000",
    "answer_recall",
    "false_abstain",
    "false_answer.near-miss",
    "false_answer.out-of-scope",
    "auroc",
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
# HTML cannot hold these, not even escaped; offsets are shown as numbers, so nothing shifts.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def render_html(
    evaluation: Evaluation,
    gates: Sequence[GateResult],
    comparison: Comparison | None,
    document: Callable[[str], Document],
) -> str:
    """Return the page's text; ``document`` gives the texts that passages are cut from."""
    texts = lru_cache(maxsize=64)(lambda document_id: document(document_id).text)
    folder = resources.files("qa_service.evaluation") / "page"
    style = (folder / "report.css").read_text(encoding="utf-8")
    script = (folder / "report.js").read_text(encoding="utf-8")
    body = "\n".join(
        [
            _head(evaluation, gates, comparison),
            _cards(evaluation),
            "<h2>By category</h2>",
            _table(CATEGORY_HEADINGS, category_rows(evaluation)),
            "<h2>Answers</h2>",
            _table(*answers_table(evaluation)),
            "<h2>Curves</h2>",
            f'<div class="plots">{"".join(plots(evaluation))}</div>',
            _comparison(comparison),
            f"<h2>All metrics</h2><details><summary>{len(evaluation.metrics)} figures, with "
            f"95 % bootstrap intervals</summary>{_metrics(evaluation)}</details>",
            '<h2 id="questions">Questions</h2>',
            _filters(evaluation, comparison),
            question_list(evaluation, comparison, texts),
        ]
    )
    page = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>Evaluation</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"<main>\n{body}\n</main>\n<script>\n{script}</script>\n</body>\n</html>\n"
    )
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", page)


def _head(
    evaluation: Evaluation, gates: Sequence[GateResult], comparison: Comparison | None
) -> str:
    failures = [f"gate: {gate.message}" for gate in gates if not gate.held]
    failures += [f"baseline: {text}" for text in (comparison.failures if comparison else ())]
    word, colour = ("FAILED", "bad") if failures else ("held", "good")
    checked = "" if gates or comparison else "no gate and no baseline were given; "
    items = [f'<li class="bad">{escape(failure)}</li>' for failure in failures]
    items += [f"<li>gate held: {escape(g.message)}</li>" for g in gates if g.held]
    listing = f"<ul>{''.join(items)}</ul>" if items else ""
    return (
        f'<header><h1>Evaluation</h1><span class="verdict {colour}">{word}</span>'
        f'<span class="soft">{checked}index {escape(evaluation.index_version)}, corpus '
        f"{evaluation.corpus_fingerprint[:12]}, labels {evaluation.label_fingerprint[:12]}, "
        f"{evaluation.top_k} passages a question</span></header>{listing}"
    )


def _cards(evaluation: Evaluation) -> str:
    total = len(evaluation.results)
    cards = [
        f'<div class="card"><b>{evaluation.passed} / {total}</b><span>questions pass</span>'
        f"<span>{100 * evaluation.passed / total:.1f} %</span></div>"
    ]
    for name in _CARDS:
        metric = evaluation.metrics.get(name)
        if metric is not None:
            cards.append(
                f'<div class="card" title="{escape(metric.info.meaning)}">'
                f"<b>{100 * metric.value:.1f} %</b><span>{escape(name)}</span>"
                f"<span>{100 * metric.low:.1f} to {100 * metric.high:.1f}</span></div>"
            )
    latency = evaluation.latency
    cards.append(
        f'<div class="card"><b>{latency.p50_ms:.1f} ms</b><span>median a question</span>'
        f"<span>95th percentile {latency.p95_ms:.1f} ms</span></div>"
    )
    return f'<div class="cards">{"".join(cards)}</div>'


def _metrics(evaluation: Evaluation) -> str:
    rows = [
        (
            metric.name,
            f"{metric.value:.4f}",
            f"{metric.low:.4f} to {metric.high:.4f}",
            str(metric.questions),
            "higher" if metric.info.higher_is_better else "lower",
            metric.info.meaning,
        )
        for metric in evaluation.metrics.values()
    ]
    return _table(("metric", "value", "interval", "questions", "better", "meaning"), rows)


def _comparison(comparison: Comparison | None) -> str:
    if comparison is None:
        return ""
    lists = []
    for name in CHANGES:
        items = "".join(
            f'<li><a href="#q-{quote(change.id, safe="")}">{escape(change.id)}</a> '
            f"{escape(change_line(change).removeprefix(change.id))}</li>"
            for change in changes(comparison, name)
        )
        if items:
            summary = f"<summary>{len(changes(comparison, name))} {name}</summary>"
            opened = " open" if name == "broken" else ""
            lists.append(f"<details{opened}>{summary}<ul>{items}</ul></details>")
    rows = comparison_rows(comparison, guarded_only=False)
    return (
        f"<h2>Against the baseline</h2>{''.join(lists) or '<p>No question changed.</p>'}"
        f"<details><summary>{len(rows)} metrics compared over {comparison.paired} questions"
        f"</summary>{_table(COMPARISON_HEADINGS, rows)}</details>"
    )


def _filters(evaluation: Evaluation, comparison: Comparison | None) -> str:
    categories = "".join(
        f'<option value="{escape(c.name)}">{escape(c.name)} ({c.questions})</option>'
        for c in evaluation.categories
    )
    outcomes = "".join(
        f'<option value="{name}" title="{escape(meaning)}">{name}</option>'
        for name, meaning in OUTCOMES.items()
    )
    if comparison is not None:
        outcomes += "".join(
            f'<option value="{name}">{name} since the baseline</option>' for name in CHANGES
        )
    return (
        '<div class="filters" hidden><label>Category <select id="category"><option value="">all'
        f'</option>{categories}</select></label><label>Outcome <select id="outcome"><option '
        'value="">all</option><option value="failed">failed</option><option value="passed">passed'
        f'</option>{outcomes}</select></label><label>Words <input id="words" type="search"></label>'
        '<span id="shown" class="soft" aria-live="polite"></span></div>'
    )


def _table(headings: Sequence[str], rows: Rows) -> str:
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
