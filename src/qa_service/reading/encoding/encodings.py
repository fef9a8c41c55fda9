"""The encoding of a text that does not say it, or nothing where there is any doubt.

A text is decoded in every way that the known languages were ever stored. A way is believed only if
its words are those of a language, its letters too, no sign stands where none can, and no other way
that gives another text is nearly as good. A wrong guess would be indexed as nonsense, a refusal
names the file; so where the evidence is thin (a short text) the answer is None.
"""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import regex

from qa_service.reading.encoding.orthography import HAN, HANGUL, HIRAGANA, LANGUAGES, Orthography

# Where Python's codec has another name than the one that iconv and browsers know.
_CODECS = {
    "x-mac-cyrillic": "mac-cyrillic",
    "macintosh": "mac-roman",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "big5": "cp950",
}
_UTF16 = ("utf-16le", "utf-16be")

_SAMPLES = 8
_SAMPLE_BYTES = 4_096

# A text has three different function words (one letter alone is half a word), and so many of its
# words are function words.
_LEAST_EVIDENCE = 6
_WORD_SHARE = 0.1
# So many of the words of a text are in its language's script, where that is not Latin.
_SCRIPT_SHARE = 0.25
# Of East Asian characters this share is of the most frequent ones, out of so many different ones.
_CHARACTER_SHARE = 0.3
_FEWEST_CHARACTERS = 16
# Signs out of place, by characters beyond ASCII: a foreign name here and there.
_ODD_SHARE = 0.02
# The best reading is so much better than the next that says something else.
_MARGIN = 1.5
# A text in which every letter beyond ASCII is of another language counts so much less.
_FOREIGN_DISCOUNT = 0.6

_LOOSE = "’‘“”„‚«»‹›–—…·•®™©°²³"
_TIGHT = "¡¿§£€¥¢±×÷¼½¾µ¶№¬‰¹´¨¸"
_MARKS = _LOOSE + _TIGHT + "\u00a0\u00ad\u200e\u200f\u0301\u0307\u05be\u20aa\u2212"
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_BEYOND = regex.compile(r"[^\x00-\x7f]")
_OUT_OF_PLACE = regex.compile(
    # A capital inside a word, where one of the two letters is beyond ASCII.
    r"(?<=\p{Ll})[\p{Lu}--\p{ASCII}]|(?<=[\p{Ll}--\p{ASCII}])\p{Lu}"
    rf"|(?<=\p{{L}})[{_TIGHT}]|[{_TIGHT}&&[^¡¿§£€¥¢±×÷№]](?=\p{{L}})"
    r"|(?<=\p{L})[„‚]|(?<=\p{L})[“”«»‹›…•®™©°²³](?=\p{Ll})|(?<=\p{Ll})[‘](?=\p{Ll})",
    regex.V1,
)
_LATIN_ODDITIES = regex.compile(
    # A long word of accents alone, an accented letter at a digit.
    r"\b[\p{Latin}--\p{ASCII}]{3,}\b"
    r"|(?<=\d)[\p{Latin}--[\p{ASCII}ªº]]|[\p{Latin}--[\p{ASCII}ªº]](?=\d)",
    regex.V1,
)
_OTHER_ODDITIES = regex.compile(
    # A closing quote before a word, two scripts in one word.
    r"(?<!\p{L})’(?=\p{L})|(?<=\p{Latin})[\p{L}--\p{Latin}]|(?<=[\p{L}--\p{Latin}])\p{Latin}",
    regex.V1,
)
# What no text holds: controls other than white space and the end-of-file mark of DOS (the upper
# ones are what quotation marks become in a wrong encoding), and codes without a character.
_NEVER = regex.compile(r"[\p{Cc}--[\t\n\v\f\r\x1a]]|[\p{Cn}\p{Co}\p{Cs}\ufffd]", regex.V1)
_ASCII = bytes(range(0x80))
_JOINED = regex.compile(r"(?<=\p{L})[’—–](?=\p{Ll})")


@dataclass(frozen=True, slots=True)
class Detected:
    """A text, and the encoding that it was found to be in."""

    text: str
    encoding: str


@dataclass(frozen=True, slots=True)
class _Script:
    """An East Asian script: its characters, the frequent ones, and the least share of kana."""

    own: regex.Pattern[str]
    frequent: frozenset[str]
    least_kana: float = 0.0


_EAST_ASIAN_SIGN = regex.compile(
    "[\u3000-\u301f\u30fb\u30fc\uff01-\uff5e\u2010-\u2027\u00b7\u2460-\u2473×÷±°℃→←↑↓○●◎□■△▲▽▼☆★※]"
)
_JAPANESE = _Script(regex.compile("[\u3041-\u30fc\u3005\u4e00-\u9fff]"), HIRAGANA, 0.15)
_CHINESE = _Script(regex.compile("[\u4e00-\u9fff]"), HAN)
_KOREAN = _Script(regex.compile("[\uac00-\ud7a3\u4e00-\u9fff]"), HANGUL)
_EAST_ASIAN = (
    ("shift_jis", _JAPANESE),
    ("euc-jp", _JAPANESE),
    ("gb18030", _CHINESE),
    ("big5", _CHINESE),
    ("euc-kr", _KOREAN),
    *((encoding, script) for encoding in _UTF16 for script in (_JAPANESE, _CHINESE, _KOREAN)),
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to decode the samples: how much of it is as it should be, and whether it convinces.

    ``score`` is a share, 0 where more signs are out of place than may be; ``odd`` counts them.
    """

    encoding: str
    text: str
    score: float
    odd: int
    convinces: bool
    language: Orthography | None = None


class _Text:
    """The samples decoded in one way, and what is counted in them for every language."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.beyond = Counter(_BEYOND.findall(text.lower()))
        self.size = sum(self.beyond.values())
        self.odd = len(_OUT_OF_PLACE.findall(text))

    @property
    def allowed(self) -> float:
        """How many signs may be out of place."""
        return _ODD_SHARE * self.size

    @cached_property
    def words(self) -> Counter[str]:
        return Counter(_WORD.findall(self.text.lower()))

    @cached_property
    def joined(self) -> Counter[str]:
        return Counter(_JOINED.findall(self.text))

    @cached_property
    def latin_oddities(self) -> int:
        return len(_LATIN_ODDITIES.findall(self.text))

    @cached_property
    def other_oddities(self) -> int:
        return len(_OTHER_ODDITIES.findall(self.text))


def detect(data: bytes) -> Detected | None:
    """Return the text of ``data``, which is no UTF-8, and its encoding; None when in doubt.

    Judges several stretches of a long text, and looks through all of it for what its language
    does not have. The encoding's name is the one that iconv knows.
    """
    samples = _Samples(data)
    readings = list(_readings(samples))
    best = max(readings, key=lambda reading: (reading.score, -reading.odd), default=None)
    if best is None or not best.convinces:
        return None
    if any(_rivals(reading, best) for reading in readings):
        return None
    if best.language and _is_mixed(data, best.encoding, best.language):
        return None
    try:
        text = data.decode(_codec(best.encoding))
    except UnicodeDecodeError:
        return None
    return None if _NEVER.search("".join(set(text))) else Detected(text, best.encoding)


def _rivals(reading: _Reading, best: _Reading) -> bool:
    """Tell whether a reading says something else than the best one and is nearly as good."""
    if reading.text == best.text or reading.score * _MARGIN <= best.score:
        return False
    return best.odd > 0 or reading.odd == 0


class _Samples:
    """Stretches of the data that stand for all of it."""

    def __init__(self, data: bytes) -> None:
        if len(data) <= _SAMPLES * _SAMPLE_BYTES:
            self._lines = self._even = [data]
        else:
            starts = [i * (len(data) // _SAMPLES) & ~1 for i in range(_SAMPLES)]
            self._even = [data[start : start + _SAMPLE_BYTES] for start in starts]
            self._lines = [line for i, s in enumerate(self._even) if (line := _trimmed(s, i == 0))]
        self.has_nul = any(b"\0" in stretch for stretch in self._even)

    def decoded(self, encoding: str) -> _Text | None:
        """Return the samples as text, None where they are not in this encoding."""
        decoder = codecs.getincrementaldecoder(_codec(encoding))
        stretches = self._even if encoding in _UTF16 else self._lines
        try:
            # Not final: the last character of a stretch may be torn.
            text = "\n".join(decoder().decode(stretch) for stretch in stretches)
        except UnicodeDecodeError:
            return None
        return None if _NEVER.search("".join(set(text))) else _Text(text)


def _trimmed(stretch: bytes, is_first: bool) -> bytes:
    """Return whole lines of a stretch, or whole words, because no encoding tears those."""
    for mark in (b"\n", b" "):
        start = 0 if is_first else stretch.find(mark) + 1
        end = stretch.rfind(mark)
        if end > start and (start or is_first):
            return stretch[start:end]
    return stretch if is_first else b""


def _codec(encoding: str) -> str:
    """Return the name of Python's codec for an encoding."""
    return _CODECS.get(encoding, encoding)


def _is_mixed(data: bytes, encoding: str, language: Orthography) -> bool:
    """Tell whether a part of the data is in another encoding: bytes that are no letters of it."""
    if encoding in _UTF16:
        return False
    letters = language.letters | language.foreign
    known = bytearray()
    for byte in range(256):
        character = bytes([byte]).decode(_codec(encoding), "ignore")
        if byte < 0x80 or character.lower() in letters or character in _MARKS:
            known.append(byte)
    high = data.translate(None, _ASCII)
    return len(high.translate(None, bytes(known))) > _ODD_SHARE * len(high)


def _readings(samples: _Samples) -> Iterator[_Reading]:
    decoded: dict[str, _Text | None] = {}

    def text_in(encoding: str) -> _Text | None:
        if encoding not in decoded:
            decoded[encoding] = samples.decoded(encoding)
        return decoded[encoding]

    for language in LANGUAGES:
        for encoding in _UTF16 if samples.has_nul else language.encodings:
            if text := text_in(encoding):
                yield _by_words(encoding, text, language)
    for encoding, script in _EAST_ASIAN:
        if (encoding in _UTF16) == samples.has_nul and (text := text_in(encoding)):
            yield _by_characters(encoding, text, script)


def _by_words(encoding: str, text: _Text, language: Orthography) -> _Reading:
    """Return how well a text is one of a language: by its function words among all its words."""
    nothing = _Reading(encoding, text.text, 0.0, text.odd, False)
    odd = text.odd + (text.latin_oddities if language.is_latin else text.other_oddities)
    if odd > text.allowed:
        return nothing
    foreign = 0
    for character, count in text.beyond.items():
        if character in language.foreign:
            foreign += count
        elif character not in language.letters and character not in _MARKS:
            odd += count
    odd += sum(count for mark, count in text.joined.items() if mark not in language.joints)
    total = hits = evidence = 0
    for word, count in text.words.items():
        if word.isascii() and not language.is_latin:
            continue
        total += count
        if word in language.words:
            hits += count
            evidence += min(len(word), 2)
        elif len(word) == 1 and language.is_latin and not word.isascii():
            odd += count
    if odd > text.allowed or not total:
        return nothing
    score = hits / total * (1 - _FOREIGN_DISCOUNT * foreign / max(text.size, 1))
    if not language.is_latin:
        # A few words in another script do not make a text of it.
        score *= min(1.0, total / (_SCRIPT_SHARE * text.words.total()))
    convinces = evidence >= _LEAST_EVIDENCE and score >= _WORD_SHARE
    return _Reading(encoding, text.text, score, odd, convinces, language)


def _by_characters(encoding: str, text: _Text, script: _Script) -> _Reading:
    """Return how well a text is one of an East Asian script: by its frequent characters."""
    odd = text.odd
    letters = hits = kana = distinct = 0
    for character, count in text.beyond.items():
        if script.own.match(character):
            letters += count
            hits += count * (character in script.frequent)
            distinct += 1
            kana += count * (character in HIRAGANA)
        elif not _EAST_ASIAN_SIGN.match(character):
            odd += count
    if odd > text.allowed or not letters or kana < script.least_kana * letters:
        return _Reading(encoding, text.text, 0.0, text.odd, False)
    score = hits / letters
    convinces = distinct >= _FEWEST_CHARACTERS and score >= _CHARACTER_SHARE
    return _Reading(encoding, text.text, score, odd, convinces)
