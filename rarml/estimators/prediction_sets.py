"""Which classes conformal p-values leave standing; apart from the fit, so that reading stored ones stays light."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rarml.core.errors import InputError

_DIGITS = 9


def prediction_sets(p_values: ArrayLike, level: float) -> NDArray[np.bool_]:
    """Whether each class is in the set at `level`: its p-value is above 1 - level.

    Parameters
    ----------
    p_values : array of float, shape (n, classes)
        Of `rarml.estimators.conformal.ConformalSets.p_values`.
    level : float
        Coverage wanted, between 0 and 1.

    Raises
    ------
    InputError
        If `level` is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise InputError(f"the level of a prediction set is {level}", fix="give one between 0 and 1, such as 0.9")
    # rounded, so that 1 - 0.9 is 0.1 and not a little less, in single precision too
    return np.round(np.asarray(p_values, dtype=np.float64), 7) > round(1 - level, _DIGITS)
