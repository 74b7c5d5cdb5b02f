"""Feature rows of a gene with changed promoters: unchanged bases give the atlas's row, a change what it entails."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import InputError, MissingPartError
from rarml.estimators.kmer_components import KmerComponents
from rarml.features import composition, partner_block, rare_block, sequence_block
from rarml.features.changed_promoter import GenePromoters, changed_rows, check_unchanged
from rarml.features.compact import round_significant
from rarml.features.registry import BLOCKS, block_of
from rarml.features.sequence_encoder import EncoderMember, EncoderSet
from rarml.reference.bases import N, encode
from rarml.reference.sequences import PromoterSequences
from rarml.reference.store import Reference
from rarml.reference.tracks import TrackSummary

UP, DOWN = 300, 200
SITE = encode("AGGTCACCAAAAGGTCA")


class FirstBases:
    """A stand-in for a network: counts A and C."""

    def __init__(self, sign):
        self.sign = sign

    def predict(self, X, *, tss=None):
        return self.sign * np.stack([(X == 0).sum(axis=1), (X == 1).sum(axis=1)], axis=1).astype(np.float32)


def make(strand="+", islands=True, soft=True):
    """G1: two promoters 100 bases apart, so their windows share bases; G2: another gene; G3: no sequence."""
    rng = np.random.default_rng(5)
    genome = rng.integers(0, 4, 1200, dtype=np.uint8)
    genome[500 : 500 + len(SITE)] = SITE
    tss = [600, 700, 400, 800]
    rows = []
    for position, gene_strand in zip(tss, [strand, strand, "+", "-"], strict=True):
        if gene_strand == "+":
            rows.append(genome[position - UP : position + DOWN])
        else:
            rows.append(np.uint8(3) - genome[position - DOWN + 1 : position + UP + 1][::-1])
    codes = np.stack(rows)
    codes[3] = N
    promoters = pd.DataFrame(
        {"gene_id": ["G1", "G1", "G2", "G3"], "chrom": "chr1", "strand": [strand, strand, "+", "-"], "tss": tss}
    )
    plus = promoters["strand"] == "+"
    promoters["start"] = np.where(plus, promoters["tss"] - UP, promoters["tss"] + 1 - DOWN)
    promoters["end"] = promoters["start"] + UP + DOWN
    promoters["is_primary"] = [True, False, True, True]
    promoters["bases_known"] = (codes < N).sum(axis=1)
    genes = promoters[promoters["is_primary"]].set_index("gene_id")[["chrom", "strand", "tss"]]
    text = ["".join("ACGTN"[code] for code in row) for row in codes]
    text[2] = text[2].lower() if soft else text[2]
    near = pd.DataFrame({"chrom": ["chr9", "chr1"], "start": [0, 480], "end": [10, 520]})
    return Reference(
        path=Path("ref"), manifest={"window": [UP, DOWN]}, genes=genes, promoters=promoters, names=None,
        sequences=PromoterSequences.from_strings(text, (UP, DOWN)),
        tracks=TrackSummary(pd.DataFrame(), {}, near), expression=None,
        cpg_islands=pd.DataFrame({"chrom": ["chr1"], "start": [590], "end": [640]}) if islands else None,
    )  # fmt: skip


@pytest.fixture(scope="module")
def encoders():
    codes = np.random.default_rng(9).integers(0, 4, (30, UP + DOWN), dtype=np.uint8)
    members = tuple(
        EncoderMember(frozenset({chrom}), (FirstBases(sign),), FirstBases(sign))
        for chrom, sign in (("chr1", 1.0), ("chr2", -1.0))
    )
    return EncoderSet(members, KmerComponents(2, reach=200, n_components=3).fit(codes, tss=UP), ("a", "b"), UP, {})


def full_table(reference, encoders):
    """What an atlas holds: all blocks that read bases, over all genes, rounded."""
    parts = [
        rare_block.build(reference), partner_block.build(reference), sequence_block.build(reference, encoders),
        composition.build(reference),
    ]  # fmt: skip
    table = pd.concat(parts, axis=1)
    table["expression:mean"] = np.float32(2.5)
    for name in table.columns:
        table[name] = round_significant(table[name], BLOCKS[block_of(name)].kept_bits)
    return table


@pytest.mark.parametrize("soft", [True, False])
@pytest.mark.parametrize("islands", [True, False])
@pytest.mark.parametrize("strand", ["+", "-"])
def test_unchanged_promoters_give_the_row_of_the_atlas(strand, islands, soft, encoders):
    reference = make(strand, islands, soft)
    row = full_table(reference, encoders).loc["G1"]
    promoters = GenePromoters.of(reference, "G1")
    assert promoters.soft_masked == soft
    found = changed_rows(promoters, [promoters.codes] * 2, row, encoders)
    assert list(found.columns) == list(row.index)
    for number in range(2):
        np.testing.assert_array_equal(found.iloc[number].to_numpy(), row.to_numpy())
    check_unchanged(found.iloc[0], row, "G1")


@pytest.mark.parametrize("strand", ["+", "-"])
def test_a_change_gives_the_row_of_a_genome_that_has_it(strand, encoders):
    """The oracle is the builder on a reference with all windows cut from the changed genome."""
    reference = make(strand)
    promoters = GenePromoters.of(reference, "G1")
    # a change at a base that both promoters hold
    places = promoters.genome_places(0)
    first = int(np.flatnonzero(np.isin(places, [500, 516])).min())
    changed = promoters.codes[0].copy()
    changed[first : first + 5] = (changed[first : first + 5] + 1) % 4
    both = promoters.changed(0, changed)
    assert (both != promoters.codes).sum(axis=1).tolist() == [5, 5]
    rows = reference.sequences.codes()
    rows[:2] = both
    text = ["".join("ACGTN"[code] for code in row) for row in rows]
    text[2] = text[2].lower()
    other = replace(reference, sequences=PromoterSequences.from_strings(text, (UP, DOWN)))
    before, after = full_table(reference, encoders).loc["G1"], full_table(other, encoders).loc["G1"]
    found = changed_rows(promoters, [both], before, encoders).iloc[0]
    np.testing.assert_array_equal(found.to_numpy(), after.to_numpy())
    assert found["rare:DR5:best"] < before["rare:DR5:best"] - 2
    assert found["expression:mean"] == before["expression:mean"]
    with pytest.raises(InputError, match="differ from the atlas"):
        check_unchanged(found, before, "G1")


def test_the_encoder_that_never_saw_the_chromosome_answers(encoders):
    reference = make()
    promoters = GenePromoters.of(reference, "G1")
    row = full_table(reference, encoders).loc["G1"]
    found = changed_rows(promoters, [promoters.codes], row, encoders, rounded=False).iloc[0]
    assert found["sequence:a"] == (promoters.codes[promoters.representative] == 0).sum()


def test_a_gene_without_sequence_and_missing_encoders_are_named():
    reference = make()
    with pytest.raises(InputError, match="no promoter with known bases"):
        GenePromoters.of(reference, "G3")
    with pytest.raises(MissingPartError):
        GenePromoters.of(SimpleNamespace(sequences=None, path=Path("ref")), "G1")
    promoters = GenePromoters.of(reference, "G1")
    with pytest.raises(InputError, match="encoder columns"):
        changed_rows(promoters, [promoters.codes], pd.Series({"sequence:a": 1.0}), None)
