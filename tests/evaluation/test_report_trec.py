from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from qa_service.evaluation.report_trec import docid, render_qrels, render_run
from qa_service.evaluation.runner import evaluate

from .factories import TEXTS, question, sample_evaluation, sample_questions, span
from .fake_system import FakeSystem


def test_every_line_has_the_columns_of_its_format() -> None:
    evaluation = sample_evaluation()
    run = [line.split() for line in render_run(evaluation).splitlines()]
    assert all(len(row) == 6 and row[1] == "Q0" for row in run)
    assert [row[3] for row in run if row[0] == "q1"] == [str(n) for n in range(1, 6)]
    qrels = [line.split() for line in render_qrels(evaluation).splitlines()]
    assert all(len(row) == 4 and row[1] == "0" and row[3] == "1" for row in qrels)
    assert {row[0] for row in qrels} == {"q1", "q2", "q3", "q4", "q5"}


def test_ids_with_white_space_stay_one_column_and_distinct() -> None:
    ids = ["a b.txt#char=0,1", "a%20b.txt#char=0,1", "a\tb", "a\u2003b", "tä.txt"]
    written = [docid(i) for i in ids]
    assert len(set(written)) == len(ids)
    assert all(len(i.split()) == 1 for i in written)
    assert written[0] == "a%20b.txt#char=0,1"
    assert written[4] == "tä.txt"


def test_scores_fall_strictly_so_that_outside_tools_keep_the_order() -> None:
    for result in sample_evaluation().results:
        lines = render_run(replace(sample_evaluation(), results=(result,))).splitlines()
        scores = [float(line.split()[4]) for line in lines]
        assert all(a > b for a, b in pairwise(scores))


def test_ir_measures_finds_the_same_figures_in_the_files() -> None:
    ir_measures = pytest.importorskip("ir_measures", reason="ir-measures is not installed")
    missed = question("q8", "green tea brewed degrees", span("Tides rise."))
    evaluation = evaluate(FakeSystem(TEXTS), [*sample_questions(), missed], top_k=3)
    measures = {
        "ndcg@10": ir_measures.nDCG @ 10,
        "mrr@10": ir_measures.RR @ 10,
        "hit@1": ir_measures.Success @ 1,
        "hit@3": ir_measures.Success @ 3,
        "hit@5": ir_measures.Success @ 5,
    }
    found = ir_measures.calc_aggregate(
        list(measures.values()),
        list(ir_measures.read_trec_qrels(render_qrels(evaluation))),
        list(ir_measures.read_trec_run(render_run(evaluation))),
    )
    for name, measure in measures.items():
        assert evaluation.metrics[name].value == pytest.approx(found[measure]), name
    assert evaluation.metrics["hit@5"].value < 1
