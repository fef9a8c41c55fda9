"""What a Word document says about itself: title, author, date, tags, subject, language."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath

from qa_service.reading.docx.package import Element, Package, child
from qa_service.records import MetadataValue

_LONGEST = 300
_MOST_TAGS = 50
_LETTER = re.compile(r"[^\W\d_]")
# What programs put in by themselves: a title of these kinds names no document.
_NO_TITLE = re.compile(
    r"(?:microsoft word\b.*|(?:untitled|unbenannt|sans titre|без названия|безымянный)\W*\d*|"
    r"(?:document|dokument|документ|doc|template|normal|title|titel|titre|word document|文档|文書)"
    r"\W*\d*|\[.*\]|.*\.(?:docx?|dotx?|odt|rtf|pdf|tmp))",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"python-docx|user|admin|administrator|unknown|author|apache poi|docx", re.I
)
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T|$|\s)")
_EARLIEST = datetime.date(1980, 1, 1)

_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_]|$)", re.IGNORECASE)
_SCRIPTS = {
    "cyrillic": re.compile(r"[\u0400-\u052f]"),
    "arabic": re.compile(r"[\u0600-\u06ff\u0750-\u077f]"),
    "hebrew": re.compile(r"[\u0590-\u05ff]"),
    "greek": re.compile(r"[\u0370-\u03ff]"),
    "kana": re.compile(r"[\u3040-\u30ff]"),
    "hangul": re.compile(r"[\uac00-\ud7af]"),
    "han": re.compile(r"[\u4e00-\u9fff]"),
    "devanagari": re.compile(r"[\u0900-\u097f]"),
    "thai": re.compile(r"[\u0e00-\u0e7f]"),
    "latin": re.compile(r"[A-Za-z\u00c0-\u024f]"),
}
_SCRIPT_OF = {
    **dict.fromkeys(("ru", "uk", "be", "bg", "mk", "kk", "ky", "mn", "tg"), ("cyrillic",)),
    **dict.fromkeys(("ar", "fa", "ur", "ps"), ("arabic",)),
    **dict.fromkeys(("hi", "mr", "ne", "sa"), ("devanagari",)),
    "he": ("hebrew",),
    "el": ("greek",),
    "th": ("thai",),
    "ko": ("hangul",),
    "zh": ("han",),
    "ja": ("kana", "han"),
    "sr": ("cyrillic", "latin"),
    "uz": ("cyrillic", "latin"),
    "az": ("latin", "cyrillic"),
    "ka": (),
    "hy": (),
    "bn": (),
    "ta": (),
    "te": (),
}


@dataclass(frozen=True, slots=True)
class Properties:
    """A document's own title ("" where it has none worth the name) and its metadata."""

    title: str
    metadata: dict[str, MetadataValue]


def read_properties(package: Package, document_id: str) -> Properties:
    """Return the core properties (ECMA-376 part 2, 11) that a reader of the document could use.

    ``author``, ``date`` (of the last change, else of creation; ISO 8601, the day), ``tags`` and
    ``subject``. Titles, authors and dates that only a program's defaults put there are left out.
    """
    related = package.relationships("").values()
    part = next((r.part for r in related if r.kind == "core-properties"), "docProps/core.xml")
    root = package.xml(part)
    metadata: dict[str, MetadataValue] = {}
    author = _text(root, "creator")
    if author and not _NO_AUTHOR.fullmatch(author):
        metadata["author"] = author
    if date := _day(_text(root, "modified")) or _day(_text(root, "created")):
        metadata["date"] = date
    tags = [" ".join(tag.split()) for tag in re.split(r"[,;，；、\n]", _text(root, "keywords"))]
    if tags := list(dict.fromkeys(filter(None, tags)))[:_MOST_TAGS]:
        metadata["tags"] = tags
    if subject := _text(root, "subject"):
        metadata["subject"] = subject
    title = _text(root, "title")
    return Properties(title if is_sane_title(title, document_id) else "", metadata)


def is_sane_title(title: str, document_id: str) -> bool:
    """Tell whether a stated title names its document, rather than a file, a template or nothing."""
    return (
        0 < len(title) <= _LONGEST
        and _LETTER.search(title) is not None
        and _NO_TITLE.fullmatch(title) is None
        and title.casefold() != PurePath(document_id).name.casefold()
    )


def language_of(text: str, counted: Counter[str], default: tuple[str, str]) -> str:
    """Return the language that most of the text is tagged with, as a code of ISO 639-1, or "".

    ``counted`` holds characters by language tag, "" for the default; ``default`` is the default
    tag of Latin and of East Asian text. A tag that the text's script contradicts is not believed:
    programs write the language of their own menus there.
    """
    script = _script(text)
    if script in ("han", "kana", "hangul"):
        return _believed(default[1], script)
    totals: Counter[str] = Counter()
    for tag, count in counted.items():
        if matched := _LANGUAGE.match(tag or default[0]):
            totals[matched[1].lower()] += count
    return _believed(min(totals, key=lambda tag: (-totals[tag], tag)) if totals else "", script)


def _believed(tag: str, script: str) -> str:
    matched = _LANGUAGE.match(tag)
    code = matched[1].lower() if matched else ""
    return code if code and script in _SCRIPT_OF.get(code, ("latin",)) else ""


def _script(text: str) -> str:
    """Return the script of most letters of the text's first part; kana beats the han beside it."""
    sample = text[:20_000]
    counts = {name: len(pattern.findall(sample)) for name, pattern in _SCRIPTS.items()}
    if counts["kana"] * 5 > counts["han"]:
        counts["han"], counts["kana"] = 0, counts["kana"] + counts["han"]
    script = max(counts, key=lambda name: counts[name])
    return script if counts[script] else ""


def _text(root: Element | None, local: str) -> str:
    found = child(root, local)
    text = "" if found is None else " ".join("".join(found.itertext()).split())
    return text if len(text) <= 2000 else ""


def _day(text: str) -> str:
    matched = _DATE.match(text)
    try:
        day = datetime.date.fromisoformat(matched[1]) if matched else None
    except ValueError:
        return ""
    return day.isoformat() if day is not None and day >= _EARLIEST else ""
