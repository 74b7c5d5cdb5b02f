"""Partner motifs by gene: planted matches at known places of a made-up reference."""

import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import MissingPartError
from rarml.features import partner_block
from rarml.features.calls import scan
from rarml.features.motif_scan import motif_matches
from rarml.features.partner_motifs import choose_motifs
from rarml.features.spacing import parse_types
from rarml.reference.bases import decode, encode
from rarml.reference.sequences import PromoterSequences

SITE = "AGTTCACCCAAAGTTCA"


def best_word(name):
    motif = choose_motifs([partner_block.FACTORS[name]])[0]
    return np.argmax(motif.matrix, axis=1).astype(np.uint8)


def replant(reference, row, plants):
    """The reference with words planted in the gene-oriented window of one promoter."""
    texts = [decode(codes) for codes in reference.sequences.codes()]
    text = list(texts[row])
    for place, word in plants.items():
        text[place : place + len(word)] = word
    texts[row] = "".join(text)
    reference.sequences = PromoterSequences.from_strings(texts, reference.window)
    return reference


def test_shape_and_missing_genes(reference):
    table = partner_block.build(reference)
    assert table.shape == (5, 36)
    assert (table.dtypes == np.float32).all()
    assert table.loc["ENSG4"].isna().all()
    assert table.filter(like=":best").drop(index="ENSG4").notna().all(axis=None)
    reference.sequences = None
    with pytest.raises(MissingPartError):
        partner_block.build(reference)


@pytest.mark.parametrize("strand", ["+", "-"])
def test_distance_between_planted_match_and_planted_rare(reference, strand):
    row = 6 if strand == "+" else 2
    gene = {"+": "ENSG5", "-": "ENSG2"}[strand]
    word = best_word("FOXA1")
    table = partner_block.build(replant(reference, row, {700: SITE, 900: decode(word)}))
    between = abs((900 + len(word) / 2) - (700 + len(SITE) / 2))
    assert table.loc[gene, "partners:FOXA1:distance"] == between
    motif = choose_motifs(["FOXA1"])[0]
    assert table.loc[gene, "partners:FOXA1:best"] == np.float32(motif.distribution.highest / 100)


def test_a_match_at_another_promoter_is_measured_in_the_genome_and_capped(reference):
    replant(reference, 0, {99: f"C{SITE}C"})  # promoter of ENSG1 at 100,000
    replant(reference, 1, {99: f"C{SITE}C", 400: decode(best_word("SPI1"))})  # its other one, 1,000 bases on
    table = partner_block.build(reference)
    spi1 = 101_000 - 1000 + 400 + len(best_word("SPI1")) / 2
    # both copies of the RARE are as good; that of the first promoter is at the same distance to a TSS and comes first
    rare = 100_000 - 1000 + 100 + len(SITE) / 2
    assert table.loc["ENSG1", "partners:SPI1:distance"] == spi1 - rare
    far = reference.promoters["tss"] == 101_000
    reference.promoters.loc[far, ["start", "end"]] += 50_000
    assert partner_block.build(reference).loc["ENSG1", "partners:SPI1:distance"] == partner_block.FARTHEST


def test_values_are_those_of_each_usable_promoter(reference):
    table = partner_block.build(reference)
    motifs = choose_motifs(list(partner_block.FACTORS.values()))
    found = motif_matches(reference.sequences.codes(), motifs)
    for gene, rows in {"ENSG1": [0, 1], "ENSG3": [4], "ENSG5": [6]}.items():
        best, count = found.score[rows].max(axis=0) / 100, found.count[rows].max(axis=0)
        np.testing.assert_array_equal(table.loc[gene].filter(like=":best"), best.astype(np.float32))
        np.testing.assert_array_equal(table.loc[gene].filter(like=":n_1e-4"), count)


def test_no_distance_without_a_classical_rare(reference):
    filler = ("CACTATCCATACAATCCTACTTCACACATATC" * 70)[:2000]
    assert not len(scan(encode(filler)[None, :], parse_types(["DR1", "DR2", "DR5"])))
    texts = [filler if row == 2 else decode(codes) for row, codes in enumerate(reference.sequences.codes())]
    reference.sequences = PromoterSequences.from_strings(texts, reference.window)
    table = partner_block.build(reference)
    assert table.loc["ENSG2"].filter(like=":distance").isna().all()
    assert table.loc["ENSG2"].filter(like=":best").notna().all()
    assert isinstance(table, pd.DataFrame)
