"""Hit for hit: rarml's motif hits against MOODS on 5,000 real promoters and 20 matrices, both strands.

    RARML_DATA=... python experiments/check_against_moods.py

MOODS (GPL, compiled) is never a dependency: install MOODS-python in an environment of its own and put this checkout and
rarml's packages on its path. Both use the same integer matrices and the same exact thresholds at p = 1e-4. Writes
results/check_against_moods.json and .md.
"""

from __future__ import annotations

import gzip
import json

import numpy as np
from common import RESULTS, real_data

from rarml.features.background import HUMAN_PROMOTERS
from rarml.features.matrices import frequencies, log_odds, shipped_matrices
from rarml.features.partner_motifs import Motif, motif_hits, partner_motifs
from rarml.features.pvalues import score_distribution
from rarml.reference.bases import encode

PROMOTERS, MATRICES, PVALUE = 5000, 20, 1e-4
LETTERS = np.frombuffer(b"ACGTN", np.uint8)


def main() -> None:
    try:
        import MOODS.scan  # noqa: F401
    except ImportError:
        raise SystemExit("MOODS is not installed here: pip install MOODS-python in an environment of its own") from None
    codes, motifs = promoters(), matrices()
    frame = motif_hits(codes, motifs, max_pvalue=PVALUE)
    number = {motif.name: i for i, motif in enumerate(motifs)}
    columns = (frame["motif"].map(number), frame["row"], frame["start"], frame["strand"], frame["score"] * 100)
    ours = set(zip(*(np.rint(np.asarray(c, dtype=float)).astype(int).tolist() for c in columns), strict=True))
    theirs = moods_hits(codes, motifs)
    result = {
        "promoters": len(codes),
        "matrices": len(motifs),
        "pvalue": PVALUE,
        "rarml": len(ours),
        "moods": len(theirs),
        "only_rarml": len(ours - theirs),
        "only_moods": len(theirs - ours),
        "examples": [list(hit) for hit in sorted(ours ^ theirs)[:10]],
    }
    (RESULTS / "check_against_moods.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    text = (
        f"# Hits against MOODS\n\n{len(codes):,} real promoters, {len(motifs)} matrices, both strands, p <= {PVALUE:g}:"
        f" rarml {len(ours):,} hits, MOODS {len(theirs):,}; only rarml {len(ours - theirs):,}, only MOODS "
        f"{len(theirs - ours):,} (matrix, row, start, strand and integer score all have to agree).\n"
    )
    (RESULTS / "check_against_moods.md").write_text(text, encoding="utf-8")
    print(text)


def promoters() -> np.ndarray:
    """The first promoters of the real data, base codes."""
    rows = []
    with gzip.open(real_data() / "sequence" / "promoters_tss_pm1kb.fa.gz", "rt") as lines:
        for line in lines:
            if line[0] != ">":
                rows.append(encode(line.strip()))
            if len(rows) == PROMOTERS:
                break
    return np.stack(rows)


def matrices() -> list[Motif]:
    """The shipped partner motifs, filled up with retinoid matrices."""
    motifs = list(partner_motifs())
    for name, (_, counts) in shipped_matrices("jaspar_retinoid").items():
        matrix = log_odds(frequencies(counts), HUMAN_PROMOTERS.base)
        motifs.append(Motif(name, matrix, score_distribution(matrix, HUMAN_PROMOTERS)))
    return motifs[:MATRICES]


def moods_hits(codes: np.ndarray, motifs: list[Motif]) -> set[tuple[int, int, int, int, int]]:
    """(matrix, row, start, strand, score) of every MOODS hit."""
    import MOODS.scan

    forward = [motif.matrix for motif in motifs]
    both = [[column.astype(float).tolist() for column in m.T] for m in [*forward, *(m[::-1, ::-1] for m in forward)]]
    limits = [motif.distribution.threshold(PVALUE) - 0.5 for motif in motifs] * 2
    scanner = MOODS.scan.Scanner(7)
    scanner.set_motifs(both, [0.25] * 4, limits)
    found, count = set(), len(motifs)
    for row, bases in enumerate(codes):
        for i, hits in enumerate(scanner.scan(LETTERS[bases].tobytes().decode())):
            for hit in hits:
                found.add((i % count, row, hit.pos, 1 if i < count else -1, round(hit.score)))
    return found


if __name__ == "__main__":
    main()
