"""The runs of a Word paragraph as text: what is shown, without codes and hidden text."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from qa_service.reading.docx.numbering import roman
from qa_service.reading.docx.package import Element, attribute, child, is_on, name_of
from qa_service.reading.docx.styles import Styles
from qa_service.reading.docx.symbols import equation, symbol, without_symbol_codes

_NOTES = {"w:footnoteReference": "footnotes", "w:endnoteReference": "endnotes"}
_BOXES = frozenset(["w:txbxContent", "a:p", "dgm:relIds"])
_WITHOUT_TEXT = frozenset(["w:pPr", "w:rPr", "w:sdtPr", "w:sdtEndPr", "w:rt"])
_INSTRUCTION = 100
# Line ends inside a text element are white space; a soft hyphen shows only where a line breaks.
_SHOWN = str.maketrans({"\n": " ", "\r": " ", "\t": " ", "\u00ad": None})


@dataclass(slots=True)
class RunText:
    """The text of one paragraph; ``boxes`` float beside it, ``is_contents`` is in a TOC field."""

    text: str
    boxes: list[Element]
    is_contents: bool


@dataclass(slots=True)
class _Field:
    """A field that has begun: its instruction comes first, then its result."""

    instruction: str = ""
    has_result: bool = False

    @property
    def is_contents(self) -> bool:
        return self.has_result and self.instruction.split()[:1] in (["TOC"], ["INDEX"])


@dataclass(frozen=True, slots=True)
class _Look:
    """How the run at hand is formatted, as far as its text depends on it."""

    hidden: bool = False
    font: str = ""
    language: str = ""


@dataclass(slots=True)
class _Line:
    """What a paragraph has yielded so far."""

    parts: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    in_contents: bool = False
    elsewhere: bool = False


class Runs:
    """Reads paragraph after paragraph of one document: fields reach over several of them.

    ``notes`` maps the ids of the foot- and endnotes met so far to their markers, in order;
    ``languages`` counts characters by the language tag of their run.
    """

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._fields: list[_Field] = []
        self._numbered: Counter[str] = Counter()
        self.notes: dict[str, dict[str, str]] = {"footnotes": {}, "endnotes": {}}
        self.languages: Counter[str] = Counter()

    def read(self, paragraph: Element, *, hidden: bool = False) -> RunText:
        """Return the text of a paragraph's runs; ``hidden`` is what its style says."""
        line = _Line()
        self._descend(paragraph, _Look(hidden), line)
        return self._finished(line)

    def read_element(self, element: Element) -> RunText:
        """Return the text of one run, equation or other element by itself."""
        line = _Line()
        self._element(element, _Look(), line)
        return self._finished(line)

    def _finished(self, line: _Line) -> RunText:
        return RunText("".join(line.parts), line.boxes, line.in_contents and not line.elsewhere)

    def _descend(self, parent: Element, look: _Look, line: _Line) -> None:
        for element in parent:
            self._element(element, look, line)

    def _element(self, element: Element, look: _Look, line: _Line) -> None:
        name = name_of(element)
        match name:
            case "w:t":
                self._emit((element.text or "").translate(_SHOWN), look, line)
            case "w:r":
                self._descend(element, self._look(element, look), line)
            case "w:tab" | "w:ptab":
                self._emit("\t", look, line)
            case "w:br" | "w:cr":
                self._emit("\n", look, line)
            case "w:noBreakHyphen":
                self._emit("-", look, line)
            case "w:sym":
                code = attribute(element, "char", "FFFD")
                font = attribute(element, "font")
                self._emit(symbol(font, _hexadecimal(code)), look, line)
            case "w:fldChar":
                self._mark_field(attribute(element, "fldCharType"))
            case "w:instrText":
                self._instruct(element.text or "")
            case "w:footnoteReference" | "w:endnoteReference":
                self._refer(_NOTES[name], element, look, line)
            case "w:sdt":
                if not is_on(child(element, "sdtPr", "showingPlcHdr")):
                    self._descend(element, look, line)
            case "m:oMath":
                self._emit(equation(element, lambda e: self._inner(e, look, line)), look, line)
            case _ if name in _BOXES:
                if not self._is_silent(look):
                    line.boxes.append(element)
            case _ if name not in _WITHOUT_TEXT:
                self._descend(element, look, line)

    def _inner(self, element: Element, look: _Look, line: _Line) -> str:
        """Return the text of what is no mathematics inside an equation."""
        inner = _Line(boxes=line.boxes)
        self._element(element, look, inner)
        return "".join(inner.parts)

    def _look(self, run: Element, look: _Look) -> _Look:
        hidden, font, language = look.hidden, "", ""
        properties = child(run, "rPr")
        for element in () if properties is None else properties:
            match name_of(element):
                case "w:rStyle":
                    hidden = hidden or self._styles.look_up(attribute(element, "val")).is_hidden
                case "w:rFonts":
                    font = attribute(element, "ascii") or attribute(element, "hAnsi")
                case "w:lang":
                    language = attribute(element, "val")
        vanish = child(properties, "vanish")
        return _Look(hidden if vanish is None else is_on(vanish), font, language)

    def _is_silent(self, look: _Look) -> bool:
        return look.hidden or any(not opened.has_result for opened in self._fields)

    def _emit(self, text: str, look: _Look, line: _Line) -> None:
        if not text or self._is_silent(look):
            return
        line.parts.append(without_symbol_codes(text, look.font))
        self.languages[look.language] += len(text)
        if not text.isspace():
            if any(opened.is_contents for opened in self._fields):
                line.in_contents = True
            else:
                line.elsewhere = True

    def _mark_field(self, kind: str) -> None:
        # Fields without an end were taken out before: every begin here has its end.
        if kind == "begin":
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            self._fields[-1].has_result = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _instruct(self, text: str) -> None:
        if self._fields and not self._fields[-1].has_result:
            # Its first word is all that is asked for.
            opened = self._fields[-1]
            opened.instruction = (opened.instruction + text)[:_INSTRUCTION]

    def _refer(self, kind: str, element: Element, look: _Look, line: _Line) -> None:
        if self._is_silent(look):
            return
        notes = self.notes[kind]
        identity = attribute(element, "id")
        if attribute(element, "customMarkFollows") in ("1", "true", "on"):
            notes.setdefault(identity, "")  # the text has a mark of its own, and so has the note
        elif identity not in notes:
            self._numbered[kind] += 1
            number = self._numbered[kind]
            notes[identity] = f"[{number if kind == 'footnotes' else roman(number)}]"
        self._emit(notes[identity], look, line)


def _hexadecimal(code: str) -> int:
    try:
        return int(code, 16)
    except ValueError:
        return 0xFFFD
