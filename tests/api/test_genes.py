"""Genes, folds, labels, models and scans from a script, on the shipped atlas and models."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

import rarml as ra
from rarml.bundle.registry import shipped_atlas
from rarml.features.atlas import load_atlas
from rarml.training.groups import gene_groups

GENES = ["RARB", "CYP26A1", "ENSG00000111640", "HOXA1", "DHRS3"]


def test_names_of_any_kind():
    found = ra.resolve_genes(["gapdh", "HOX1F", "no such gene"])
    assert found["gene_id"].tolist() == ["ENSG00000111640", "ENSG00000105991", None]


def test_features_are_those_of_the_atlas():
    transformer = ra.GeneFeatures(stand_in=("SH-SY5Y",), chromatin=("SK-N-SH",)).set_output(transform="pandas")
    table = transformer.fit(GENES).transform(GENES)
    atlas = load_atlas(shipped_atlas(), columns=list(table.columns))
    genes = ra.resolve_genes(GENES)["gene_id"]
    np.testing.assert_array_equal(table.to_numpy(), atlas.features.loc[genes].to_numpy())
    assert "expression:level:SH-SY5Y" in table.columns
    assert not any(name.startswith("chromatin:MCF") for name in table.columns)


def test_a_gene_outside_the_atlas_is_missing_and_a_list_of_them_a_fault():
    transformer = clone(ra.GeneFeatures(blocks=("rare",))).fit(GENES)
    table = transformer.transform(["DHRS3", "no such gene"])
    assert np.isnan(table[1]).all()
    assert not np.isnan(table[0]).all()
    with pytest.raises(ra.RarmlError, match="none of the names"):
        transformer.transform(["no such gene"])
    with pytest.raises(ra.RarmlError, match="shape"):
        transformer.transform(np.full((2, 2), "RARB"))


def test_an_unknown_block_is_named():
    with pytest.raises(ra.RarmlError, match="rares"):
        ra.GeneFeatures(blocks=("rares",)).fit(GENES)


@pytest.fixture(scope="module")
def atlas():
    return load_atlas(shipped_atlas(), columns=[])


def test_folds_hold_out_whole_chromosomes_and_leave_relatives_aside(atlas):
    genes = atlas.genes.index[::5]
    groups = gene_groups(atlas.genes).loc[genes].to_numpy()
    chrom = atlas.genes.loc[genes, "chrom"].to_numpy()
    splitter = ra.ChromosomeFolds(4)
    asked = np.zeros(len(genes), dtype=int)
    for train, test in splitter.split(pd.DataFrame(index=genes)):
        asked[test] += 1
        assert not set(chrom[train]) & set(chrom[test])
        assert not set(groups[train]) & set(groups[test])
        assert len(train) > len(genes) / 2
    assert (asked == 1).all()
    assert splitter.get_n_splits() == 4
    assert splitter.chromosomes(genes).nunique() == 4


def test_folds_of_rows_without_a_place_are_refused():
    with pytest.raises(ra.RarmlError, match=r"1 of 2 rows name no gene"):
        list(ra.ChromosomeFolds().split(["RARB", "no such gene"]))
    with pytest.raises(ra.RarmlError, match="no gene lies on"):
        list(ra.ChromosomeFolds().split(["RARB", "CYP26A1"]))


def test_labels_of_a_table(tmp_path):
    file = tmp_path / "table.tsv"
    rows = ["RARB\t900\t3.1\t1e-9", "GAPDH\t90000\t0.01\t0.9", "MYCN\t700\t-2.0\t1e-6"]
    file.write_text("\n".join(["gene\tbaseMean\tlog2FoldChange\tpadj", *rows]) + "\n", encoding="utf-8")
    labels = ra.read_labels(file)
    called = labels.table.set_index("symbol")["status"]
    assert called.to_dict() == {"RARB": "up", "GAPDH": "unresponsive", "MYCN": "down"}
    stricter = ra.read_labels([file], rule={"up_log2fc": 4.0})
    assert stricter.table.set_index("symbol").loc["RARB", "status"] == "ambiguous"
    with pytest.raises(ra.RarmlError, match="colums"):
        ra.read_labels(file, colums={})


def test_a_shipped_model():
    assert set(ra.list_models()) >= {"mcf-7", "nb4", "neural-organoid", "sh-sy5y"}
    model = ra.load_model("sh-sy5y")
    assert model.card.startswith("# ")
    assert set(model.predictions.index) <= set(load_atlas(shipped_atlas(), columns=[]).genes.index)
    table = model.score(["RARB", "GAPDH"])
    row = table.set_index("query").loc["RARB"]
    assert row["p_up"] == pytest.approx(model.predictions.loc[row["gene_id"], "p_up"], abs=1e-6)
    assert "SH-SY5Y" in repr(model)
    with pytest.raises(ra.RarmlError):
        ra.load_model("no-such-model")


def test_scan_of_a_planted_element():
    planted = "T" * 30 + "AGGTCATTTTTAGGTCA" + "T" * 30
    table = ra.scan({"planted": planted, "nothing": "T" * 50})
    best = table.loc[table["pvalue"].idxmin()]
    assert best[["sequence", "type", "start", "end", "strand"]].tolist() == ["planted", "DR5", 30, 47, "+"]
    assert (best["left"], best["right"], best["mismatches"]) == ("AGGTCA", "AGGTCA", 0)
    assert set(table["sequence"]) == {"planted"}
    turned = planted[::-1].translate(str.maketrans("ACGT", "TGCA"))
    assert ra.scan(turned)["strand"].tolist() == ["-"] * len(table)
    assert list(ra.scan([]).columns) == list(table.columns)
    with pytest.raises(ra.RarmlError, match="p-value"):
        ra.scan("ACGT", max_pvalue=0)
