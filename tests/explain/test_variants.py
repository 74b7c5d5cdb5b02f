"""Changed elements: gone when destroyed, elsewhere when put in, everything else as it was."""

import numpy as np
import pytest

from rarml.explain.variants import (
    CALLED,
    element_places,
    elements_at,
    inserted,
    knocked_out,
    random_changes,
    site_variants,
)
from rarml.features.calls import PairScanner
from rarml.features.half_site_count import count_half_sites
from rarml.features.spacing import parse_types
from rarml.reference.bases import encode, reverse_complement

FILLER = encode("CACTATCCATACAATCCTACTTCACACATATC" * 13)
START = 180


@pytest.fixture(scope="module")
def scanner():
    return PairScanner(max_pvalue=CALLED)


def planted(spacer=5, *, reverse=False):
    site = np.concatenate([encode("AGGTCA"), encode("CCAACTACCA")[:spacer], encode("AGGTCA")])
    codes = FILLER.copy()
    codes[START : START + len(site)] = reverse_complement(site) if reverse else site
    return codes


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("spacer", [0, 1, 2, 5, 8])
def test_a_destroyed_element_is_gone_and_nothing_new_was_made(spacer, reverse, scanner):
    codes = planted(spacer, reverse=reverse)
    pair = parse_types([f"DR{spacer}"])[0]
    assert pair.name in elements_at(codes, START, START + pair.length, scanner)
    changed = knocked_out(codes, START, START + pair.length, scanner)
    assert elements_at(changed, START, START + pair.length, scanner) == []
    assert count_half_sites(changed[None, START : START + pair.length])[0] == 0
    outside = np.ones(len(codes), dtype=bool)
    outside[START : START + pair.length] = False
    np.testing.assert_array_equal(changed[outside], codes[outside])
    np.testing.assert_array_equal(changed, knocked_out(codes, START, START + pair.length, scanner))


def test_the_experiments_on_a_direct_repeat(scanner):
    codes = planted()
    pair = parse_types(["DR5"])[0]
    found = {variant.what: variant.codes for variant in site_variants(codes, START, pair, 1, scanner)}
    assert list(found) == [
        "both half-sites mutated", "spacer of 6", "spacer of 4", "turned to the other strand",
        "downstream half-site turned (IR5)",
    ]  # fmt: skip
    assert "DR6" in elements_at(found["spacer of 6"], START, START + 18, scanner)
    assert "DR5" not in elements_at(found["spacer of 6"], START, START + 18, scanner)
    assert "DR4" in elements_at(found["spacer of 4"], START, START + 17, scanner)
    turned = found["turned to the other strand"]
    calls = scanner.scan(turned)
    here = (calls.start == START) & (calls.strand == -1)
    assert [calls.types[i].name for i in calls.type_index[here]] == ["DR5"]
    assert "IR5" in elements_at(found["downstream half-site turned (IR5)"], START, START + 17, scanner)
    assert all(variant.shape == codes.shape for variant in found.values())


def test_an_element_on_the_other_strand_becomes_everted_when_its_downstream_half_is_turned(scanner):
    codes = planted(reverse=True)
    found = [
        v for v in site_variants(codes, START, parse_types(["DR5"])[0], -1, scanner) if "half-site turned" in v.what
    ]
    assert "(ER5)" in found[0].what
    assert "ER5" in elements_at(found[0].codes, START, START + 17, scanner)


def test_a_dr5_is_put_in_where_there_was_none(scanner):
    assert not element_places(FILLER, scanner).any()
    variant = inserted(FILLER, 100)
    calls = scanner.scan(variant.codes)
    assert "DR5" in {calls.types[i].name for i in calls.type_index[calls.start == 100]}
    np.testing.assert_array_equal(variant.codes[106:111], FILLER[106:111])
    assert inserted(FILLER, -1) is None
    assert inserted(FILLER, len(FILLER) - 16) is None
    unknown = FILLER.copy()
    unknown[104] = 4
    assert inserted(unknown, 100) is None


def test_random_changes_match_in_number_and_pattern_and_keep_off_elements():
    codes, changed = planted(), planted()
    changed[[START, START + 3, START + 12]] = (changed[[START, START + 3, START + 12]] + 1) % 4
    avoid = np.zeros(len(codes), dtype=bool)
    avoid[START - 20 : START + 40] = True
    drawn = random_changes(codes, changed, avoid, 20, seed=3)
    assert len(drawn) == 20
    for one in drawn:
        places = np.flatnonzero(one != codes)
        assert (places - places[0]).tolist() == [0, 3, 12]
        assert not avoid[places].any()
        assert abs(places[0] - START) <= 250
    again = random_changes(codes, changed, avoid, 20, seed=3)
    assert all((a == b).all() for a, b in zip(drawn, again, strict=True))
    other = random_changes(codes, changed, avoid, 20, seed=4)
    assert any((a != b).any() for a, b in zip(drawn, other, strict=True))
    assert random_changes(codes, codes, avoid, 20, seed=3) == []
    assert random_changes(codes, changed, np.ones_like(avoid), 20, seed=3) == []
