"""Which TSS is primary, which are kept, and where the windows lie."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rarml.core.errors import SettingsError
from rarml.reference.annotation import EVIDENCE, TssRow, as_frame
from rarml.reference.promoters import add_windows, choose_promoters, one_place_per_gene


def rows(*items: TssRow) -> pd.DataFrame:
    return as_frame(list(items), "x")  # type: ignore[arg-type]


def row(tss: int, *tags: str, gene: str = "G", strand: str = "+", length: int = 0, **more: object) -> TssRow:
    return TssRow(gene, "S", "", str(more.pop("contig", "chr1")), strand, tss, f"t{tss}", length, tags=tags, **more)  # type: ignore[arg-type]


def chosen(frame: pd.DataFrame, **options: object) -> list[tuple[int, str]]:
    found = choose_promoters(frame, **options)  # type: ignore[arg-type]
    return list(zip(found["tss"], found["source"], strict=True))


def test_order_of_evidence() -> None:
    frame = rows(
        row(6000, length=900),
        row(5000, "appris"),
        row(4000, "canonical"),
        row(3000, "mane"),
        row(2000, "cage"),
        row(1000),
        row(8000),
    )
    assert chosen(frame) == [
        (2000, "cage"),
        (3000, "mane"),
        (4000, "canonical"),
        (5000, "appris"),
        (6000, "longest"),
        (1000, "first"),
        (8000, "other"),
    ]
    assert chosen(frame, rule=["mane", "first"])[:2] == [(3000, "mane"), (1000, "first")]
    assert choose_promoters(frame)["is_primary"].tolist() == [True] + [False] * 6


def test_near_starts_are_merged_into_the_better_one() -> None:
    frame = rows(row(1000), row(1099, "cage"), row(1199), row(1200, "mane"))
    found = choose_promoters(frame)
    assert found["tss"].tolist() == [1099, 1200]
    assert found["n_merged"].tolist() == [2, 2]
    assert chosen(frame, merge_distance=1)[0] == (1099, "cage")
    assert len(chosen(frame, merge_distance=1)) == 4


def test_at_most_so_many() -> None:
    frame = rows(*(row(1000 * n) for n in range(1, 20)))
    assert len(chosen(frame)) == 8
    assert [tss for tss, _ in chosen(frame, max_promoters=2)] == [1000, 2000]


def test_first_is_the_5_prime_end_of_the_strand() -> None:
    assert chosen(rows(row(1000, strand="-"), row(9000, strand="-")))[0] == (9000, "first")


def test_non_coding_transcripts_of_a_coding_gene_are_passed_over() -> None:
    frame = rows(row(1000, "canonical", coding=False), row(5000), row(7000, gene="NC", coding=False))
    found = choose_promoters(frame)
    assert found["tss"].tolist() == [5000, 7000]


def test_gene_at_two_places_keeps_the_better() -> None:
    frame = rows(row(1000, contig="chr2"), row(2000, "mane"), row(3000), row(5, gene="H"))
    kept, several = one_place_per_gene(frame)
    assert several == ["G"]
    assert kept["tss"].tolist() == [2000, 3000, 5]


def test_unknown_evidence() -> None:
    with pytest.raises(SettingsError, match="did you mean 'longest'"):
        choose_promoters(rows(row(1)), ["longst"])


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.integers(0, 3000), st.sampled_from(["", *EVIDENCE]), st.integers(0, 5)),
        min_size=1,
        max_size=40,
    ),
    st.randoms(use_true_random=False),
)
def test_invariants(items: list[tuple[str, int, str, int]], shuffle: object) -> None:
    made = [row(tss, *([tag] if tag else []), gene=gene, length=length) for gene, tss, tag, length in items]
    found = choose_promoters(rows(*made))
    mixed = list(made)
    shuffle.shuffle(mixed)  # type: ignore[attr-defined]
    assert choose_promoters(rows(*mixed)).equals(found), "the order of the file must not matter"
    assert set(found["gene_id"]) == {gene for gene, *_ in items}
    for gene, own in found.groupby("gene_id"):
        assert own["is_primary"].tolist() == [True] + [False] * (len(own) - 1)
        assert len(own) <= 8
        gaps = np.diff(np.sort(own["tss"]))
        assert (gaps >= 100).all()
        tagged = {tag for name, _, tag, _ in items if name == gene and tag}
        best = min(tagged, key=EVIDENCE.index, default="first")
        assert EVIDENCE.index(own["source"].iloc[0]) <= EVIDENCE.index(best)


def test_windows_have_the_tss_at_one_index_on_both_strands() -> None:
    frame = pd.DataFrame({"strand": ["+", "-", "+"], "tss": [5000, 5000, 10]})
    found = add_windows(frame, (1000, 500))
    assert found["start"].tolist() == [4000, 4501, -990]
    assert found["end"].tolist() == [5500, 6001, 510]
