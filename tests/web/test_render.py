from __future__ import annotations

import json

from qa_service.records import Evidence, Passage, Place, Retrieval
from qa_service.web.render import retrieval_json
from qa_service.web.schemas import RetrieveReply

PLACES = (
    Place(3, 6, page=2, box=(72.0, 90.5, 310.25, 101.0)),
    Place(6, 9, page=3, path="/html/body/p[2]"),
)


def rendered(*places: Place) -> dict[str, object]:
    passage = Passage(
        "a.pdf#char=3,9",
        "a.pdf",
        "A",
        3,
        9,
        "passed",
        1,
        ("A", "B"),
        (),
        places,
        ("b.pdf#char=0,6",),
    )
    retrieval = Retrieval(
        "Q?", True, 0.9, 0.1, None, (Evidence(passage, 1.0, ()),), "gen-000001", 1
    )
    data = retrieval_json(retrieval, explain=False)
    RetrieveReply.model_validate_json(data)
    [found] = json.loads(data)["passages"]
    assert isinstance(found, dict)
    return found


def test_a_passage_leads_back_to_its_page_box_and_element() -> None:
    found = rendered(*PLACES)
    assert found["page"] == 2
    assert found["places"] == [
        {"start": 3, "end": 6, "page": 2, "box": [72.0, 90.5, 310.25, 101.0], "path": None},
        {"start": 6, "end": 9, "page": 3, "box": None, "path": "/html/body/p[2]"},
    ]
    assert found["section"] == ["A", "B"]
    assert found["also_in"] == ["b.pdf#char=0,6"]


def test_a_passage_of_a_file_without_pages_says_so() -> None:
    found = rendered()
    assert found["page"] is None
    assert found["places"] == []
