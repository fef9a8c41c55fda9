"""A Word part as it is shown: changes accepted, one of each set of alternatives, whole fields."""

from __future__ import annotations

from collections.abc import Iterator

from qa_service.reading.docx.package import Element, attribute, child

_TEXT = ("{*}t", "{*}sym", "{*}tab")


def accept_revisions(root: Element) -> None:
    """Change a part's tree in place to what a reader sees.

    Deleted and moved-away text goes; a paragraph whose end was deleted flows into the next. Of
    alternative contents (a text box is stored twice) one stays. Marks of fields that have no end
    go, because what follows them must not be lost. Elements that paths count stay where they are.
    """
    for element in list(root.iter("{*}del", "{*}moveFrom")):
        # Without content it is a property: of a paragraph's end or of a row.
        if len(element) and element.getparent() is not None:
            element.getparent().remove(element)
    for element in list(root.iter("{*}AlternateContent")):
        _choose(element)
    _join_paragraphs(root)
    _drop_torn_fields(root)


def _choose(alternatives: Element) -> None:
    """Keep the first alternative that holds text, or the first of all."""
    options = list(alternatives.iterchildren("{*}Choice", "{*}Fallback"))
    kept = next(
        (option for option in options if _has_text(option)), options[0] if options else None
    )
    for option in options:
        if option is not kept:
            alternatives.remove(option)


def _has_text(element: Element) -> bool:
    return next(element.iter(*_TEXT), None) is not None


def _join_paragraphs(root: Element) -> None:
    """Move the content of paragraphs whose end was deleted into the next that has one."""
    moved: set[Element] = set()
    for paragraph in list(root.iter("{*}p")):
        if paragraph in moved or not _end_is_deleted(paragraph):
            continue
        # All of a chain at once: to pass a growing paragraph on and on would take quadratic time.
        chain = [paragraph]
        following = paragraph.getnext()
        while following is not None and _end_is_deleted(following):
            chain.append(following)
            following = following.getnext()
        moved.update(chain)
        target = chain.pop() if following is None or following.tag != paragraph.tag else following
        anchor = next(_content(target), None)
        for element in [element for link in chain for element in _content(link)]:
            if anchor is None:
                target.append(element)
            else:
                anchor.addprevious(element)


def _end_is_deleted(element: Element) -> bool:
    end = child(element, "pPr", "rPr")
    return child(end, "del") is not None or child(end, "moveFrom") is not None


def _content(paragraph: Element) -> Iterator[Element]:
    properties = child(paragraph, "pPr")
    return (element for element in paragraph if element is not properties)


def _drop_torn_fields(root: Element) -> None:
    open_fields: list[list[Element]] = []
    for mark in list(root.iter("{*}fldChar")):
        kind = attribute(mark, "fldCharType")
        if kind == "begin":
            open_fields.append([mark])
        elif not open_fields:
            mark.getparent().remove(mark)
        elif kind == "separate":
            open_fields[-1].append(mark)
        elif kind == "end":
            open_fields.pop()
    for marks in open_fields:
        for mark in marks:
            mark.getparent().remove(mark)
