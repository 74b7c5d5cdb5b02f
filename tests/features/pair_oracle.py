"""A slow, plain caller written without the engine's tables: the independent answer that the engine must give."""

import numpy as np

from rarml.features.spacing import PairType
from rarml.reference.bases import N, reverse_complement


def naive_pairs(codes, types, thresholds):
    """Set of (row, start, type index, strand, score) by scoring every position of every row base by base."""
    found = set()
    for row, bases in enumerate(codes):
        for number, pair in enumerate(types):
            for strand in (1,) if pair.palindromic else (1, -1):
                oriented = bases if strand == 1 else reverse_complement(bases)
                for start in range(len(bases) - pair.length + 1):
                    score = pair_score(oriented, start, pair)
                    if score is not None and score >= thresholds[number]:
                        place = start if strand == 1 else len(bases) - start - pair.length
                        found.add((row, place, number, 0 if pair.palindromic else strand, score))
    return found


def pair_score(bases, start, pair: PairType):
    """Score of the pair whose left hexamer starts at `start`, or None if a hexamer holds an N."""
    left, right = pair.half_sites
    second = start + 6 + pair.spacer
    first_score = _half(bases, start, left, forward=pair.orientation != "ER")
    second_score = _half(bases, second, right, forward=pair.orientation != "IR")
    return None if first_score is None or second_score is None else first_score + second_score


def _half(bases, start, half, *, forward):
    hexamer = bases[start : start + 6]
    if forward:
        return half.score(int(bases[start - 1]) if start > 0 else N, hexamer)
    after = start + 6
    flank = 3 - int(bases[after]) if after < len(bases) and bases[after] < N else N
    return half.score(flank, reverse_complement(hexamer))


def as_set(calls):
    columns = (calls.row, calls.start, calls.type_index, calls.strand, calls.score)
    return set(zip(*(np.asarray(column).tolist() for column in columns), strict=True))


def random_codes(rng, rows, length, unknown=0.02):
    known = (1 - unknown) * np.array([0.22, 0.28, 0.28, 0.22])
    return rng.choice(5, p=[*known, unknown], size=(rows, length)).astype(np.uint8)
