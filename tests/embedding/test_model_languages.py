from __future__ import annotations

from qa_service.embedding.model_languages import language_warning, unknown_languages
from qa_service.embedding.models import MINILM


def test_documents_in_languages_that_a_model_does_not_know_are_counted_most_first() -> None:
    languages = ["en", "ru", "", "de", "ru", "en", "az", "az"]
    for name in (MINILM.name, MINILM.hub_id):
        found = unknown_languages(name, languages)
        assert list(found.items()) == [("az", 2), ("ru", 2), ("de", 1)]


def test_nothing_is_claimed_of_unknown_models_and_unknown_languages() -> None:
    assert unknown_languages("hashing", ["ru"]) == {}
    assert unknown_languages(MINILM.name, ["", "en"]) == {}
    assert language_warning(MINILM.name, {}) == ""
    assert language_warning("hashing", {"ru": 1}) == ""


def test_the_warning_says_which_documents_and_what_it_means_for_them() -> None:
    assert language_warning(MINILM.name, {"ru": 2, "de": 1}) == (
        "3 documents in ru, de: all-MiniLM-L6-v2 knows en; they are found by words, less by meaning"
    )
    one = language_warning(MINILM.name, {"ru": 1})
    assert one.startswith("1 document in ru: ")
    assert one.endswith("; it is found by words, less by meaning")
