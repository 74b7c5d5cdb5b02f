import numpy as np
import pytest

from rarml.features import composition
from rarml.features.composition import AVAILABILITY, build, promoter_columns
from rarml.reference.bases import decode


def test_columns_are_float32_by_gene(reference):
    block = build(reference)
    assert block.index.equals(reference.genes.index)
    assert (block.dtypes == np.float32).all()
    assert all(name.startswith("composition:") for name in block.columns)
    assert set(AVAILABILITY) <= set(block.columns)


def test_gc_is_that_of_the_representative_promoter(reference):
    block = build(reference)
    for gene, row in {"ENSG1": 0, "ENSG2": 2, "ENSG3": 4, "ENSG5": 6}.items():
        text = decode(reference.sequences.codes([row])[0])
        wanted = (text.count("G") + text.count("C")) / (len(text) - text.count("N"))
        assert block.loc[gene, "composition:gc"] == pytest.approx(wanted, abs=1e-6)
    assert block.loc["ENSG1", "composition:gc_max"] >= block.loc["ENSG1", "composition:gc"]


def test_the_promoter_used_is_reported(reference):
    offset = build(reference)["composition:promoter_offset"]
    assert offset["ENSG1"] == 0
    assert offset["ENSG3"] == -700  # the alternative lies 700 bp upstream on the minus strand
    assert np.isnan(offset["ENSG4"])


def test_without_sequence_a_gene_keeps_what_coordinates_say(reference):
    block = build(reference)
    none = block.loc["ENSG4"]
    assert np.isnan(none["composition:gc"])
    assert np.isnan(none["composition:tata"])
    assert np.isnan(none["composition:promoter_class"])
    assert none["composition:bases_known"] == 0
    assert none["composition:cpg_island"] == 0
    assert none["composition:n_promoters"] == 1
    reference.sequences = None
    bare = build(reference)
    assert "composition:gc" not in bare.columns
    np.testing.assert_array_equal(bare["composition:cpg_island"], block["composition:cpg_island"])


def test_island_table_beats_sequence_and_sequence_stands_in(reference):
    assert build(reference)["composition:cpg_island"].tolist() == [1, 1, 0, 0, 0]
    reference.cpg_islands = None
    told = build(reference)
    assert np.isnan(told.loc["ENSG4", "composition:cpg_island"])
    assert told.loc["ENSG2", "composition:cpg_island"] == 1  # 65 % GC with chance CpG meets Gardiner-Garden
    assert told.loc["ENSG5", "composition:cpg_island"] == 0


def test_a_gene_does_not_depend_on_the_batch(reference, monkeypatch):
    whole = build(reference)
    monkeypatch.setattr(composition, "_BASES_AT_ONCE", 2000)
    assert build(reference).equals(whole)


def test_lower_case_bases_count_like_upper(reference):
    codes = reference.sequences.codes([0])
    found = promoter_columns(codes, 1000, islands_from_sequence=False)
    assert found["n_fraction"][0] == 0
