"""The parts of an Office Open XML package: unpacked within limits, parsed without entities.

Container and relationships as in ECMA-376 part 2 (Open Packaging Conventions). Nothing is written
to a disk, so names that climb out of a folder mean nothing, and nothing outside the file is ever
opened: external relationships are left out.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import unquote

from lxml import etree

from qa_service.errors import DocumentDamaged, DocumentProtected, DocumentTooLarge
from qa_service.reading.files import printable

# An element of lxml, which carries no types of its own.
Element = Any

_MOST_ENTRIES = 20_000
_MOST_UNPACKED = 100_000_000
# Deflate reaches 1,032; the XML of a table with nothing in it stays near 100.
_MOST_RATIO = 400
_RATIO_FROM = 1_000_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PREFIXES = {
    f"{base}/{path}": prefix
    for prefix, transitional, strict in (
        ("w", "wordprocessingml/2006/main", "wordprocessingml/main"),
        ("m", "officeDocument/2006/math", "officeDocument/math"),
        ("a", "drawingml/2006/main", "drawingml/main"),
        ("dgm", "drawingml/2006/diagram", "drawingml/diagram"),
        ("r", "officeDocument/2006/relationships", "officeDocument/relationships"),
    )
    for base, path in (
        ("http://schemas.openxmlformats.org", transitional),
        ("http://purl.oclc.org/ooxml", strict),
    )
} | {"http://schemas.openxmlformats.org/markup-compatibility/2006": "mc"}
_names: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Relationship:
    """What a part refers to: ``kind`` is the last word of its type, ``part`` a name inside."""

    kind: str
    part: str


class Package:
    """An Office Open XML file held in memory; parts are unpacked when they are asked for."""

    def __init__(self, data: bytes, document_id: str) -> None:
        """Raises DocumentProtected, DocumentDamaged and DocumentTooLarge, naming the document."""
        self._id = document_id
        self._packed = len(data)
        self._unpacked = 0
        if data.startswith(_OLE):
            raise _of_container(data, document_id)
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        # The directory of a torn or forged archive fails in any of these ways.
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise self._damaged(f"no DOCX: {_one_line(error)}") from None
        entries = self._zip.infolist()
        if len(entries) > _MOST_ENTRIES:
            raise DocumentTooLarge(
                f"{document_id}: {len(entries):,} parts exceed {_MOST_ENTRIES:,}",
                "save it anew with a word processor",
            )
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            if self._entries.setdefault(_key(entry.filename), entry) is not entry:
                raise self._damaged(f"holds {printable(entry.filename)} twice")

    def main_part(self) -> str:
        """Return the name of the part that holds the text; raises DocumentDamaged without one."""
        for relationship in self.relationships("").values():
            if relationship.kind == "officeDocument" and _key(relationship.part) in self._entries:
                return relationship.part
        if "word/document.xml" in self._entries:
            return "word/document.xml"
        raise self._damaged("no DOCX: the part word/document.xml is missing")

    def relationships(self, part: str) -> dict[str, Relationship]:
        """Return what ``part`` ("" for the package) refers to inside the package, by id."""
        folder, name = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: dict[str, Relationship] = {}
        for element in () if root is None else root.iterchildren("{*}Relationship"):
            target = unquote(element.get("Target", ""))
            if element.get("TargetMode") != "External" and target:
                path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                kind = element.get("Type", "").rpartition("/")[2]
                found[element.get("Id", "")] = Relationship(kind, path)
        return found

    def xml(self, part: str) -> Element | None:
        """Return the root element of a part, or None where the package does not have it.

        Raises DocumentDamaged for what is not well-formed, holds a document type declaration
        (entities) or is nested beyond 256 elements, and what unpacking raises.
        """
        entry = self._entries.get(_key(part))
        if entry is None:
            return None
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(self._unpack(entry), parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self._damaged(f"{printable(part)}: {_one_line(error)}") from None
        if root.getroottree().docinfo.internalDTD is not None:
            raise self._damaged(f"{printable(part)}: holds a document type declaration")
        return root

    def _unpack(self, entry: zipfile.ZipInfo) -> bytes:
        # zipfile unpacks no more than the entry declares: a lie is a wrong checksum, not a bomb.
        self._check_size(entry.file_size, entry.compress_size)
        if entry.flag_bits & 0x1:
            raise DocumentProtected(
                f"{self._id}: password protected", "save a copy without the password"
            )
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self._damaged(f"{printable(entry.filename)}: an unknown compression")
        try:
            with self._zip.open(entry) as stream:
                content = stream.read(entry.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, RuntimeError,
                NotImplementedError) as error:  # fmt: skip
            raise self._damaged(f"{printable(entry.filename)}: {_one_line(error)}") from None
        self._unpacked += len(content)
        return content

    def _check_size(self, size: int, compressed: int) -> None:
        if self._unpacked + size > _MOST_UNPACKED:
            raise DocumentTooLarge(
                f"{self._id}: unpacks to more than {_MOST_UNPACKED:,} bytes of XML", "split it"
            )
        # A part cannot be packed into fewer bytes than the whole file has, whatever it declares.
        if size > _RATIO_FROM and size > _MOST_RATIO * min(max(compressed, 1), self._packed):
            raise DocumentTooLarge(
                f"{self._id}: unpacks to more than {_MOST_RATIO} times its size: a zip bomb",
                "remove it from the corpus",
            )

    def _damaged(self, what: str) -> DocumentDamaged:
        return DocumentDamaged(
            f"{self._id}: {what}",
            "open it in a word processor and save it as DOCX again, or remove it",
        )


def name_of(element: Element) -> str:
    """Return an element's name with its usual prefix ("w:p"), "" for what is no element.

    Strict and transitional documents have different namespaces and the same names. A namespace
    that plays no part here gives a prefix of "?".
    """
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    name = _names.get(tag)
    if name is None:
        namespace, _, local = tag.rpartition("}")
        name = f"{_PREFIXES.get(namespace[1:], '?')}:{local}"
        if len(_names) < 10_000:  # a hostile file may hold any number of names
            _names[tag] = name
    return name


def child(element: Element | None, *path: str) -> Element | None:
    """Return the first element under ``element`` along a path of local names, or None."""
    for local in path:
        if element is None:
            return None
        element = next(element.iterchildren(f"{{*}}{local}"), None)
    return element


def attribute(element: Element | None, local: str, default: str = "") -> str:
    """Return an element's attribute by its local name, in whatever namespace it is."""
    if element is None:
        return default
    for name, value in element.attrib.items():
        if name == local or name.endswith(f"}}{local}"):
            return str(value)
    return default


def is_on(element: Element | None) -> bool:
    """Tell whether an on/off property (ECMA-376 part 1, 17.17.4) is there and not switched off."""
    return element is not None and attribute(element, "val", "1") not in ("0", "false", "off")


def _of_container(data: bytes, document_id: str) -> DocumentProtected | DocumentDamaged:
    """Return the error for an OLE container: an encrypted package, or the format before DOCX."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return DocumentProtected(
            f"{document_id}: password protected", "save a copy without the password"
        )
    if "WordDocument".encode("utf-16-le") in data:
        return DocumentDamaged(
            f"{document_id}: no DOCX but the older DOC format",
            "convert it, for example `soffice --convert-to docx`",
        )
    return DocumentDamaged(
        f"{document_id}: no DOCX but another Office container", "save it as DOCX, or remove it"
    )


def _key(name: str) -> str:
    """Return a part's name as parts are compared: without letter case or a leading slash."""
    return name.replace("\\", "/").lstrip("/").lower()


def _one_line(error: Exception) -> str:
    # The first argument alone: the XML parser adds the name of a file that is none.
    message = str(error.args[0]) if error.args else ""
    return " ".join(message.split())[:200] or type(error).__name__
