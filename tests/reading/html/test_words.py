from __future__ import annotations

import pytest

from qa_service.reading.html.words import names_content, words_of


@pytest.mark.parametrize("name", ["site-footer", "siteFooter", "site_footer", "SITE-FOOTER"])
def test_compound_names_hold_their_words(name: str) -> None:
    words = words_of(name)
    assert "footer" in words or "sitefooter" in words
    assert "site" in words or "sitefooter" in words


def test_a_name_that_speaks_of_another_element_is_not_its_own() -> None:
    assert words_of("no-sidebar with_nav has-menu layout") == {"layout"}


def test_names_of_the_content_are_whole_names() -> None:
    assert names_content("wide entry-content")
    assert names_content("内容 x")
    assert not names_content("content-sidebar")
