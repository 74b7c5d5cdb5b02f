"""Rows of a matrix in an ``.h5ad`` file, a few thousand at a time, however it is stored.

Read straight from HDF5: anndata's own backed sparse matrices do not slice under every SciPy (0.12.6 with 1.17).
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray


class CellMatrix:
    """Cells x genes, read by rows.

    Parameters
    ----------
    stored : h5py.Dataset or h5py.Group
        A dense matrix, or a sparse one by rows (CSR) or columns (CSC; read whole).
    """

    def __init__(self, stored: Any):
        self._stored = stored
        self._dense = hasattr(stored, "shape")
        shape = stored.shape if self._dense else stored.attrs.get("shape", stored.attrs.get("h5sparse_shape"))
        self.shape = (int(shape[0]), int(shape[1]))

    def rows(self, start: int, stop: int) -> Any:
        """Rows from `start` to before `stop`: a NumPy array, or a sparse one by rows."""
        from scipy.sparse import csr_matrix

        stop = min(stop, self.shape[0])
        if self._dense:
            return np.asarray(self._stored[start:stop])
        if self._by_columns:
            return self._whole[start:stop]
        ends = self._ends[start : stop + 1]
        first, last = int(ends[0]), int(ends[-1])
        values = self._stored["data"][first:last]
        parts = (values, self._stored["indices"][first:last], ends - first)
        return _checked(csr_matrix(parts, (stop - start, self.shape[1])))

    @property
    def _by_columns(self) -> bool:
        said = self._stored.attrs.get("encoding-type", self._stored.attrs.get("h5sparse_format", "csr"))
        return str(said.decode() if isinstance(said, bytes) else said).startswith("csc")

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        return np.asarray(self._stored["indptr"][:], dtype=np.int64)

    @cached_property
    def _whole(self) -> Any:
        from scipy.sparse import csc_matrix

        parts = tuple(self._stored[name][:] for name in ("data", "indices", "indptr"))
        return _checked(csc_matrix(parts, self.shape)).tocsr()


def _checked(matrix: Any) -> Any:
    """The matrix, if every place it names lies inside it: SciPy does not look, and would read or write beyond.

    Raises
    ------
    ValueError
        If one does not.
    """
    matrix.check_format(full_check=True)
    return matrix
