"""Each dialect is detected and stated; what is missing or wrong is named."""

import numpy as np
import pytest

from rarml.core.errors import InputError
from rarml.labels.dialects import read_table


def read(folder, text, **options):
    path = folder / "t.csv"
    path.write_text(text)
    return read_table(path, **options)


@pytest.mark.parametrize(
    ("text", "dialect", "unit"),
    [
        (",baseMean,log2FoldChange,lfcSE,stat,pvalue,padj\n7,80,-1.5,0.1,1,0.1,0.2\n", "DESeq2", "counts"),
        ("gene,log2FoldChange,pvalue,padj,baseMean\n7,-1.5,0.1,0.2,80\n", "DESeq2", "counts"),
        ("genes,logFC,logCPM,PValue,FDR\n7,-1.5,80,0.1,0.2\n", "edgeR", "log2_mean"),
        ("GeneID,Symbol,logFC,AveExpr,t,P.Value,adj.P.Val,B\n7,S,-1.5,80,1,0.1,0.2,1\n", "limma topTable", "mean_log2"),
        ("Gene.ID,Gene.Name,ctrl,ra,FDR,AveExpr,P value,x1\n7,S,0,-1.5,0.2,80,0.1,5\n", "Degust", "mean_log2"),
    ],
)
def test_dialects(tmp_path, text, dialect, unit):
    raw = read(tmp_path, text)
    assert (raw.dialect, raw.unit) == (dialect, unit)
    row = raw.frame.iloc[0]
    assert (row["id"], row["log2fc"], row["padj"], row["base_mean"], row["line"]) == ("7", -1.5, 0.2, 80, 2)
    assert raw.line().startswith(f"t.csv: {dialect}, 1 rows; id = ")


def test_own_columns_and_overruling(tmp_path):
    text = "name,effect,q,level\nA,1,0.5,3\n"
    raw = read(tmp_path, text, columns={"id": "name", "log2fc": "effect", "padj": "q", "base_mean": "level"})
    assert raw.dialect == "columns given by the user"
    assert raw.unit == "unknown"
    raw = read(tmp_path, "gene,log2FoldChange,padj,qvalue\nA,1,0.5,0.6\n", columns={"padj": "qvalue"})
    assert raw.frame["padj"].tolist() == [0.6]
    assert raw.dialect.startswith("DESeq2")


def test_degust_with_several_conditions_needs_a_contrast(tmp_path):
    text = "id,ctrl,ra,tgfb,FDR,AveExpr\nA,0,1,2,0.1,5\nB,0,3,4,0.1,5\n"
    with pytest.raises(InputError, match="has 2 conditions against ctrl .*ra, tgfb"):
        read(tmp_path, text)
    assert read(tmp_path, text, contrast="tgfb").frame["log2fc"].tolist() == [2, 4]
    with pytest.raises(InputError, match="no condition 'tgf' .*did you mean 'tgfb'"):
        read(tmp_path, text, contrast="tgf")


def test_a_running_number_is_not_the_gene(tmp_path):
    text = ",gene,log2FoldChange,padj\n" + "".join(f"{n},G{n},1,0.5\n" for n in range(3))
    assert read(tmp_path, text).columns["id"] == "gene"
    text = ",log2FoldChange,padj\n" + "".join(f"{n},1,0.5\n" for n in (0, 5, 9))
    assert read(tmp_path, text).frame["id"].tolist() == ["0", "5", "9"]


def test_missing_and_infinite_values_are_counted(tmp_path):
    raw = read(tmp_path, "gene,log2FoldChange,padj\nA,NA,0.5\nB,Inf,0.001\nC,-1,\nD,nan,\n")
    assert np.isnan(raw.frame["log2fc"]).tolist() == [True, False, False, True]
    assert raw.notes[:3] == [
        "2 rows without adjusted p-value",
        "2 rows without log2 fold change",
        "1 rows with an infinite log2 fold change (called ambiguous)",
    ]


def test_significant_genes_only_is_said(tmp_path):
    raw = read(tmp_path, "gene,log2FoldChange,padj\nA,2,0.01\nB,-3,0.02\n")
    assert raw.significant_only
    assert raw.notes[-1] == "no unresponsive genes can be called: the table lists significant genes only"
    raw = read(tmp_path, "gene,logFC,FDR\nA,2,0.01\nB,,\n")
    assert "1 rows have no values" in raw.notes[-1]


def test_linear_fold_changes_are_suspected(tmp_path):
    text = "gene,log2FoldChange,padj\n" + "".join(f"G{n},{n / 50},0.5\n" for n in range(150))
    assert "linear fold change" in read(tmp_path, text).notes[-1]


def test_decimal_comma(tmp_path):
    assert read(tmp_path, "gene;log2FoldChange;padj\nA;-1,5;5,0e-1\n").frame["log2fc"].tolist() == [-1.5]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (
            "gene,log2FoldChange,padjust\nA,1,1\n",
            {},
            "t.csv:1: looks like DESeq2, but has no padj .*did you mean 'padjust'",
        ),
        ("gene,x,y\nA,1.5,q\n", {}, "of no known dialect .*--columns"),
        ("gene,s1,s2\nA,1,2\n", {}, "a table of counts"),
        ("x,log2FoldChange,padj\nA,1,1\n", {}, "no column of gene identifiers .*--columns id="),
        ("gene,log2FoldChange,padj\nA,1,1\n", {"columns": {"log2fc": "lfc"}}, "no column 'lfc' \\(given for log2fc"),
        ("gene,log2FoldChange,padj\nA,1,1\n", {"columns": {"logfc": "padj"}}, "unknown column role 'logfc'"),
        (
            "gene,log2FoldChange,padj\nA,1,1\nB,high,1\n",
            {},
            "t.csv:3: log2fc 'high' in column 'log2FoldChange' is no number",
        ),
        ("gene,log2FoldChange,padj\nA,1,1\nB,1,7.5\n", {}, "t.csv:3: padj 7.5 is not between 0 and 1"),
        ("gene,log2FoldChange,padj,padj\nA,1,1,1\n", {}, "column 'padj' .* stands twice"),
        ("gene,log2FoldChange,padj\nA,1,NA\n", {}, "holds no adjusted p-value"),
    ],
)
def test_faults(tmp_path, text, options, message):
    with pytest.raises(InputError, match=message):
        read(tmp_path, text, **options)


def test_real_files_state_their_dialect(real_data):
    expected = {
        "mcf-7_ra_50nM_72h_deseq2.csv": ("DESeq2", 17546, False),
        "neural-organoid_ctl04_bulk_deseq2.tsv": ("DESeq2", 2608, True),
        "neural-organoid_neurons_sc_shared_edger.tsv": ("edgeR", 19612, True),
        "sh-sy5y_ra_differentiation_degust.csv": ("Degust", 12772, False),
        "u937_pml-rara_induction_limma.txt": ("limma topTable", 2056, True),
    }
    for file, (dialect, rows, significant_only) in expected.items():
        raw = read_table(real_data / "labels" / file)
        assert (raw.dialect, len(raw.frame), raw.significant_only) == (dialect, rows, significant_only)
    assert raw.columns == {
        **{"id": "GeneID", "symbol": "Symbol", "log2fc": "logFC", "padj": "adj.P.Val", "base_mean": "AveExpr"}
    }
