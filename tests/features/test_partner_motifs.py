"""Partner motifs: every hit of a plain scan, nothing else."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from rarml.core.errors import SettingsError
from rarml.features.partner_motifs import choose_motifs, motif_hits, nearest_hit, partner_motifs
from rarml.reference.bases import encode, reverse_complement

_spec = importlib.util.spec_from_file_location("pair_oracle", Path(__file__).with_name("pair_oracle.py"))
oracle = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(oracle)

pytest.importorskip("lightmotif")


def plain_hits(codes, motif, threshold):
    found = set()
    for row, bases in enumerate(codes):
        for strand in (1, -1):
            oriented = bases if strand > 0 else reverse_complement(bases)
            for start in range(len(bases) - motif.width + 1):
                word = oriented[start : start + motif.width]
                if (word < 4).all():
                    score = int(motif.matrix[np.arange(motif.width), word].sum())
                    if score >= threshold:
                        place = start if strand > 0 else len(bases) - start - motif.width
                        found.add((row, place, strand, score))
    return found


def test_hits_are_those_of_a_plain_scan():
    codes = oracle.random_codes(np.random.default_rng(6), 5, 400)
    hits = motif_hits(codes, max_pvalue=2e-3)
    for motif in partner_motifs():
        threshold = motif.distribution.threshold(2e-3)
        rows = hits[hits["motif"] == motif.name]
        mine = set(
            zip(rows["row"], rows["start"], rows["strand"], (rows["score"] * 100).round().astype(int), strict=True)
        )
        assert mine == plain_hits(codes, motif, threshold)


def test_hits_at_both_ends():
    motif = choose_motifs(["foxa1"])[0]
    best = np.argmax(motif.matrix, axis=1).astype(np.uint8)
    hits = motif_hits(np.stack([best, reverse_complement(best)]), [motif], max_pvalue=1e-5)
    assert list(zip(hits["row"], hits["start"], hits["strand"], strict=True))[:1] == [(0, 0, 1)]
    assert (1, 0, -1) in set(zip(hits["row"], hits["start"], hits["strand"], strict=True))


def test_nearest_hit():
    motif = choose_motifs(["SPI1"])[0]
    best = np.argmax(motif.matrix, axis=1).astype(np.uint8)
    codes = np.full((2, 100), 4, dtype=np.uint8)
    codes[0, 20 : 20 + len(best)] = best
    hits = motif_hits(codes, [motif], max_pvalue=1e-5)
    centre = 20 + (len(best) - 1) / 2
    distance = nearest_hit(np.array([0, 0, 1]), np.array([centre + 10, centre - 3, 50.0]), hits, "SPI1")
    assert distance[:2].tolist() == [10, 3]
    assert np.isnan(distance[2])


def test_unknown_factor():
    with pytest.raises(SettingsError, match="no motif"):
        choose_motifs(["FOXA9"])
    assert encode("A")[0] == 0
