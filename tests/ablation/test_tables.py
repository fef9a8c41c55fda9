from __future__ import annotations

from dataclasses import replace

from evaluation.factories import TEXTS
from qa_service.ablation.differences import Difference, against_first
from qa_service.ablation.tables import config_tables, difference_table, notes
from qa_service.errors import DocumentUndecodable
from qa_service.evaluation.summary import summarise

from .factories import evaluation, trial


def test_every_table_has_one_row_a_config_as_long_as_its_headings() -> None:
    tables = config_tables([trial("a", evaluation()), trial("b", evaluation(0.9))])
    assert len(tables) == 6
    for table in tables:
        assert [row[0] for row in table.rows] == ["a", "b"]
        assert {len(row) for row in table.rows} == {len(table.headings)}


def test_the_first_table_says_what_the_index_costs() -> None:
    cost = config_tables([trial("a", evaluation(), passages=8)])[0]
    row = dict(zip(cost.headings, cost.rows[0], strict=True))
    assert row["passages"] == "8"
    assert row["tokens each"] == "11.2"
    assert row["seconds"] == "0.25"
    assert row["MB"] == "1.25"
    assert row["questions passed"] == f"{evaluation().passed} of 7"


def test_figures_that_the_questions_cannot_give_have_no_table() -> None:
    unanswerable = evaluation().results[5:]
    found = replace(evaluation(), results=unanswerable, metrics=summarise(unanswerable))
    titles = [table.headings[0] for table in config_tables([trial("a", found)])]
    assert titles == ["index", "abstaining, in %"]


def test_a_difference_shows_both_figures_the_gain_and_the_verdict() -> None:
    [found] = against_first([trial("a", evaluation(2.0)), trial("b", evaluation(0.0))])
    rows = {row[0]: row[1:] for row in difference_table(found, "a").rows}
    assert rows["false_abstain"] == ("100.0", "0.0", "+100.0", "+100.0 to +100.0", "better")
    assert rows["false_answer"] == ("0.0", "100.0", "-100.0", "-100.0 to -100.0", "worse")
    assert rows["recall@1"][-1] == ""


def test_what_rounds_to_nothing_has_no_minus_sign() -> None:
    [found] = against_first([trial("a", evaluation()), trial("b", evaluation())])
    tiny = Difference("auroc", 0.5, 0.5, -0.0001, -0.0002, 0.0001)
    [row] = difference_table(replace(found, differences=(tiny,)), "a").rows
    assert row[3:5] == ("+0.0", "+0.0 to +0.0")


def test_settings_that_a_name_tells_already_are_not_told_again() -> None:
    trials = [trial("threshold=0.4", evaluation(), threshold=0.4), trial("b", evaluation())]
    assert notes(trials, []) == ["b: threshold=unset"]


def test_notes_tell_settings_and_what_makes_configs_unlike() -> None:
    bad = DocumentUndecodable("x.txt: is not UTF-8", "save it as UTF-8")
    other = evaluation(texts={**TEXTS, "more.txt": "More."})
    trials = [trial("a", evaluation()), trial("b", other, bad, threshold=0.4)]
    assert notes(trials, against_first(trials)) == [
        "a: threshold=unset",
        "b: threshold=0.4",
        "b: not indexed: x.txt: is not UTF-8",
        "b: has read other documents than a, so that more than the settings differs",
    ]


def test_rankings_too_short_for_a_budget_are_told() -> None:
    short = replace(evaluation(), short_rankings={2000: 3})
    assert notes([trial("a", short)], []) == ["a: 3 rankings end before 2000 tokens are spent"]
