"""The commands as a person would use them, on the shipped models."""

import json
import subprocess
import sys

import pytest


def test_help_and_version_are_quick_and_complete(rarml):
    shown = rarml("--help").out
    for verb in ("train", "score", "compare", "scan", "enrich", "check", "models", "reference"):
        assert verb in shown
    assert rarml("--version").out.startswith("rarml ")


def test_help_loads_nothing_heavy():

    code = (
        "import sys, rarml.cli.app; print([m for m in ('pandas', 'numpy', 'xgboost', 'sklearn') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_score_says_what_cannot_be_answered_and_why(rarml):
    found = rarml("score", "RARB", "1-Mar", "NOT-A-GENE", "-m", "sh-sy5y")
    assert found.status == 0
    assert "RARB" in found.out
    assert "no sequence" in found.out
    assert "1-Mar: unmapped – a date" in found.err
    assert "NOT-A-GENE: unmapped" in found.err


def test_names_from_standard_input_and_files_of_each_kind(rarml, tmp_path):
    (tmp_path / "a.csv").write_text("gene,note\nCYP26A1,x\n")
    (tmp_path / "b.gmt").write_text("set\tabout\tDHRS3\tRARB\n")
    (tmp_path / "c.txt").write_text("# mine\nSTRA6\n\nTGM2\n")
    found = rarml(
        "score", "-", tmp_path / "a.csv", tmp_path / "b.gmt", tmp_path / "c.txt", "-m", "mcf-7", stdin="MYC\n"
    )
    for symbol in ("MYC", "CYP26A1", "DHRS3", "RARB", "STRA6", "TGM2"):
        assert symbol in found.out


def test_score_writes_whole_tables_and_a_report(rarml, tmp_path):
    import pandas as pd

    out = tmp_path / "answers"
    assert rarml("score", "CYP26A1", "HGNC:9866", "1592", "-m", "sh-sy5y", "-m", "nb4", "--out", out).status == 0
    assert sorted(p.name for p in out.iterdir()) == [
        "figures",
        "report.html", "scores.parquet", "scores.tsv", "sites.bed", "sites.tsv",
    ]  # fmt: skip
    table = pd.read_csv(out / "scores.tsv", sep="\t")
    assert len(table) == 6
    assert table.groupby("model")["query"].apply(list).map(len).tolist() == [3, 3]
    # Entrez 1592 is CYP26A1: the same gene gets the same answer by either name
    same = table[(table["symbol"] == "CYP26A1") & (table["model"] == "sh-sy5y")]
    assert same["p_up"].nunique() == 1
    bed = [line.split("\t") for line in (out / "sites.bed").read_text().splitlines()]
    assert ["chr10", "93073802", "93073819"] in [row[:3] for row in bed]
    assert all(len(row) == 6 and 0 <= int(row[4]) <= 1000 for row in bed)


def test_train_then_use_the_model(rarml, tmp_path, table, quick):
    out = tmp_path / "mine"
    found = rarml("train", table(), "--config", quick, "--out", out)
    assert found.status == 0, found.err
    assert "1,500 rows read, 1,500 mapped" in found.out
    assert "DESeq2" in found.err
    assert {"bundle.json", "MODEL_CARD.md", "report.html"} <= {path.name for path in out.iterdir()}
    assert json.loads((out / "bundle.json").read_text())["name"] == "mine"
    assert "# Model card: mine" in rarml("models", "show", out).out
    assert "self-test passes" in rarml("models", "verify", out).out
    compared = rarml("compare", out, "mcf-7", "--out", tmp_path / "c")
    assert "Spearman" in compared.out
    assert (tmp_path / "c" / "report.html").is_file()


def test_a_table_in_any_dialect_by_columns(rarml, tmp_path, table, quick):
    path = table(edit=lambda lines: ["who,mean,change,a,b,c,q", *lines[1:]])
    arguments = ("train", path, "--config", quick, "--out", tmp_path / "m")
    assert rarml(*arguments).status == 2
    assert rarml(*arguments, "--columns", "id=who,log2fc=change,padj=q,base_mean=mean").status == 0


def test_duplicates_nan_and_infinities_are_counted_and_stated(rarml, tmp_path, table, quick):
    def spoil(lines):
        first = lines[1].split(",")
        return [*lines, ",".join([*first[:2], "NaN", *first[3:6], "NA"]), ",".join([*first[:2], "inf", *first[3:]])]

    found = rarml("train", table(edit=spoil), "--config", quick, "--out", tmp_path / "m")
    assert found.status == 0, found.err
    assert "2 duplicated" in found.out
    assert "1 rows without adjusted p-value" in found.err
    assert "infinite" in found.err


def test_models_list_and_verify_the_shipped_ones(rarml):
    shown = rarml("models", "list").out
    for name in ("mcf-7", "nb4", "neural-organoid", "sh-sy5y", "experimental"):
        assert name in shown
    checked = rarml("models", "verify")
    assert checked.status == 0, checked.err
    assert checked.out.count("self-test passes") == 4
    assert checked.out.count("recomputed equal") == 4


def test_scan_a_fasta(rarml, tmp_path):
    (tmp_path / "p.fa").write_text(">brare\nTTTTGGTTCACCGAAAGTTCAGGGG\n")
    found = rarml("scan", tmp_path / "p.fa", "--out", tmp_path / "s.bed", "--types", "DR5")
    assert found.status == 0, found.err
    assert "DR5 1" in found.out
    assert (tmp_path / "s.bed").read_text().splitlines()[1].split("\t")[:3] == ["brare", "4", "21"]
    assert "exists already" in rarml("scan", tmp_path / "p.fa", "--out", tmp_path / "s.bed").fault()


def test_enrichment_of_a_set(rarml, tmp_path):
    genes = tmp_path / "g.txt"
    genes.write_text("\n".join(["CYP26A1", "DHRS3", "STRA6", "TGM2", "HOXA1", "CRABP2"]))
    found = rarml("enrich", genes, "-m", "mcf-7", "--out", tmp_path / "e")
    assert found.status == 0, found.err
    assert "DR5" in found.out
    assert (tmp_path / "e" / "enrichment.svg").read_text().lstrip().startswith("<?xml")


@pytest.mark.parametrize("what", ["de", "list", "gmt", "bed", "yaml", "model", "atlas"])
def test_check_names_each_kind(rarml, tmp_path, table, quick, what):
    from rarml.bundle.registry import models_folder, shipped_atlas

    (tmp_path / "l.txt").write_text("TP53\nMYC\n")
    (tmp_path / "s.gmt").write_text("set\tabout\tTP53\tMYC\tX1\n")
    (tmp_path / "p.bed").write_text("chr1\t10\t20\t3.5\nchr2\t10\t20\t1\n")
    file, said = {
        "de": (table(), "DESeq2 table of differential expression, 1,500 rows"),
        "list": (tmp_path / "l.txt", "list of 2 gene names"),
        "gmt": (tmp_path / "s.gmt", "GMT with 1 gene sets"),
        "bed": (tmp_path / "p.bed", "intervals (BED-like), 2 rows"),
        "yaml": (quick, "settings of the model"),
        "model": (models_folder() / "nb4", "rarml model nb4"),
        "atlas": (shipped_atlas(), "feature atlas of"),
    }[what]
    found = rarml("check", file)
    assert found.status == 0, found.err
    assert said in found.out
