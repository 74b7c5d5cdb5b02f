"""Label files end to end: every row accounted for, tables joined, real counts."""

import pandas as pd
import pytest

from rarml.core.errors import InputError, SettingsError
from rarml.labels.table import LabelSpec, LabelTable, load_labels

G = [f"ENSG0000000000{n}" for n in range(7)]
DESEQ = "gene,log2FoldChange,padj,baseMean\n"


def load(folder, names, *texts, **spec):
    files = []
    for number, text in enumerate(texts):
        path = folder / f"t{number}.csv"
        path.write_text(text)
        files.append(path.name)
    return load_labels(LabelSpec(files=tuple(files), **spec), names, folder)


def test_every_row_has_a_fate(tmp_path, names):
    mapped = "AAA1,2,0.01,50\nOLD2,-2,0.01,50\n30,0.1,0.8,50\nDDD4,2,,50\n"
    text = DESEQ + mapped + "noname,1,0.5,50\nLINC99,2,0.01,50\n1-Mar,2,0.01,50\n"
    labels = load(tmp_path, names, text)
    assert labels.table["status"].to_dict() == {G[1]: "up", G[2]: "down", G[3]: "unresponsive", G[4]: "untested"}
    assert labels.table["symbol"].tolist() == ["AAA1", "BBB2", "CCC3", "DDD4"]
    assert labels.rows["line"].tolist() == list(range(2, 9))
    assert labels.rows["mapping"].tolist() == ["mapped"] * 4 + ["unmapped"] * 3
    notes = labels.rows["note"].tolist()
    assert notes[1] == "alias of BBB2"
    assert notes[3] == "no adjusted p-value"
    assert "not one of this annotation" in notes[5]
    assert "probably MARCHF1 or MARCH1" in notes[6]
    assert labels.counts() == {
        **{"read": 7, "mapped": 4, "ambiguous": 0, "unmapped": 3, "duplicated": 0},
        **{"up": 1, "down": 1, "unresponsive": 1, "ambiguous_status": 0, "untested": 1},
    }
    assert "1 rows name known genes that the annotation does not hold (mostly non-coding)" in labels.provenance["notes"]


def test_duplicates_are_counted_and_disagreement_is_ambiguous(tmp_path, names):
    text = DESEQ + f"AAA1,2,0.02,50\n{G[1]}.4,3,0.01,50\nBBB2,2,0.01,50\n20,-2,0.01,50\n"
    labels = load(tmp_path, names, text)
    assert labels.rows["mapping"].tolist() == ["mapped", "duplicated", "mapped", "duplicated"]
    assert labels.table["status"].to_dict() == {G[1]: "up", G[2]: "ambiguous"}
    assert labels.table.loc[G[1], ["log2fc", "padj"]].tolist() == [3, 0.01]


def test_symbol_helps_only_where_the_identifier_is_unknown(tmp_path, names):
    rows = ["777,AAA1,2,5,0.5", "99,BBB2,2,5,0.01", "888,OLD3,2,5,0.01", "40,AAA1,2,5,0.01"]
    text = "GeneID,Symbol,logFC,AveExpr,adj.P.Val\n" + "\n".join(rows) + "\n"
    labels = load(tmp_path, names, text)
    assert labels.rows["gene_id"].tolist()[0] == G[1]
    assert labels.rows["gene_id"].isna().tolist() == [False, True, True, False]
    assert labels.rows["gene_id"].tolist()[3] == G[4]
    assert "mapped by its symbol AAA1" in labels.rows["note"][0]


def test_tables_are_joined_by_agreement(tmp_path, names):
    one = DESEQ + "AAA1,2,0.01,50\nBBB2,2,0.01,50\nCCC3,0,0.9,50\n"
    two = DESEQ + "AAA1,3,0.02,50\nBBB2,-2,0.01,50\nCCC3,0.1,0.9,50\nDDD4,2,0.01,50\n"
    labels = load(tmp_path, names, one, two)
    assert labels.table["status"].tolist() == ["up", "ambiguous", "unresponsive", "untested"]
    assert labels.provenance["min_agree"] == 2
    assert labels.counts()["read"] == 7
    loose = load(tmp_path, names, one, two, min_agree=1)
    assert loose.table["status"].tolist() == ["up", "ambiguous", "unresponsive", "up"]
    with pytest.raises(SettingsError, match="min_agree is 3, with 2 tables"):
        load(tmp_path, names, one, two, min_agree=3)


def test_gene_sets_are_positive_unlabelled(tmp_path, names):
    labels = load(tmp_path, names, "AAA1\nOLD2\nnoname\n", direction="down")
    assert labels.positive_unlabelled
    assert labels.table["status"].to_dict() == {G[1]: "down", G[2]: "down"}
    assert labels.counts()["unmapped"] == 1
    (tmp_path / "s.gmt").write_text("S1\tx\tAAA1\nS2\tx\tBBB2\n")
    with pytest.raises(InputError, match="holds 2 gene sets .*S1, S2"):
        load_labels(LabelSpec(files=("s.gmt",)), names, tmp_path)
    chosen = load_labels(LabelSpec(files=("s.gmt",), gene_set="S2"), names, tmp_path)
    assert chosen.table.index.tolist() == [G[2]]


def test_ready_statuses(tmp_path, names):
    labels = load(tmp_path, names, "gene,label\nAAA1,up\nBBB2,unresponsive\nOLD1,down\n")
    assert labels.provenance["kind"] == "statuses"
    assert labels.table["status"].to_dict() == {G[1]: "up", G[2]: "unresponsive"}
    with pytest.raises(InputError, match=r"t0.csv:3: unknown status 'upp' .*did you mean 'up'"):
        load(tmp_path, names, "gene,label\nAAA1,up\nBBB2,upp\n", kind="statuses")


def test_provenance_names_files_not_folders(tmp_path, names):
    labels = load(tmp_path, names, DESEQ + "AAA1,2,0.01,50\n", dose="1 uM", time="24 h", source="GSE1")
    record = labels.provenance["files"][0]
    assert (record["file"], record["dialect"], record["base_mean_unit"]) == ("t0.csv", "DESeq2", "counts")
    assert len(record["sha256"]) == 64
    assert (labels.provenance["dose"], labels.provenance["rule"]["up_log2fc"]) == ("1 uM", 1.0)
    assert str(tmp_path) not in repr(labels.provenance)


def test_order_of_rows_does_not_matter(tmp_path, names):
    rows = [f"{name},{fold},{padj},50" for name, fold, padj in [("AAA1", 2, 0.01), ("BBB2", 0, 1), ("OLD1", -2, 0.001)]]
    tables = [load(tmp_path, names, DESEQ + "\n".join(some) + "\n").table for some in (rows, rows[::-1])]
    pd.testing.assert_frame_equal(*tables)


@pytest.mark.parametrize(
    ("texts", "spec", "error", "message"),
    [
        ([], {}, SettingsError, "no label file is named"),
        ([DESEQ + "x1,2,0.01,50\nx2,2,0.01,50\n"], {}, InputError, "no row maps to a gene \\(first: 'x1'\\)"),
        ([DESEQ + "AAA1,2,0.01,50\n", "AAA1\nBBB2\n"], {}, InputError, "different kinds: gene_set, table"),
        (["gene:lfc\nA:1\n"], {"kind": "table"}, InputError, "one column only"),
    ],
)
def test_faults(tmp_path, names, texts, spec, error, message):
    with pytest.raises(error, match=message):
        load(tmp_path, names, *texts, **spec)


def test_frames_go_there_and_back(tmp_path, names):
    labels = load(tmp_path, names, DESEQ + "AAA1,2,0.01,50\nBBB2,0,0.9,50\n")
    path = tmp_path / "labels.tsv"
    labels.to_frame().to_csv(path, sep="\t", index=False)
    again = LabelTable.from_frame(pd.read_csv(path, sep="\t"), labels.provenance)
    pd.testing.assert_frame_equal(again.table, labels.table)
    short = LabelTable.from_status(labels.table["status"], positive_unlabelled=True)
    assert short.table["status"].equals(labels.table["status"])
    assert short.counts()["up"] == labels.counts()["up"]
    assert short.replace(positive_unlabelled=False).positive_unlabelled is False
    with pytest.raises(InputError, match="unknown status 'upp'"):
        LabelTable.from_status(pd.Series(["upp"], index=["G"]))
    with pytest.raises(InputError, match="without a column 'status'"):
        LabelTable.from_frame(pd.DataFrame({"gene_id": ["G"]}))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            tuple(f"mcf-7_ra_{dose}nM_72h_deseq2.csv" for dose in (50, 200, 400)),
            {"read": 52489, "up": 229, "down": 232, "unresponsive": 6918},
        ),
        (("sh-sy5y_ra_differentiation_degust.csv",), {"read": 12772, "up": 1218, "down": 727, "unresponsive": 3498}),
        (("neural-organoid_consensus_labels.tsv",), {"up": 921, "down": 583, "unresponsive": 1775}),
        (
            ("neural-organoid_ctl04_bulk_deseq2.tsv", "neural-organoid_ctl08_bulk_deseq2.tsv"),
            {"up": 921, "down": 583, "unresponsive": 0},  # the consensus of the study
        ),
        (("nb4_atra_up_martens2010.gmt",), {"read": 773, "up": 726, "down": 0}),
        (("u937_pml-rara_induction_limma.txt",), {"read": 2056, "up": 116, "down": 103, "unresponsive": 0}),
    ],
)
def test_real_counts(real_data, real_names, files, expected):
    labels = load_labels(LabelSpec(files=files), real_names, real_data / "labels")
    counts = labels.counts()
    assert {name: counts[name] for name in expected} == expected
    assert counts["read"] == sum(counts[name] for name in ("mapped", "ambiguous", "unmapped", "duplicated"))
    assert not labels.table.index.has_duplicates
    if labels.provenance["kind"] == "table" and counts["unresponsive"]:
        assert labels.table.set_index("symbol").loc[["CYP26A1", "DHRS3"], "status"].tolist() == ["up", "up"]
