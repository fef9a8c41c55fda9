"""What a caller must name: the collection of documents, and where one is set, a key."""

from __future__ import annotations

import hmac

from qa_service.errors import InvalidRequest

COLLECTION = "default"


class CollectionNotFound(InvalidRequest):
    code = "collection_not_found"


class Unauthorized(InvalidRequest):
    code = "unauthorized"


class KeyMalformed(Unauthorized):
    code = "key_malformed"


def check_collection(name: str, version: str) -> None:
    """Raise CollectionNotFound unless ``name`` is ``default`` or the live index's version.

    Whoever names a version wants that one: when a newer index is live, it must not answer.
    """
    if name not in (COLLECTION, version):
        raise CollectionNotFound(
            f"{name[:80]!r}: no such collection of documents", f"its name is `{COLLECTION}`"
        )


def check_key(header: str | None, key: str | None, setting: str) -> None:
    """Raise Unauthorized unless the Authorization header bears ``key``; None asks for no key.

    ``setting`` is where the key is set, for the hint.
    """
    if key is None:
        return
    scheme, _, given = (header or "").partition(" ")
    hint = f"send `Authorization: Bearer KEY` with the key of {setting}"
    if scheme.lower() != "bearer" or not given.strip():
        raise KeyMalformed("Authorization: not of the form `Bearer KEY`", hint)
    if not hmac.compare_digest(given.strip().encode(), key.encode()):
        raise Unauthorized("Authorization: not the key", hint)
