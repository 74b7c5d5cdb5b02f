"""Motifs of unrelated factors that resemble given ones in length and information content."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rarml.core.parallel import thread_count
from rarml.core.seeds import child_rng
from rarml.features.background import HUMAN_PROMOTERS
from rarml.features.matrices import SCALE, frequencies, log_odds, read_matrices
from rarml.features.motif_scan import NEVER, motif_matches
from rarml.features.partner_motifs import Motif
from rarml.features.pvalues import score_distribution
from rarml.reference.bases import Codes

# Factors that are partners of RAR here, bind like one, are nuclear receptors, or are known to lie downstream of RAR.
RELATED = re.compile(
    r"RAR|RXR|ROR|NR\d|HNF4|PPAR|VDR|THR[AB]|ESR|ESRR|^AR$|PGR|NR1H|FOX|GATA|SPI|ETS|ETV|ELK|ELF|ERF|ERG|FLI1|EHF|"
    r"FEV|GABPA|SOX|SRY|CEBP|FOS|JUN|ATF|BATF|CREB|CREM|MAF|NFE2|BACH|HLF|DBP|TEF|NFIL3|HOX|CDX|TGIF|MEIS|PKNOX|PBX|"
    r"TFAP2|HNF1|^T$|SMAD|PAX6",
    re.IGNORECASE,
)
NEAREST = 12
"""An unrelated motif is drawn from this many that are nearest in length and information."""


def unrelated_motifs(file: Path, partners: tuple[Motif, ...], *, seed: int) -> tuple[Motif, ...]:
    """One motif for each partner: of another factor family, near in length and information, none drawn twice.

    Information is compared on what the motif's integer matrix can score at most, which both kinds have.
    """
    pool = []
    for name, counts in read_matrices(file).values():
        factor = name.split(".", 3)[-1]  # MA0004.1_MA0004.1.Arnt
        if RELATED.search(factor) or any(RELATED.search(part) for part in factor.split("::")):
            continue
        pool.append((factor.upper(), log_odds(frequencies(counts), HUMAN_PROMOTERS.base)))
    rng = child_rng(seed, "unrelated motifs")
    sizes = np.array([_size(matrix) for _, matrix in pool])
    scale = sizes.std(axis=0)
    free = np.ones(len(pool), dtype=bool)
    chosen: dict[int, Motif] = {}
    for number in rng.permutation(len(partners)):
        apart = np.where(free, (((sizes - _size(partners[number].matrix)) / scale) ** 2).sum(axis=1), np.inf)
        at = int(rng.choice(np.argsort(apart)[:NEAREST]))
        free[at] = False
        factor, matrix = pool[at]
        chosen[int(number)] = Motif(factor, matrix, score_distribution(matrix, HUMAN_PROMOTERS))
    return tuple(chosen[number] for number in range(len(partners)))


def _size(matrix: NDArray[np.int32]) -> tuple[float, float]:
    """Length, and bits of the expected score of a site drawn from the motif's own odds."""
    odds = HUMAN_PROMOTERS.base * np.exp2(matrix / SCALE)
    odds /= odds.sum(axis=1, keepdims=True)
    return float(len(matrix)), float((odds * matrix).sum() / SCALE)


def motif_features(codes: Codes, genes: NDArray[np.str_], motifs: tuple[Motif, ...]) -> pd.DataFrame:
    """Best score (bits) and number of matches (p <= 1e-4) of each motif in one promoter per gene."""
    found = motif_matches(codes, motifs, threads=thread_count())
    columns = {}
    for number, motif in enumerate(motifs):
        score = found.score[:, number]
        columns[f"motif:{number}:{motif.name}:best"] = np.where(score > NEVER, score / SCALE, np.nan)
        columns[f"motif:{number}:{motif.name}:n_1e-4"] = found.count[:, number]
    return pd.DataFrame(columns, index=pd.Index(genes, name="gene_id"), dtype=np.float32)
