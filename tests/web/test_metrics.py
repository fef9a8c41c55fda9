"""The metrics text: cumulative buckets, bounded labels, escaped values."""

from __future__ import annotations

import re

from qa_service.web.metrics import BUCKETS, Metrics

LINE = re.compile(r'[a-z_]+(\{([a-z]+="(?:[^"\\\n]|\\.)*",?)+\})? [0-9.e+-]+')


def filled() -> Metrics:
    metrics = Metrics()
    metrics.request("/v1/ask", "POST", 200, 0.003)
    metrics.request("/v1/ask", "POST", 200, 0.2)
    metrics.request("/v1/ask", "POST", 400, 99.0)
    metrics.question(True)
    return metrics


def test_every_line_is_a_comment_or_a_sample() -> None:
    for line in filled().text(3, 'gen-"1"\n\\').splitlines():
        assert line.startswith("# ") or LINE.fullmatch(line), line


def test_buckets_are_cumulative_and_end_at_the_count() -> None:
    text = filled().text(0, "v")
    counts = [int(n) for n in re.findall(r"_bucket\{.*\} (\d+)", text)]
    assert len(counts) == len(BUCKETS) + 1
    assert counts == sorted(counts)
    assert counts[-1] == 3
    assert 'le="0.005"} 1' in text
    assert 'le="10.0"} 2' in text
    assert 'qa_request_seconds_count{route="/v1/ask"} 3' in text
    assert 'qa_request_seconds_sum{route="/v1/ask"} 99.203000' in text


def test_invented_methods_share_one_label() -> None:
    metrics = Metrics()
    for n in range(100):
        metrics.request("/", f"M{n}", 405, 0.1)
    assert metrics.text(0, "v").count("qa_requests_total{") == 1


def test_the_work_at_hand_is_a_gauge() -> None:
    assert "qa_requests_in_work 7\n" in Metrics().text(7, "v")
