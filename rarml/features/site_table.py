"""The letters of called sites: half-sites and spacer as read on the site's strand, mismatches, CpG inside."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.features.calls import SiteCalls
from rarml.features.half_sites import HEXAMER, mismatches
from rarml.features.matrices import SCALE
from rarml.reference.bases import LETTERS, C, G, reverse_complement

STRANDS = np.array(["-", ".", "+"], dtype=object)
"""Letter of strand -1, 0, +1 at index strand + 1."""
_LETTERS = np.frombuffer(LETTERS.encode(), dtype=np.uint8)


def site_letters(codes: NDArray[np.uint8], calls: SiteCalls, flip: NDArray[np.bool_]) -> pd.DataFrame:
    """What each site reads.

    Parameters
    ----------
    codes : uint8 (n, length)
        The scanned base codes; ``calls.row`` and ``calls.start`` refer to them.
    calls : SiteCalls
    flip : bool (n_calls,)
        Sites to be read on the other strand of `codes`.

    Returns
    -------
    DataFrame
        One row per call: left and right (hexamers) and spacer, 5' to 3' on the strand read, so that
        left + spacer + right is the site; mismatches (to RGKTCA, each half-site in its own direction, added); cpg
        (CG dinucleotides inside the site).
    """
    left, spacer, right = (np.full(len(calls), "", dtype=object) for _ in range(3))
    wrong, cpg = np.zeros(len(calls), dtype=np.int64), np.zeros(len(calls), dtype=np.int64)
    for number in np.unique(calls.type_index):
        pair = calls.types[number]
        here = np.flatnonzero(calls.type_index == number)
        window = codes[calls.row[here][:, None], calls.start[here][:, None] + np.arange(pair.length)]
        window[flip[here]] = reverse_complement(window[flip[here]])
        first_half, second_half = window[:, :HEXAMER], window[:, -HEXAMER:]
        left[here], right[here] = _text(first_half), _text(second_half)
        if pair.spacer:
            spacer[here] = _text(window[:, HEXAMER:-HEXAMER])
        ahead = reverse_complement(first_half) if pair.orientation == "ER" else first_half
        behind = reverse_complement(second_half) if pair.orientation == "IR" else second_half
        wrong[here] = mismatches(ahead) + mismatches(behind)
        cpg[here] = ((window[:, :-1] == C) & (window[:, 1:] == G)).sum(axis=1)
    return pd.DataFrame({"left": left, "spacer": spacer, "right": right, "mismatches": wrong, "cpg": cpg})


def site_scores(calls: SiteCalls) -> pd.DataFrame:
    """Type, score (bits) and exact p-value, one row per call."""
    names = np.array([pair.name for pair in calls.types], dtype=object)
    return pd.DataFrame(
        {
            "type": names[calls.type_index],
            "score": calls.score.astype(np.float64) / SCALE,
            "pvalue": calls.pvalue,
        }
    )


def _text(codes: NDArray[np.uint8]) -> NDArray[np.object_]:
    """Letters of equally long rows of codes as Python strings."""
    letters = np.ascontiguousarray(_LETTERS[codes])
    return letters.view(f"S{codes.shape[1]}").ravel().astype(str).astype(object)
