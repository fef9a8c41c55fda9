from __future__ import annotations

import io
import mmap
from pathlib import Path

import numpy as np
import pytest

from qa_service.index.arrays import decode_array, encode_array


@pytest.mark.parametrize("shape", [(0,), (5,), (3, 4), (0, 2)])
def test_arrays_survive_and_come_back_read_only(shape: tuple[int, ...]) -> None:
    array = np.arange(int(np.prod(shape)), dtype=np.int32).reshape(shape)
    back = decode_array(encode_array(array), np.int32, len(shape))
    assert np.array_equal(back, array)
    assert not back.flags.writeable


def test_another_type_or_dimension_is_refused() -> None:
    data = encode_array(np.zeros(3, np.int32))
    with pytest.raises(ValueError, match="int32"):
        decode_array(data, np.int64, 1)
    with pytest.raises(ValueError, match="2-d"):
        decode_array(data, np.int32, 2)


def test_pickled_objects_are_refused_unread() -> None:
    stream = io.BytesIO()
    np.save(stream, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="object"):
        decode_array(stream.getvalue(), np.int32, 1)


@pytest.mark.parametrize("cut", [0, 5, 9, 60, 130])
def test_truncated_bytes_are_a_value_error(cut: int) -> None:
    with pytest.raises(ValueError):
        decode_array(encode_array(np.arange(3, dtype=np.int32))[:cut], np.int32, 1)


def test_trailing_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="13 bytes"):
        decode_array(encode_array(np.arange(3, dtype=np.int32)) + b"x", np.int32, 1)


def test_a_mapped_file_is_read_in_place(tmp_path: Path) -> None:
    array = np.arange(90_000, dtype=np.int32).reshape(-1, 3)
    path = tmp_path / "array"
    path.write_bytes(encode_array(array))
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    back = decode_array(mapped, np.int32, 2)
    del mapped
    assert np.array_equal(back, array)
    assert not back.flags.owndata
    assert not back.flags.writeable
