from __future__ import annotations

import time

import pytest

from qa_service.reading.boilerplate import navigation_spans

BODY = "The committee met on Monday and agreed on a plan."


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in navigation_spans(text)]


@pytest.mark.parametrize(
    "line",
    [
        "Вернуться назад Распечатать",
        "  ВЕРНУТЬСЯ НАЗАД | РАСПЕЧАТАТЬ  ",
        "Back Print",
        "« Back | Print | Share »",
        "Go back",
        "Skip to main content",
        "Read more...",
        "← Previous  Next →",
        "[Accept all cookies] [Reject all]",
        "Home / News / Search",
        "SHARE ON FACEBOOK",
        "© 2024 Acme Ltd. All rights reserved.",
        "Copyright (c) 1999-2024 Acme",
        "All rights reserved.",
        "Zurück · Drucken",
        "Alle Cookies akzeptieren",
        "Retour Imprimer Partager",
        "Lire la suite",
        "Volver | Imprimir",
        "Geri qayıt | Çap et",
        "Geri | Yazdır | PAYLAŞ",
        "İLERİ GERİ",
        "返回 打印 分享",
        "上一篇 下一篇",
        "العودة إلى الأعلى",
    ],
)
def test_lines_of_navigation_are_found_anywhere(line: str) -> None:
    assert found(f"{line}\n{BODY}") == [line]
    assert found(f"{BODY}\n\n{line}\n\n{BODY}") == [line]


@pytest.mark.parametrize(
    "line",
    [
        "Back in 1990 the treaty was signed",
        "Print money",
        "Share prices fell",
        "Home rule",
        "Next, the committee",
        "Read more books.",
        "# Home",
        "Copyright law of 1976",
        "Copyright is a right",
        "© is a symbol",
        "© 2024 was the notice on the page. It had been there for years.",
        "Назад в будущее",
        "返回地球",
        "printing",
        "...",
        "---",
        "1.",
    ],
)
def test_a_line_with_any_other_word_stays(line: str) -> None:
    assert found(f"{line}\n{BODY}\n{line}\n{BODY}\n{line}") == []


def test_a_lone_ambiguous_word_counts_only_at_the_edges_of_the_text() -> None:
    assert found(f"Print\n\n{BODY}\n\nSearch\n\n{BODY}\n\nShare\nBack") == [
        "Print",
        "Share",
        "Back",
    ]


def test_a_line_of_any_length_is_judged_quickly() -> None:
    started = time.perf_counter()
    assert found("home " * 100_000 + "x") == []
    assert found("home " * 59 + "x") == []
    assert len(found("home back\n" * 20_000)) == 20_000
    assert time.perf_counter() - started < 5
