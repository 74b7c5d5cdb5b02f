"""RAREs in sequences at hand, as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import pandas as pd

from rarml.core.errors import InputError
from rarml.features.calls import PairScanner
from rarml.features.site_table import STRANDS, site_letters, site_scores
from rarml.reference.bases import encode


def scan(sequences: str | Sequence[str] | Mapping[str, str], *, max_pvalue: float = 1e-4) -> pd.DataFrame:
    """Call RAREs (DR, IR and ER with 0 to 10 bases between) in sequences.

    Parameters
    ----------
    sequences : str, sequence of str, or mapping of name to str
        Bases A, C, G, T in either case; anything else matches nothing in a half-site.
    max_pvalue : float
        Exact p-value per position and strand up to which a site is called, over (0, 1].

    Returns
    -------
    DataFrame
        One row per site, in order: `sequence` (name, or number from 0), `start`, `end` (0-based, half-open), `strand`,
        `type`, `score` (bits), `pvalue`, `left`, `spacer`, `right` (5' to 3' on its strand), `mismatches`, `cpg`.

    Raises
    ------
    InputError
        If `max_pvalue` is out of range.

    See Also
    --------
    rarml.workflows.scan : files, regions and genes, with elements of overlapping sites and q-values.
    """
    if not 0 < max_pvalue <= 1:
        raise InputError(f"a p-value of {max_pvalue}", fix="give one above 0 and up to 1")
    if isinstance(sequences, str):
        named: dict[str | int, str] = {0: sequences}
    else:
        named = dict(sequences.items()) if isinstance(sequences, Mapping) else dict(enumerate(sequences))
    parts = [_one(name, bases, max_pvalue) for name, bases in named.items()] or [_one("", "N", max_pvalue)]
    return pd.concat(parts, ignore_index=True)


def _one(name: str | int, bases: str, max_pvalue: float) -> pd.DataFrame:
    codes = encode(bases)
    calls = _scanner(max_pvalue).scan(codes)
    place = {"start": calls.start, "end": calls.start + calls.length, "strand": STRANDS[calls.strand + 1]}
    letters = site_letters(codes[None, :], calls, calls.strand < 0)
    table = pd.concat([pd.DataFrame(place), site_scores(calls), letters], axis=1)
    table.insert(0, "sequence", name)
    return table


@lru_cache(maxsize=4)
def _scanner(max_pvalue: float) -> PairScanner:
    return PairScanner(max_pvalue=max_pvalue)
