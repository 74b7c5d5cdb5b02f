"""Three half-sites in a row are named, and overlapping calls are one element."""

import numpy as np

from rarml.features.calls import scan
from rarml.features.elements import compositions, resolve
from rarml.features.spacing import pair_types
from rarml.reference.bases import encode, reverse_complement


def names_of(text, reverse=False):
    codes = reverse_complement(encode(text)) if reverse else encode(text)
    calls = scan(codes, pair_types(), max_pvalue=1e-3)
    composed = compositions(calls)
    strand = -1 if reverse else 1
    return {
        (calls.types[kind].name, name)
        for kind, name, where in zip(calls.type_index, composed, calls.strand, strict=True)
        if name and where == strand
    }


def test_tripartite_sites_are_named_on_both_strands():
    for reverse in (False, True):
        assert ("DR8", "DR2+DR0") in names_of("AGGTCAAAAGGTCAAGGTCA", reverse)
        assert ("DR8", "DR1+DR1") in names_of("AGGTCAAAGGTCAAAGGTCA", reverse)
        assert ("DR6", "DR0+DR0") in names_of("AGGTCAAGGTCAAGGTCA", reverse)


def test_a_plain_dr8_is_not_composed():
    assert not {name for kind, name in names_of("AGGTCACCATCCATAGGTCA") if kind == "DR8"}


def test_resolve_shares_hexamers_only():
    # the second shares a hexamer with the first, the third lies in the first one's spacer, the fourth is apart
    start = np.array([0, 27, 8, 100])
    end = np.array([33, 45, 26, 117])
    pvalue = np.array([1e-6, 1e-5, 1e-4, 1e-4])
    names = np.array(["DR5", "DR7", "x", "DR5"], dtype=object)
    element, founder, label = resolve(start, end, pvalue, names)
    assert element[0] == element[1]
    assert element[3] not in element[:3]
    assert founder.tolist() == [True, False, True, True]
    assert label[0] == "DR5"


def test_groups_never_mix():
    element, founder, _ = resolve(
        np.array([0, 0]),
        np.array([17, 17]),
        np.array([1e-5, 1e-6]),
        np.array(["a", "b"], dtype=object),
        np.array([1, 0]),
    )
    assert element.tolist() == [1, 0]
    assert founder.all()


def test_composition_names_the_element():
    calls = scan(encode("CATC" + "AGGTCAAAAGGTCAAGGTCA" + "CATC"), max_pvalue=1e-4)
    composed = compositions(calls)
    kinds = np.array([pair.name for pair in calls.types], dtype=object)[calls.type_index]
    names = np.where(composed != "", composed, kinds).astype(object)
    element, founder, label = resolve(calls.start, calls.start + calls.length, calls.pvalue, names)
    assert len(np.unique(element)) == 1
    assert founder.sum() == 1
    assert set(label) == {"DR2+DR0"}


def test_no_calls():
    empty = np.array([], dtype=np.int64)
    element, founder, label = resolve(empty, empty, empty.astype(float), empty.astype(object))
    assert len(element) == len(founder) == len(label) == 0
