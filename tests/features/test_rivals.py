"""Rivals of called sites: named only where their own motif is."""

import numpy as np
import pytest

from rarml.features.calls import scan
from rarml.features.matrices import SCALE
from rarml.features.partner_motifs import choose_motifs
from rarml.features.rivals import REACH, RIVALS, competitors
from rarml.features.spacing import parse_types
from rarml.reference.bases import encode, reverse_complement


def plain_rivals(codes, start, length, kind):
    """Score every window of both strands that shares six bases with the site."""
    names = []
    for name, factor in RIVALS[kind].items():
        (motif,) = choose_motifs([factor])
        threshold = motif.distribution.threshold(1e-4)
        for at in range(max(0, start - motif.width), min(len(codes) - motif.width, start + length) + 1):
            shared = min(at + motif.width, start + length) - max(at, start)
            word = codes[at : at + motif.width]
            if shared < 6 or (word > 3).any():
                continue
            both = (word, reverse_complement(word))
            if any(motif.matrix[np.arange(motif.width), w].sum() >= threshold for w in both):
                names.append(name)
                break
    return "/".join(names)


@pytest.mark.parametrize("kind", RIVALS)
def test_rivals_are_those_of_a_plain_scan(kind):
    rng = np.random.default_rng(5)
    codes = rng.integers(0, 4, (4, 4000)).astype(np.uint8)
    codes[:, rng.integers(0, 4000, 40)] = 4
    for factor in RIVALS[kind].values():
        (motif,) = choose_motifs([factor])
        best = np.argmax(motif.matrix, axis=1).astype(np.uint8)
        for row, place in ((0, 0), (1, 4000 - motif.width), (2, 500), (3, 900)):
            codes[row, place : place + motif.width] = best if row % 2 else reverse_complement(best)
    calls = scan(codes, parse_types([kind]), max_pvalue=1e-3)
    found = competitors(codes, calls)
    length = parse_types([kind])[0].length
    wanted = [plain_rivals(codes[r], s, length, kind) for r, s in zip(calls.row, calls.start, strict=True)]
    assert found.tolist() == wanted
    assert "" in wanted
    assert any(wanted)


def test_a_spacing_alone_names_no_rival():
    plain = encode("CATC" + "AGTTCAAGTTCA" + "CATC")
    calls = scan(plain[None, :], parse_types(["DR0", "DR5"]), max_pvalue=0.5)
    assert set(competitors(plain[None, :], calls)) <= {""}
    vitamin_d = encode("TTACT" + "GGGTGA" + "CGG" + "GGTTCA" + "TTACT")  # a VDR-like DR3
    calls = scan(vitamin_d[None, :], parse_types(["DR3"]), max_pvalue=1e-2)
    assert "VDR" in competitors(vitamin_d[None, :], calls)


def test_the_reach_covers_every_rival():
    widths = [choose_motifs([factor])[0].width for named in RIVALS.values() for factor in named.values()]
    assert max(widths) - 6 <= REACH
    assert SCALE == 100


def test_no_calls():
    codes = np.full((1, 50), 4, dtype=np.uint8)
    assert competitors(codes, scan(codes)).shape == (0,)
