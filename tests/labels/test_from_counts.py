"""Counts to labels: what PyDESeq2 says, the same on any number of workers, and the same as from the table written."""

import sys

import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import InputError, MissingPartError, SettingsError
from rarml.labels.count_spec import CountSpec
from rarml.labels.from_counts import compare_counts, parse_subset, table_text
from rarml.labels.spec import LabelSpec
from rarml.labels.table import load_labels

pytest.importorskip("pydeseq2", reason="needs the extra counts")
GENES = 300
SAMPLES = [f"{kind}{n}" for kind in "vat" for n in range(3)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """300 genes, the first 20 four-fold up under ATRA and the next 20 under both treatments; the rest flat."""
    rng = np.random.default_rng(4)
    mean = np.repeat(rng.lognormal(5, 1, GENES)[:, None], 9, axis=1)
    mean[:20, 3:6] *= 4
    mean[20:40, 3:] *= 4
    counts = rng.poisson(rng.gamma(20, mean / 20))
    counts[-3:] = 0
    place = tmp_path_factory.mktemp("counts")
    genes = ["AAA1", "OLD2", "30", *(f"gene{n}" for n in range(3, GENES))]
    pd.DataFrame(counts, index=pd.Index(genes, name="gene"), columns=SAMPLES).to_csv(place / "counts.csv")
    sheet = ["sample,condition,batch"]
    sheet += [
        f"{name},{ {'v': 'vehicle', 'a': 'ATRA', 't': 'AM580'}[name[0]] },b{int(name[1]) % 2}" for name in SAMPLES
    ]
    (place / "samples.csv").write_text("\n".join(sheet) + "\n")
    return place


def spec(**given):
    return CountSpec(matrix="counts.csv", design="samples.csv", **{"treated": ("ATRA",), **given})


def test_the_numbers_are_those_of_pydeseq2_on_its_own_formula(folder):
    from pydeseq2.dds import DeseqDataSet
    from pydeseq2.ds import DeseqStats

    ours = compare_counts(spec(factors=("batch",)), folder).tables["ATRA"].frame
    counts = pd.read_csv(folder / "counts.csv", index_col=0).T.loc[SAMPLES[:6]]
    sheet = pd.read_csv(folder / "samples.csv", index_col=0).loc[SAMPLES[:6]]
    sheet["condition"] = pd.Categorical(sheet["condition"], ["vehicle", "ATRA"])
    kept = counts.loc[:, counts.sum() >= 10]
    data = DeseqDataSet(counts=kept, metadata=sheet, design="~ batch + condition", quiet=True, n_cpus=1)
    data.deseq2()
    theirs = DeseqStats(data, contrast=["condition", "ATRA", "vehicle"], quiet=True, n_cpus=1)
    theirs.summary()
    expected = theirs.results_df.reindex(counts.columns)
    for name, column in (("log2fc", "log2FoldChange"), ("padj", "padj"), ("lfcSE", "lfcSE"), ("base_mean", "baseMean")):
        np.testing.assert_allclose(ours[name], expected[column], rtol=1e-6, atol=1e-9)
    assert ours["padj"].iloc[-3:].isna().all()  # no counts: in the table, not tested
    up = (ours["padj"] < 0.05) & (ours["log2fc"] > 1)
    assert up.iloc[:40].mean() > 0.9
    assert up.iloc[40:].mean() < 0.02


def test_any_number_of_processes_gives_the_same_bytes(folder):
    texts = {table_text(compare_counts(spec(), folder, threads=n).tables["ATRA"]) for n in (1, 2)}
    assert len(texts) == 1


def test_labels_are_those_of_the_table_that_is_written(folder, names, tmp_path):
    direct = load_labels(LabelSpec(counts=spec()), names, folder)
    (tmp_path / "de.tsv").write_text(table_text(direct.computed["ATRA"]))
    read = load_labels(LabelSpec(files=("de.tsv",)), names, tmp_path)
    pd.testing.assert_frame_equal(direct.table, read.table)
    assert direct.rows.drop(columns="file").equals(read.rows.drop(columns="file"))
    assert direct.counts()["read"] == GENES
    assert direct.table["status"].tolist() == ["up"] * 3


def test_what_was_compared_is_recorded(folder, names):
    import pydeseq2

    record = load_labels(LabelSpec(counts=spec(factors=("batch",))), names, folder).provenance
    about = record["counts"]
    assert about["samples"] == {"vehicle": ["v0", "v1", "v2"], "ATRA": ["a0", "a1", "a2"]}
    assert about["formula"] == "~ batch + condition"
    assert about["pydeseq2"] == pydeseq2.__version__
    assert len(about["sha256"]) == len(about["design_sha256"]) == 64
    assert record["rule"]["padj"] == 0.05
    assert record["files"][0]["contrast"] == "ATRA v vehicle"


def test_two_treatments_must_agree(folder, names):
    labels = load_labels(LabelSpec(counts=spec(treated=("ATRA", "AM580"))), names, folder)
    assert set(labels.computed) == {"ATRA", "AM580"}
    assert labels.provenance["min_agree"] == 2
    assert "up" not in labels.table["status"].tolist()  # the mapped genes rise under ATRA alone


def test_a_second_rule_uses_the_same_tables(folder, names):
    first = load_labels(LabelSpec(counts=spec()), names, folder)
    rule = {"up_log2fc": 9.0, "down_log2fc": -9.0}
    second = load_labels(LabelSpec(counts=spec(), rule=rule), names, folder, compared=first)
    assert second.computed is first.computed
    assert "up" not in second.table["status"].tolist()


def test_what_does_not_go_together(folder, names):
    with pytest.raises(SettingsError, match="exclude each other"):
        load_labels(LabelSpec(files=("x.csv",), counts=spec()), names, folder)
    with pytest.raises(SettingsError, match=r"labels\.columns is for label files"):
        load_labels(LabelSpec(counts=spec(), columns={"id": "gene"}), names, folder)
    with pytest.raises(SettingsError, match="counts without a sample sheet"):
        compare_counts(CountSpec(matrix="counts.csv"), folder)
    with pytest.raises(SettingsError, match=r"replicate is for \.h5ad"):
        compare_counts(spec(replicate="donor"), folder)
    with pytest.raises(InputError, match="0 genes have 1000000000 counts or more"):
        compare_counts(spec(least_counts=10**9), folder)


def test_without_pydeseq2_the_extra_is_named(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "pydeseq2", None)
    with pytest.raises(MissingPartError, match=r"counts need PyDESeq2 \(pip install 'rarml\[counts\]'\)"):
        compare_counts(spec(), folder)


def test_subsets_are_written_column_is_value():
    assert parse_subset(["a=1", "a=2", "b=x=y"]) == {"a": ("1", "2"), "b": ("x=y",)}
    with pytest.raises(InputError, match="not of the form COLUMN=VALUE"):
        parse_subset(["density"])
