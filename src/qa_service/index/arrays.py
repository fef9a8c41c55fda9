"""Arrays as ``.npy`` bytes and back, without pickle and without a copy."""

from __future__ import annotations

import io
import mmap
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Content = bytes | mmap.mmap
"""What a verified file holds: in memory, or mapped."""

_LONGEST_HEADER = 1 << 16  # of this version of the format


def encode_array(array: NDArray[Any]) -> bytes:
    """Return the array as the bytes of a ``.npy`` file, equal for equal arrays."""
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.ascontiguousarray(array), allow_pickle=False)
    return stream.getvalue()


def decode_array(data: Content, dtype: DTypeLike, dimensions: int) -> NDArray[Any]:
    """Return a read-only view of the array inside ``.npy`` bytes; it keeps them alive.

    Raises ValueError when the bytes are no such file or hold another type or shape.
    """
    stream = io.BytesIO(data[:_LONGEST_HEADER])
    version = np.lib.format.read_magic(stream)
    if version != (1, 0):
        raise ValueError(f".npy version {version} instead of (1, 0)")
    shape, fortran, found = np.lib.format.read_array_header_1_0(stream)
    wanted = np.dtype(dtype)
    if found != wanted or len(shape) != dimensions or (fortran and dimensions > 1):
        raise ValueError(f"{found} array of shape {shape} instead of {dimensions}-d {wanted}")
    count = int(np.prod(shape, dtype=np.int64))
    body = len(data) - stream.tell()
    if body != count * wanted.itemsize:
        raise ValueError(f"{body} bytes of data instead of {count * wanted.itemsize}")
    return np.frombuffer(data, dtype=wanted, count=count, offset=stream.tell()).reshape(shape)
