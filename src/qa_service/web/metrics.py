"""Counts and durations of requests, in Prometheus' text format (version 0.0.4).

Written here because it is a page of code and no dependency; touched from the event loop only.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """What has been served since the start. Labels are bounded: routes, not paths."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._questions: Counter[bool] = Counter({True: 0, False: 0})
        self._buckets: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one finished request."""
        # Anyone can invent a method; a label must not grow without end.
        method = method if method in _METHODS else "OTHER"
        self._requests[route, method, status] += 1
        buckets = self._buckets.setdefault(route, [0] * (len(BUCKETS) + 1))
        buckets[bisect_left(BUCKETS, seconds)] += 1
        self._seconds[route] = self._seconds.get(route, 0.0) + seconds

    def question(self, answerable: bool) -> None:
        """Count one question by whether the documents were found to answer it."""
        self._questions[answerable] += 1

    def text(self, in_work: int, index_version: str) -> str:
        """Return the exposition text; ``in_work`` and ``index_version`` are as of now."""
        return "\n".join(self._lines(in_work, index_version)) + "\n"

    def _lines(self, in_work: int, index_version: str) -> Iterator[str]:
        yield "# HELP qa_requests_total Requests answered, by route, method and status."
        yield "# TYPE qa_requests_total counter"
        for (route, method, status), count in sorted(self._requests.items()):
            labels = f'route="{_escaped(route)}",method="{method}",status="{status}"'
            yield f"qa_requests_total{{{labels}}} {count}"
        yield "# HELP qa_request_seconds Time from the request's first line to its last byte."
        yield "# TYPE qa_request_seconds histogram"
        for route, buckets in sorted(self._buckets.items()):
            label = f'route="{_escaped(route)}"'
            total = 0
            for bound, count in zip(BUCKETS, buckets, strict=False):
                total += count
                yield f'qa_request_seconds_bucket{{{label},le="{bound}"}} {total}'
            total += buckets[-1]
            yield f'qa_request_seconds_bucket{{{label},le="+Inf"}} {total}'
            yield f"qa_request_seconds_sum{{{label}}} {self._seconds[route]:.6f}"
            yield f"qa_request_seconds_count{{{label}}} {total}"
        yield "# HELP qa_questions_total Questions, by whether the documents answer them."
        yield "# TYPE qa_questions_total counter"
        for answerable, count in sorted(self._questions.items()):
            yield f'qa_questions_total{{answerable="{str(answerable).lower()}"}} {count}'
        yield "# HELP qa_requests_in_work Requests being worked on now."
        yield "# TYPE qa_requests_in_work gauge"
        yield f"qa_requests_in_work {in_work}"
        yield "# HELP qa_index_info The index that answers now."
        yield "# TYPE qa_index_info gauge"
        yield f'qa_index_info{{version="{_escaped(index_version)}"}} 1'


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
