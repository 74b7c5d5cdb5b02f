"""RARE features by gene: from sites that are known to be there."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import MissingPartError
from rarml.features import rare_block
from rarml.reference.bases import encode

SITE = "AGTTCACCCAAAGTTCA"
FILLER = "CACTATCCATACAATCCTACTTCACACATATC"


def window(length=400, **planted):
    text = list((FILLER * (length // len(FILLER) + 1))[:length])
    for place, site in planted.items():
        start = int(place[1:])
        text[start : start + len(site)] = site
    return encode("".join(text))


def fake(rows, genes, *, starts=None, strands=None, soft=None, tracks=None):
    codes = np.stack(rows)
    starts = np.asarray(starts if starts is not None else np.arange(len(rows)) * 10000 + 1000)
    strands = strands or ["+"] * len(rows)
    mask = np.zeros(codes.shape, dtype=bool) if soft is None else soft
    half = codes.shape[1] // 2
    promoters = pd.DataFrame({"gene_id": genes, "chrom": "chr1", "strand": strands, "start": starts})
    promoters["end"] = promoters["start"] + codes.shape[1]
    promoters["tss"] = np.where(promoters["strand"] == "+", starts + half, starts + codes.shape[1] - half - 1)
    promoters["bases_known"] = (codes < 4).sum(axis=1)
    sequences = SimpleNamespace(
        codes=lambda rows: codes[rows], soft=lambda rows: mask[rows], window=(half, codes.shape[1] - half)
    )
    index = pd.Index(dict.fromkeys(genes), name="gene_id")
    return SimpleNamespace(
        sequences=sequences, promoters=promoters, genes=pd.DataFrame(index=index), tracks=tracks, path=Path("ref")
    )


def test_planted_site_is_seen_with_its_distance_and_score():
    table = rare_block.build(fake([window(p150=SITE), window()], ["g1", "g2"]))
    assert table.loc["g1", "rare:DR5:distance"] == 150 - 200
    assert table.loc["g1", "rare:DR5:n_1e-5"] == 1
    assert table.loc["g2", "rare:DR5:n_1e-5"] == 0
    assert table.loc["g1", "rare:DR5:best"] > table.loc["g2", "rare:DR5:best"] + 5
    assert table.loc["g1", "rare:DR5:neglog10p"] > 2
    assert (table.dtypes == np.float32).all()
    assert table.columns.is_unique
    assert len(table.columns) < 130


def test_a_site_in_two_overlapping_promoters_counts_once():
    text = window(1000, p450=SITE)
    reference = fake([text[0:600], text[200:800], text[400:1000]], ["g1"] * 3, starts=[5000, 5200, 5400])
    table = rare_block.build(reference)
    assert table.loc["g1", "rare:DR5:n_1e-5"] == 1
    assert table.loc["g1", "rare:promoters:n"] == 3
    listed = rare_block.sites(reference)
    rows = listed[(listed["type"] == "DR5") & (listed["pvalue"] < 1e-5)]
    assert len(rows) == 1
    assert rows["start"].iloc[0] == 5450
    assert rows["tss_distance"].iloc[0] == 5450 - 5500


def test_genes_without_sequence_stay_missing():
    unknown = np.full(400, 4, dtype=np.uint8)
    mostly = window()
    mostly[:250] = 4
    table = rare_block.build(fake([unknown, mostly, window()], ["g1", "g2", "g3"]))
    assert table.loc[["g1", "g2"]].isna().to_numpy().all()
    assert table.loc["g3", "rare:DR5:n_1e-4"] == 0


def test_tripartite_dr8_is_not_counted_again():
    element = "AGGTCAAAAGGTCAAGGTCA"  # DR2 + DR0 = DR8
    table = rare_block.build(fake([window(p100=element)], ["g1"]))
    assert table.loc["g1", "rare:DR8:n_1e-4"] == 0
    assert table.loc["g1", "rare:DR8:tripartite"] == 1
    assert table.loc["g1", "rare:DR2:n_1e-5"] == 1
    assert table.loc["g1", "rare:DR0:n_1e-5"] == 1


def test_cooperative_pairs_lie_near_and_do_not_overlap():
    near = rare_block.build(fake([window(p100=SITE, p200=SITE)], ["g1"]))
    far = rare_block.build(fake([window(p20=SITE, p360=SITE)], ["g1"]))
    alone = rare_block.build(fake([window(p100=SITE)], ["g1"]))
    assert near.loc["g1", "rare:classical:pairs_250bp"] == 1
    assert far.loc["g1", "rare:classical:pairs_250bp"] == 0
    assert alone.loc["g1", "rare:classical:pairs_250bp"] == 0


def test_repeats_and_open_chromatin():
    soft = np.zeros((1, 400), dtype=bool)
    soft[0, 100:117] = True
    peaks = pd.DataFrame({"chrom": ["chr1"], "start": [1300], "end": [1320]})
    tracks = SimpleNamespace(open_chromatin=peaks)
    reference = fake([window(p100=SITE, p310=SITE)], ["g1"], soft=soft, tracks=tracks)
    table = rare_block.build(reference)
    assert table.loc["g1", "rare:classical:n_repeat"] == 1
    assert table.loc["g1", "rare:classical:n_open"] == 1
    strong = rare_block.sites(reference, max_pvalue=5e-6).query("type == 'DR5'")
    assert strong["in_repeat"].tolist() == [True, False]
    assert strong["in_open_chromatin"].tolist() == [False, True]
    without = rare_block.sites(fake([window(p100=SITE)], ["g1"]))
    assert without["in_repeat"].isna().all()
    assert without["in_open_chromatin"].isna().all()


def test_dr2_inside_and_outside_repeats():
    dr2 = "AGGTCAAAAGGTCA"
    rows = [window(p40=dr2, p200=dr2, p330=dr2), window(p40=dr2), window(p40=SITE)]
    soft = np.zeros((3, 400), dtype=bool)
    soft[0, 190:220], soft[0, 330:336] = True, True  # one site wholly masked, six of fourteen bases of another
    genes = ["g1", "g2", "g3"]
    table = rare_block.build(fake(rows, genes, soft=soft))
    assert table["rare:DR2:n_repeat"].tolist() == [1, 0, 0]
    assert table["rare:DR2:n_unique"].tolist() == [2, 1, 0]
    total = table["rare:DR2:n_repeat"] + table["rare:DR2:n_unique"]
    assert (total == table["rare:DR2:n_1e-4"]).all()
    unmasked = rare_block.build(fake(rows, genes))
    assert not {"rare:DR2:n_repeat", "rare:DR2:n_unique"} & set(unmasked.columns)


def test_site_on_a_minus_strand_gene_has_genome_coordinates_and_letters():
    reference = fake([window(p150=SITE)], ["g1"], strands=["-"])
    row = rare_block.sites(reference, max_pvalue=5e-6).query("type == 'DR5'").iloc[0]
    assert row["start"] == 1000 + 400 - 150 - 17
    assert row["strand"] == "-"
    assert row["left"] + row["spacer"] + row["right"] == SITE
    assert row["mismatches"] == 0
    assert row["tss_distance"] == -50


def test_empty_strand_palindromes_are_read_on_the_plus_strand():
    site = "AGGTCATGACCA"
    row = rare_block.sites(fake([window(p150=site)], ["g1"], strands=["-"])).query("type == 'IR0'").iloc[0]
    assert row["strand"] == "."
    assert (row["left"], row["right"]) == ("TGGTCA", "TGACCT")


def test_a_gene_alone_has_the_same_values():
    rows = [window(p150=SITE), window(p30="AGGTCAAAAGGTCA"), window()]
    together = rare_block.build(fake(rows, ["g1", "g2", "g3"]))
    alone = rare_block.build(fake(rows[1:2], ["g2"]))
    pd.testing.assert_series_equal(together.loc["g2"], alone.loc["g2"])


def test_no_sequence_is_a_clear_error():
    reference = fake([window()], ["g1"])
    reference.sequences = None
    with pytest.raises(MissingPartError, match="no sequence"):
        rare_block.build(reference)
