"""The default model end to end: agreement, independence, threads, and what serving must not do."""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from qa_service.embedding.export_format import read_export
from qa_service.embedding.exported import find_exported
from qa_service.embedding.opening import open_embedder
from qa_service.embedding.protocol import Embedder, WordEmbedder
from qa_service.errors import ModelDamaged, WindowExceeded
from qa_service.settings import Settings

pytestmark = pytest.mark.model

TEXTS = [
    "The harbour was rebuilt in 1910 after the great fire.",
    "Who paid for the new harbour?",
    "Rice is grown in warm, wet fields.",
    "Der Hafen wurde 1910 neu gebaut.",
    "Yes.",
    "The council voted for the loan, the bridge, the school and the quay. " * 14,
]

SERVING = """
import sys
reached = []
def watch(event, args):  # telemetry is sent from a forked child, where this would not see it
    if event.startswith(("socket.", "os.fork", "os.exec", "os.posix_spawn", "subprocess.")):
        reached.append(event)
sys.addaudithook(watch)
from pathlib import Path
from qa_service.embedding.opening import open_embedder
from qa_service.settings import Settings
embedder = open_embedder(
    Settings.create(cache_dir=Path(sys.argv[1]), precision=sys.argv[2], runtime=sys.argv[3])
)
embedder.embed(["one question"])
embedder.embed(["several", "documents of a few words"] * 20)
heavy = {"torch", "transformers", "sentence_transformers", "huggingface_hub", "onnx"}
print("reached", sorted(set(reached)))
print("loaded", sorted(heavy & set(sys.modules)))
print("telemetry", [name for name in sys.modules if "telemetry" in name])
"""


@pytest.fixture(scope="module")
def serving_embedder(int8_settings: Settings) -> Embedder:
    return open_embedder(int8_settings)


def test_float32_equals_the_original_to_rounding(
    float32_embedder: Embedder, float32_settings: Settings
) -> None:
    agreement = find_exported(float32_settings).exported.agreement
    assert agreement["lowest"] >= 0.99999


def test_int8_is_near_float32(int8_embedder: Embedder, float32_embedder: Embedder) -> None:
    cosines = (int8_embedder.embed(TEXTS) * float32_embedder.embed(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.99
    assert cosines.mean() > 0.998


def test_a_word_of_several_pieces_is_one_word_and_knows_its_neighbours(
    int8_embedder: Embedder,
) -> None:
    assert isinstance(int8_embedder, WordEmbedder)
    question, passage, other = int8_embedder.embed_words(
        ["Who retires from naïveté\u2019s 🚢 harbour?", TEXTS[0], TEXTS[2]]
    )
    text = "Who retires from naïveté\u2019s 🚢 harbour?"
    words = [text[start:end] for start, end in question.spans]
    assert words == ["Who", "retires", "from", "naïveté", "\u2019", "s", "🚢", "harbour", "?"]
    pieces = question.vectors[question.word == words.index("retires")]
    assert len(pieces) == 2
    harbour = question.vectors[question.word == words.index("harbour")]
    assert (harbour @ passage.vectors.T).max() > 0.5 > (harbour @ other.vectors.T).max()


def test_onnxruntime_agrees_with_openvino(
    float32_embedder: Embedder, float32_settings: Settings
) -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    other = open_embedder(float32_settings.model_copy(update={"runtime": "onnxruntime"}))
    assert other.identity == float32_embedder.identity
    assert np.allclose(other.embed(TEXTS), float32_embedder.embed(TEXTS), atol=1e-5)


def test_identity_states_the_published_weights(int8_embedder: Embedder) -> None:
    identity = int8_embedder.identity
    assert identity.model == "all-MiniLM-L6-v2"
    assert identity.weights_sha256.startswith("53aa51172d142c89")
    assert (identity.dimension, identity.window, identity.variant) == (384, 256, "int8")


def test_rows_have_unit_norm(int8_embedder: Embedder) -> None:
    assert np.allclose(np.linalg.norm(int8_embedder.embed(TEXTS), axis=1), 1, atol=1e-5)


def test_meaning_is_nearer_than_wording(int8_embedder: Embedder) -> None:
    harbour, question, rice, *_ = int8_embedder.embed(TEXTS)
    assert harbour @ question > harbour @ rice + 0.2


@pytest.mark.parametrize("kind", ["int8_embedder", "float32_embedder"])
def test_batch_neighbours_hardly_move_a_vector(kind: str, request: pytest.FixtureRequest) -> None:
    embedder: Embedder = request.getfixturevalue(kind)
    alone = np.concatenate([embedder.embed([text]) for text in TEXTS])
    together = embedder.embed(TEXTS)
    assert (alone * together).sum(axis=1).min() > (0.9995 if kind == "int8_embedder" else 0.99999)


def test_other_texts_do_not_move_a_vector(int8_embedder: Embedder) -> None:
    words = " ".join(TEXTS).split()
    texts = [" ".join(words[start : start + 3 + start % 29]) for start in range(40)]
    together = int8_embedder.embed(texts)
    in_fives = [int8_embedder.embed(texts[start::8]) for start in range(8)]
    for start, rows in enumerate(in_fives):
        # Equal to the bit where it was measured; another processor may round otherwise.
        assert (rows * together[start::8]).sum(axis=1).min() > 0.99999


def test_question_served_agrees_with_what_was_indexed(
    serving_embedder: Embedder, int8_embedder: Embedder
) -> None:
    served = np.concatenate([serving_embedder.embed([text]) for text in TEXTS])
    assert (served * int8_embedder.embed(TEXTS)).sum(axis=1).min() > 0.9994


def test_other_texts_do_not_move_the_words_of_a_short_one(serving_embedder: Embedder) -> None:
    assert isinstance(serving_embedder, WordEmbedder)
    short = ["Where is the harbour?", "Who was first?", "Who is the keeper of the light, and why?"]
    together = serving_embedder.embed_words([*short, *TEXTS])
    for text, words in zip(short, together, strict=False):
        [alone] = serving_embedder.embed_words([text])
        serving_embedder.embed([text])  # and a question's own way gives the same
        [asked] = serving_embedder.embed_words([text])
        assert np.array_equal(alone.vectors, words.vectors)
        assert np.array_equal(asked.vectors, words.vectors)


def test_equal_calls_give_equal_bytes(int8_embedder: Embedder) -> None:
    assert np.array_equal(int8_embedder.embed(TEXTS * 5), int8_embedder.embed(TEXTS * 5))


def test_order_of_the_texts_is_the_order_of_the_rows(float32_embedder: Embedder) -> None:
    rows = float32_embedder.embed(TEXTS)
    assert np.allclose(float32_embedder.embed(TEXTS[::-1])[::-1], rows, atol=1e-5)


def test_threads_get_their_own_vectors(float32_embedder: Embedder) -> None:
    expected = np.concatenate([float32_embedder.embed([text]) for text in TEXTS])

    def ask(turn: int) -> bool:
        place = turn % len(TEXTS)
        return bool(
            np.allclose(float32_embedder.embed([TEXTS[place]])[0], expected[place], atol=1e-5)
        )

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(ask, range(48)))


def test_window_counts_special_tokens_and_is_never_exceeded(int8_embedder: Embedder) -> None:
    assert int8_embedder.count_tokens(["harbour", ""]) == [3, 2]
    assert int8_embedder.embed(["harbour " * 254]).shape == (1, 384)
    with pytest.raises(WindowExceeded, match=r"257 model tokens.*window of 256"):
        int8_embedder.embed(["harbour " * 255])


@pytest.mark.parametrize(
    ("precision", "runtime"),
    [("int8", "openvino"), ("float32", "openvino"), ("float32", "onnxruntime")],
)
def test_serving_opens_no_socket_starts_no_process_and_imports_nothing_heavy(
    precision: str, runtime: str, request: pytest.FixtureRequest
) -> None:
    pytest.importorskip(runtime, reason=f"{runtime} is not installed")
    settings: Settings = request.getfixturevalue(f"{precision}_settings")
    request.getfixturevalue(f"{precision}_embedder")  # exported by now
    done = subprocess.run(
        [sys.executable, "-c", SERVING, str(settings.cache_dir), precision, runtime],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["reached []", "loaded []", "telemetry []"]


def test_one_flipped_bit_in_the_exported_weights_is_refused(
    int8_embedder: Embedder, int8_settings: Settings, tmp_path: Path
) -> None:
    copy = tmp_path / "export"
    shutil.copytree(find_exported(int8_settings).exported.folder, copy)
    with (copy / "model.bin").open("r+b") as stream:
        stream.seek(10_000_000)
        byte = stream.read(1)[0]
        stream.seek(10_000_000)
        stream.write(bytes([byte ^ 1]))
    with pytest.raises(ModelDamaged, match=r"model\.bin: does not match its checksum"):
        read_export(copy)
