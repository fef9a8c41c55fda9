"""What is compared: settings by name, from a TOML file or written on the command line."""

from __future__ import annotations

import difflib
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_service.errors import InvalidSettings
from qa_service.settings import PREFIX, Settings

MakeSettings = Callable[..., Settings]
"""Returns the settings in force, overridden by its keyword arguments."""

IN_FORCE = "-"
_NAME = "name"
_NAME_IN_FORCE = "in force"
_LARGEST = 1_000_000
_NOT_COMPARED = {
    "corpus": "the labels are places in one corpus: name it with --corpus",
    "index": "every config is indexed into a temporary folder: leave it out",
}


@dataclass(frozen=True, slots=True)
class Config:
    """A named set of settings. ``changes`` are those written down, ``settings`` all in force."""

    name: str
    changes: Mapping[str, Any]
    settings: Settings


def load_configs(texts: Sequence[str], make: MakeSettings) -> list[Config]:
    """Return the configs that the texts mean, in order; names differ from each other.

    A text is the path of a TOML file, ``KEY=VALUE,KEY=VALUE``, or ``-`` for the settings in force.
    The key ``name`` names the config and is no setting. Raises InvalidSettings for fewer than two
    texts, a file that cannot be read, an unknown key, a value out of bounds or a name used twice.
    """
    if len(texts) < 2:
        raise InvalidSettings(
            f"--compare needs two configs or more, not {len(texts)}",
            f"write `--compare {IN_FORCE} passage_tokens=96`: {IN_FORCE} is the settings in force",
        )
    make()  # a wrong variable is no fault of the first config
    configs = [_load(text, make) for text in texts]
    name, uses = Counter(config.name for config in configs).most_common(1)[0]
    if uses > 1:
        raise InvalidSettings(
            f"{uses} configs are named {name!r}", f"give one of them another: {_NAME}=..."
        )
    return configs


def compared_settings(configs: Sequence[Config]) -> tuple[str, ...]:
    """Return the settings that some config names or that are not equal in all, in their order.

    A setting can differ without being named: one runtime implies a precision.
    """
    first = configs[0].settings
    return tuple(
        name
        for name in Settings.model_fields
        if any(
            name in c.changes or getattr(c.settings, name) != getattr(first, name) for c in configs
        )
    )


def described(config: Config, names: Sequence[str]) -> str:
    """Return the named settings as they are in force: ``key=value,key=value``."""
    values = {name: getattr(config.settings, name) for name in names}
    return _joined({name: "unset" if value is None else value for name, value in values.items()})


def _load(text: str, make: MakeSettings) -> Config:
    if text == IN_FORCE:
        values, default = {}, _NAME_IN_FORCE
    elif "=" in text and not text.endswith(".toml"):  # a file may be called a=b.toml
        values = _parse_inline(text)
        default = _joined({k: v for k, v in values.items() if k != _NAME}) or _NAME_IN_FORCE
    else:
        values, default = _read_file(Path(text)), Path(text).stem
    name = values.pop(_NAME, default)
    if not isinstance(name, str) or not name.strip():
        raise InvalidSettings(f"{text}: {_NAME}={name!r} is no name", "write some text, in quotes")
    for key in values:
        _check_key(text, key)
    try:
        settings = make(**values)
    except InvalidSettings as error:
        raise InvalidSettings(f"{text}: {error.message}", error.hint) from None
    return Config(" ".join(name.split()), values, settings)


def _parse_inline(text: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for part in text.split(","):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not (key and equals and value):
            raise InvalidSettings(
                f"{text}: {part!r} is not KEY=VALUE", "write passage_tokens=96,precision=float32"
            )
        if key in values:
            raise InvalidSettings(f"{text}: {key} is given twice", "keep one of them")
        values[key] = value
    return values


def _read_file(path: Path) -> dict[str, Any]:
    hint = f"name a TOML file, write KEY=VALUE, or `{IN_FORCE}` for the settings in force"
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InvalidSettings(f"{path}: cannot be read as a config: {why}", hint) from None
    if len(content) > _LARGEST:
        raise InvalidSettings(f"{path}: larger than {_LARGEST} bytes: no config", hint)
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # TOML and UTF-8 errors are ValueErrors
        raise InvalidSettings(
            f"{path}: is not TOML in UTF-8: {error}", 'write lines such as precision = "float32"'
        ) from None


def _check_key(text: str, key: str) -> None:
    if key in _NOT_COMPARED:
        raise InvalidSettings(f"{text}: {key} cannot be compared", _NOT_COMPARED[key])
    if key not in Settings.model_fields:
        plain = key.lower().replace("-", "_").removeprefix(PREFIX.lower())
        near = difflib.get_close_matches(plain, [*Settings.model_fields, _NAME], n=1)
        raise InvalidSettings(
            f"{text}: {key}: unknown setting",
            f"did you mean {near[0]}?" if near else "`qa-service doctor` lists all settings",
        )


def _joined(values: Mapping[str, Any]) -> str:
    return ",".join(f"{key}={value}" for key, value in values.items())
