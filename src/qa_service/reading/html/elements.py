"""What each HTML element is for the text: left out, inline, or a block, and how blocks divide."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


LEFT_OUT = _names(
    "applet area audio base basefont bgsound canvas datalist embed head iframe input link meta "
    "noembed noframes noscript object param rp script source style svg template title track video"
)
# Also where they stand inside a sentence: controls are no part of it.
CONTROLS = _names("button select textarea")
HEADINGS = {f"h{level}": level for level in range(1, 7)}
LISTS = _names("dir menu ol ul")
_BLOCKS = (
    _names(
        "address article aside blockquote body caption center dd details dialog dir div dl dt "
        "fieldset figcaption figure footer form header hgroup html legend li listing main marquee "
        "menu nav ol optgroup option p pre search section summary table tbody td tfoot th thead "
        "tr ul xmp"
    )
    | CONTROLS
    | HEADINGS.keys()
)
_ONE_LINE = _names("caption dd dt legend li optgroup option summary tbody tfoot thead tr")
PREFORMATTED = _names("listing pre xmp")

_HIDDEN_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
# Often hidden only until a script has run.
_NEVER_HIDDEN = _names("article body html main")
# Inline elements with one of these words in their class stand beside the text, not in it.
_BESIDE = re.compile(r"\b(?:skip-?(?:link|nav|to-\w+)|breadcrumbs?|pagination)\b", re.I)
# What software adds to every heading: a link to it, a way to change it.
_HEADING_CONTROL = re.compile(
    r"\b(?:mw-editsection|headerlink|permalink|heading-anchor|hash-link)\b", re.I
)

_LONGEST_CAPTION = 2_000
_FILE_NAME = re.compile(r"\S+\.\w{3,4}$")
_EMPTY_ALT = _names(
    "image img photo picture icon logo avatar thumbnail thumb spacer bullet arrow banner graphic "
    "placeholder изображение фото картинка bild foto imagen immagine imagem 图片 图像 画像 صورة"
)


def is_hidden(tag: str, attributes: dict[str, str | None]) -> bool:
    """Tell whether the element says of itself that it is not shown."""
    if tag in _NEVER_HIDDEN:
        return False
    if "hidden" in attributes and attributes["hidden"] != "until-found":
        return True
    if (attributes.get("aria-hidden") or "").strip().lower() == "true":
        return True
    style = attributes.get("style")
    return bool(style) and _HIDDEN_STYLE.search(style or "") is not None


def is_heading_control(attributes: dict[str, str | None]) -> bool:
    """Tell whether the element is the software's, not the author's, inside a heading."""
    words = attributes.get("class")
    return bool(words) and _HEADING_CONTROL.search(words or "") is not None


def is_block(tag: str, attributes: dict[str, str | None]) -> bool:
    """Tell whether the element stands on lines of its own."""
    # A custom element holds a part of a page more often than a word.
    if tag in _BLOCKS or "-" in tag:
        return True
    words = attributes.get("class")
    return bool(words) and _BESIDE.search(words or "") is not None


def line_ends(tag: str, in_item: bool) -> int:
    """Return how many line ends stand around the block: two make a paragraph of it.

    Inside a list item only paragraphs do.
    """
    if tag in _ONE_LINE or (in_item and tag != "p"):
        return 1
    return 2


def alternative_text(attributes: dict[str, str | None]) -> str:
    """Return what an image's ``alt`` says about it, or "" where it says nothing to a reader."""
    alt = " ".join((attributes.get("alt") or "").split())
    if attributes.get("width") in ("0", "1") or attributes.get("height") in ("0", "1"):
        return ""
    if _FILE_NAME.match(alt) or alt.lower() in _EMPTY_ALT:
        return ""
    return alt


def caption_of(figure: LexborNode) -> str:
    """Return the beginning of a figure's caption, "" where it has none."""
    for child in figure.iter():
        if child.tag == "figcaption":
            return beginning_of(child, _LONGEST_CAPTION)[0]
    return ""


def beginning_of(node: LexborNode, longest: int = 40) -> tuple[str, bool]:
    """Return the beginning of an element's text, images' ``alt`` included, and whether it links.

    Reads little more than ``longest`` characters: reading all of an element at every level of a
    deep page would take quadratic time.
    """
    parts: list[str] = []
    size, has_link = 0, False
    for steps, child in enumerate(node.traverse(include_text=True)):
        if child.tag == "-text":
            parts.append(child.text_content or "")
            size += len(parts[-1])
        elif child.tag == "a":
            has_link = True
        elif child.tag == "img":
            parts.append(child.attributes.get("alt") or "")
        if size > longest or steps > longest:
            break
    return " ".join("".join(parts).split()), has_link
