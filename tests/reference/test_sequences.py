"""Packed promoters come back as they went in, whatever the window's length."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from rarml.core.errors import InputError
from rarml.reference.bases import encode
from rarml.reference.sequences import PromoterSequences, SequenceWriter, pack, unpack


@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 5), st.integers(1, 37)), elements=st.integers(0, 4)))
def test_round_trip(codes: np.ndarray) -> None:
    bases, unknown = pack(codes)
    assert bases.shape == (len(codes), -(-codes.shape[1] // 4))
    assert (unpack(bases, unknown, codes.shape[1]) == codes).all()


def test_two_bits_a_base() -> None:
    bases, unknown = pack(encode("ACGTN").reshape(1, 5))
    assert bases.tolist() == [[0b00011011, 0]]
    assert unknown.tolist() == [[0b00001000]]


def test_rows_on_disk(tmp_path: Path) -> None:
    texts = ["ACGTNNacgtA", "TTTTTTTTTTT", "nnnnnACGTAC"]
    writer = SequenceWriter(tmp_path / "s", 3, (6, 5))
    memory = PromoterSequences.from_strings(texts, (6, 5))
    writer.put(0, memory.codes([0]), memory.soft([0]))
    writer.put(1, memory.codes(slice(1, 3)), memory.soft(slice(1, 3)))
    writer.close()
    stored = PromoterSequences.open(tmp_path / "s", (6, 5))
    assert isinstance(stored._bases, np.memmap)
    assert (len(stored), stored.length, stored.window) == (3, 11, (6, 5))
    assert (stored.codes() == np.stack([encode(text) for text in texts])).all()
    assert (stored.codes([2, 0, 2]) == stored.codes()[[2, 0, 2]]).all()
    assert stored.codes(np.array([], dtype=int)).shape == (0, 11)
    assert stored.soft()[0].tolist() == [False] * 6 + [True] * 4 + [False]
    assert stored.codes().dtype == np.uint8


def test_bad_stores(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has 4 bases, the window 5"):
        PromoterSequences.from_strings(["ACGT"], (2, 3))
    SequenceWriter(tmp_path, 2, (50, 50)).close()
    with pytest.raises(InputError, match="of another window"):
        PromoterSequences.open(tmp_path, (500, 500))
    (tmp_path / "soft.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(InputError, match=r"soft\.npy: is missing or damaged"):
        PromoterSequences.open(tmp_path, (50, 50))
