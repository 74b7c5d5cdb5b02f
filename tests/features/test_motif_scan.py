"""Best matches and counts of motifs: those of a plain scan of every window."""

import gzip

import numpy as np
import pytest

from rarml.features.motif_scan import NEVER, motif_matches
from rarml.features.partner_block import FACTORS
from rarml.features.partner_motifs import choose_motifs, partner_motifs
from rarml.reference.bases import encode, reverse_complement

CONSENSUS = {"FOXA1": "TGTTTAC", "GATA3": "AGATAA", "SPI1": "GAGGAAGT", "AP-1": "TGACTCA", "NR2F1": "AAAGGTCA"}
ESTROGEN = "AGGTCACCCTGACCT"


def plain(codes, motif, pvalue):
    """Best score, its first start, and number of positions, by window and strand."""
    threshold = motif.distribution.threshold(pvalue)
    best, start, count = NEVER, 0, 0
    for place in range(len(codes) - motif.width + 1):
        word = codes[place : place + motif.width]
        if (word > 3).any():
            continue
        ahead = sum(int(motif.matrix[i, base]) for i, base in enumerate(word))
        behind = sum(int(motif.matrix[i, base]) for i, base in enumerate(reverse_complement(word)))
        score = max(ahead, behind)
        count += score >= threshold
        if score > best:
            best, start = score, place
    return best, start, count


def agree(codes, motifs, pvalue, **settings):
    found = motif_matches(codes, motifs, max_pvalue=pvalue, **settings)
    for row, bases in enumerate(codes):
        for number, motif in enumerate(motifs):
            mine = (found.score[row, number], found.start[row, number], found.count[row, number])
            assert mine == plain(bases, motif, pvalue), (row, motif.name)


def test_random_sequence_with_unknown_bases():
    rng = np.random.default_rng(11)
    codes = rng.integers(0, 4, (6, 300)).astype(np.uint8)
    codes[1, rng.integers(0, 300, 12)] = 4
    codes[2, :100], codes[3, 150:], codes[4] = 4, 4, 4
    agree(codes, partner_motifs(), 1e-3)
    assert (motif_matches(codes, partner_motifs()).score[4] == NEVER).all()


def test_real_promoters(real_data):
    rows = []
    with gzip.open(real_data / "sequence" / "promoters_tss_pm1kb.fa.gz", "rt") as lines:
        for line in lines:
            if line[0] != ">":
                rows.append(encode(line.strip())[900:1150])
            if len(rows) == 8:
                break
    agree(np.stack(rows), choose_motifs(list(FACTORS.values())), 1e-4, threads=2)


@pytest.mark.parametrize("name", FACTORS)
def test_planted_at_both_ends_and_strands_and_never_over_an_n(name):
    motif = choose_motifs([FACTORS[name]])[0]
    best = np.argmax(motif.matrix, axis=1).astype(np.uint8)
    rows = np.full((6, 40), 4, dtype=np.uint8)
    for row, word in ((0, best), (1, reverse_complement(best))):
        rows[row, : motif.width] = word
        rows[row + 2, -motif.width :] = word
    rows[4:, 10 : 10 + motif.width] = best
    rows[4, 10], rows[5, 9 + motif.width] = 4, 4
    found = motif_matches(rows, [motif], max_pvalue=1e-5)
    assert found.start[:4, 0].tolist() == [0, 0, 40 - motif.width, 40 - motif.width]
    assert (found.score[:4, 0] == motif.matrix.max(axis=1).sum()).all()
    assert found.count[:, 0].tolist() == [1, 1, 1, 1, 0, 0]
    assert (found.score[4:, 0] == NEVER).all()


def test_motifs_read_the_known_elements():
    for name, text in CONSENSUS.items():
        motif = choose_motifs([FACTORS[name]])[0]
        best = "".join("ACGT"[i] for i in np.argmax(motif.matrix, axis=1))
        turned = "".join("ACGT"[i] for i in reverse_complement(encode(best)))
        assert text in best or text in turned, (name, best)
    codes = encode("CCATGCA" + ESTROGEN + "GTTACAC")[None, :]
    assert motif_matches(codes, choose_motifs(["ESR1"])).count[0, 0] == 1


def test_neither_batches_nor_threads_matter(monkeypatch):
    codes = np.random.default_rng(3).integers(0, 5, (40, 90)).astype(np.uint8)
    codes[codes == 4] = 2
    whole = motif_matches(codes, partner_motifs(), max_pvalue=1e-3)
    monkeypatch.setattr("rarml.features.motif_scan._BASES_AT_ONCE", 200)
    for threads in (1, 2):
        part = motif_matches(codes, partner_motifs(), max_pvalue=1e-3, threads=threads)
        for field in ("score", "start", "count"):
            np.testing.assert_array_equal(getattr(part, field), getattr(whole, field))


def test_sequences_shorter_than_a_motif_match_nothing():
    codes = np.zeros((3, 8), dtype=np.uint8)
    found = motif_matches(codes, partner_motifs())
    assert (found.score == NEVER).all()
    assert (found.count == 0).all()
    assert motif_matches(np.zeros((0, 50), dtype=np.uint8), partner_motifs()).score.shape == (0, len(partner_motifs()))
