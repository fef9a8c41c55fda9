from __future__ import annotations

import pytest

from qa_service.reading.titles import title_from_name


@pytest.mark.parametrize(
    ("document_id", "title"),
    [
        ("reports/annual_report-final.txt", "Annual report final"),
        ("2024-05-01-minutes.md", "2024-05-01 minutes"),
        ("1973-oil-crisis.txt", "1973 oil crisis"),
        ("über.uns.md", "Über.uns"),
        ("中文.txt", "中文"),
        ("---.txt", "---"),
    ],
)
def test_a_file_name_reads_as_words(document_id: str, title: str) -> None:
    assert title_from_name(document_id) == title
