from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from qa_service.ablation.configs import Config, compared_settings, described, load_configs
from qa_service.errors import InvalidSettings
from qa_service.settings import Settings


def load(*texts: object, **environ: str) -> list[Config]:
    make = partial(Settings.from_environment, environ, corpus=Path("elsewhere"))
    return load_configs([str(text) for text in texts], make)


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_config_is_a_file_an_inline_list_or_the_settings_in_force(tmp_path: Path) -> None:
    path = write(tmp_path, "small.toml", 'passage_tokens = 96\nprecision = "float32"\n')
    loaded = load(path, "passage_tokens = 64 , threshold=0.4", "-", QA_CANDIDATES="7")
    assert [c.name for c in loaded] == ["small", "passage_tokens=64,threshold=0.4", "in force"]
    assert [c.settings.passage_tokens for c in loaded] == [96, 64, 144]
    assert [c.settings.threshold for c in loaded] == [None, 0.4, None]
    assert loaded[0].settings.precision == "float32"
    assert {c.settings.candidates for c in loaded} == {7}
    assert {c.settings.corpus for c in loaded} == {Path("elsewhere")}


def test_a_config_goes_before_the_environment() -> None:
    assert load("-", "passage_tokens=64", QA_PASSAGE_TOKENS="96")[1].settings.passage_tokens == 64


def test_a_name_can_be_given_in_a_file_and_inline(tmp_path: Path) -> None:
    path = write(tmp_path, "a.toml", 'name = " my  first "\n')
    loaded = load(path, "name=second,threads=1", "name=third")
    assert [c.name for c in loaded] == ["my first", "second", "third"]
    assert [dict(c.changes) for c in loaded] == [{}, {"threads": "1"}, {}]


def test_an_empty_file_is_the_settings_in_force(tmp_path: Path) -> None:
    loaded = load(write(tmp_path, "nothing.toml", ""), "threads=1", QA_THREADS="2")
    assert loaded[0].settings.threads == 2
    assert loaded[0].name == "nothing"


def test_a_file_whose_name_holds_an_equals_sign_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, "passage_tokens=9.toml", "passage_tokens = 50\n")
    assert load(path, "-")[0].settings.passage_tokens == 50


def test_an_inline_config_may_be_longer_than_a_file_name() -> None:
    text = "name=" + "long " * 100 + ",threads=1"
    assert load("-", text)[1].settings.threads == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pasage_tokens=96", ("pasage_tokens: unknown setting", "did you mean passage_tokens?")),
        ("QA_PASSAGE_TOKENS=96", ("unknown setting", "did you mean passage_tokens?")),
        ("zzz=1", ("zzz: unknown setting", "qa-service doctor")),
        ("nmae=x", ("nmae: unknown setting", "did you mean name?")),
        ("passage_tokens=8", ("passage_tokens='8'", "greater than or equal to 16")),
        ("precision=int4", ("precision='int4'", "'int8' or 'float32'")),
        ("passage_tokens=96,", ("'' is not KEY=VALUE",)),
        ("threshold=", ("'threshold=' is not KEY=VALUE",)),
        ("threads=1,threads=2", ("threads is given twice",)),
        ("corpus=other", ("corpus cannot be compared", "--corpus")),
        ("index=other", ("index cannot be compared", "temporary")),
        ("nowhere.toml", ("nowhere.toml: cannot be read", "No such file")),
        ("", ("cannot be read",)),
        ("a\0b", ("cannot be read",)),
    ],
)
def test_a_config_that_means_nothing_is_refused(text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(InvalidSettings) as caught:
        load("-", text)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"passage_tokens: 96", "is not TOML"),
        (b"name = \xff", "is not TOML in UTF-8"),
        (b"a = " + b"[" * 100_000, "is not TOML"),
        (b"#" * 1_000_001, "larger than"),
        (b"name = 5", "is no name"),
        (b'name = " "', "is no name"),
        (b"[passage_tokens]\nmost = 96", "passage_tokens={'most': 96}"),
        (b"passage_tokens = 96.5", "passage_tokens=96.5"),
    ],
)
def test_a_file_that_is_no_config_is_refused(tmp_path: Path, content: bytes, word: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    with pytest.raises(InvalidSettings) as caught:
        load("-", path)
    assert word in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_folder_is_no_config(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="directory"):
        load("-", tmp_path)


@pytest.mark.parametrize("texts", [(), ("-",)])
def test_fewer_than_two_configs_are_refused(texts: tuple[str, ...]) -> None:
    with pytest.raises(InvalidSettings, match="two configs or more"):
        load(*texts)


def test_two_configs_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="2 configs are named 'in force'"):
        load("-", "threads=1", "-")


def test_a_wrong_variable_is_not_blamed_on_a_config() -> None:
    with pytest.raises(InvalidSettings) as caught:
        load("threads=1", "threads=2", QA_PORT="eighty")
    assert caught.value.message.startswith("QA_PORT=")


def configs(*values: dict[str, Any]) -> list[Config]:
    return [Config(str(n), v, Settings.create(**v)) for n, v in enumerate(values)]


def test_compared_are_settings_named_by_one_or_differing_unnamed() -> None:
    both = configs({"runtime": "onnxruntime"}, {"threads": 0})
    assert compared_settings(both) == ("runtime", "precision", "threads")
    assert described(both[0], compared_settings(both)) == (
        "runtime=onnxruntime,precision=float32,threads=0"
    )
    assert described(both[1], ("threshold",)) == "threshold=unset"
