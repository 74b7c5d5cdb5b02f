"""Another species by its FASTA and GTF, from the build to a model: a made-up mouse with planted RAREs."""

import importlib.util
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import InputError
from rarml.features.atlas import load_atlas
from rarml.reference.build import build_reference
from rarml.reference.spec import load_reference_spec
from rarml.training.groups import gene_groups
from rarml.training.splits import chromosome_folds
from rarml.workflows.reference import build

_spec = importlib.util.spec_from_file_location("mouse_like", Path(__file__).with_name("mouse_like.py"))
mouse_like = importlib.util.module_from_spec(_spec)
sys.modules["mouse_like"] = mouse_like
_spec.loader.exec_module(mouse_like)

FLAG = "out of domain: other species"
QUICK = (
    "blocks: [{blocks}]\ncontext: {{stand_in: [{stand_in}]}}\nbootstrap: 20\nevaluation: {{controls: false}}\n"
    "model: {{n_folds: 3, gradient: {{n_rounds: 20, learning_rate: 0.2}}}}\n"
)


@pytest.fixture(scope="module")
def mouse(tmp_path_factory):
    """The folder with files and built reference, the genes, and the lines of the build."""
    folder = tmp_path_factory.mktemp("mouse")
    genes = mouse_like.write_mouse(folder)
    result = build(folder / "reference.yaml", folder / "ref")
    return folder, genes, result


def test_the_build_keeps_ids_contigs_and_places_and_says_what_is_left_out(mouse):
    folder, genes, result = mouse
    reference = result.reference
    assert reference.assembly == "GRCm39"
    assert sorted(reference.genes.index) == sorted(gene.gene_id for gene in genes)
    for gene in genes[::7]:
        row = reference.genes.loc[gene.gene_id]
        assert (row["symbol"], row["chrom"], row["strand"], row["tss"]) == (
            gene.symbol,
            gene.chrom,
            gene.strand,
            gene.tss,
        )
    said = " ".join(result.lines)
    assert "10 of 22 reference contigs" in said
    assert "block sequence left out, as the promoter encoders are of another species" in said
    blocks = load_atlas(folder / "ref", columns=[]).manifest["blocks"]
    assert {"rare", "partners", "composition", "expression"} <= set(blocks)
    assert not {"sequence", "chromatin"} & set(blocks)
    assert build(folder / "reference.yaml", folder / "ref").reused


def test_names_resolve_in_mouse_spelling_and_human_ids_are_foreign(mouse):
    names = mouse[2].reference.names
    found = names.resolve(["Hoxa1", "hoxa1", "ENSMUSG00000000001.9", "ENSMUSG99999999999", "ENSG00000095596"])
    assert found["status"].tolist() == ["mapped"] * 3 + ["unmapped"] * 2
    assert found["note"].tolist()[3:] == [
        "an Ensembl gene that is not in this annotation",
        "an Ensembl gene of another species",
    ]


def test_every_planted_element_is_called_at_its_place(mouse, rarml, tmp_path):
    folder, genes, _ = mouse
    planted = {(gene.chrom, gene.start): gene for gene in genes if gene.start is not None}
    assert len(planted) == 100
    out = tmp_path / "sites.tsv"
    found = rarml("scan", *(gene.symbol for gene in planted.values()), "--reference", folder / "ref", "--out", out)
    assert found.status == 0, found.err
    sites = pd.read_csv(out, sep="\t").query("type == 'DR5' and mismatches == 0")
    at = {(row["chrom"], row["start"]): row["strand"] for row in sites.to_dict("records")}
    for place, gene in planted.items():
        assert at[place] == gene.strand
    atlas = load_atlas(folder / "ref", columns=["rare:DR5:n_1e-5"])
    has = atlas.features["rare:DR5:n_1e-5"] > 0
    assert has[[gene.gene_id for gene in planted.values()]].all()
    # by file, without an annotation, the same
    whole = tmp_path / "whole.tsv"
    assert rarml("scan", folder / "genome.fa", "--types", "DR5", "--out", whole).status == 0
    everywhere = pd.read_csv(whole, sep="\t").query("mismatches == 0")
    assert set(planted) <= set(zip(everywhere["chrom"], everywhere["start"], strict=True))


def test_hox_chromosomes_of_the_mouse_share_a_fold_and_families_are_seen(mouse):
    genes = load_atlas(mouse[0] / "ref", columns=[]).genes
    folds = chromosome_folds(genes, 4)
    by_contig = folds.groupby(genes["chrom"]).agg(["nunique", "first"])
    assert (by_contig["nunique"] == 1).all()
    hox = by_contig.loc[["chr2", "chr6", "chr11", "chr15"], "first"]
    assert hox.nunique() == 1
    # human's chr7 and chr17 are contigs like any other here: alone they would not fit into the same fold
    assert len(set(by_contig.loc[["chr7", "chr17"], "first"]) - set(hox)) >= 1
    groups = gene_groups(genes)
    hoxa1 = genes.index[genes["symbol"] == "Hoxa1"][0]
    assert groups[hoxa1] == "HOXA"


@pytest.fixture(scope="module")
def trained(mouse, tmp_path_factory):
    from rarml.workflows.train import train
    from rarml.workflows.train_inputs import train_inputs

    folder = mouse[0]
    out = tmp_path_factory.mktemp("models")
    (out / "m.yaml").write_text(QUICK.format(blocks="rare, composition, expression", stand_in="es_cell"))
    (out / "h.yaml").write_text(QUICK.format(blocks="rare", stand_in="SH-SY5Y"))
    labels, settings = train_inputs(
        [str(folder / "labels.csv")], config=out / "m.yaml", atlas=folder / "ref", name="mine"
    )
    made = train(labels, settings, out / "mine", atlas=folder / "ref", threads=2)
    labels, settings = train_inputs(["sh-sy5y"], config=out / "h.yaml", name="human")
    train(labels, settings, out / "human", threads=2)
    return out, made


def test_a_model_of_mouse_genes_learns_the_planted_element_and_not_what_was_not_planted(trained):
    """Up genes have a DR5, down genes were drawn: the oracle is how the genome was made."""
    metrics = trained[1].metrics.query("metric == 'auroc'").set_index("task")
    assert metrics.loc["up v unresponsive", "value"] > 0.98
    assert metrics.loc["up v unresponsive", "baseline"] < 0.65
    assert metrics.loc["down v unresponsive", "value"] < 0.65
    card = (trained[0] / "mine" / "MODEL_CARD.md").read_text()
    assert "GRCm39" in card
    assert "Protein Atlas" not in card


def test_its_own_genes_are_in_its_domain(mouse, trained, rarml):
    folder, genes, _ = mouse
    found = rarml("score", "Hoxa1", genes[0].symbol, genes[4].gene_id + ".7", "-m", trained[0] / "mine", "--atlas",
        folder / "ref")  # fmt: skip
    assert found.status == 0, found.err
    assert "other" not in found.out
    assert found.out.count("candidate up") == 2
    assert "--orthologues" not in found.err


def test_a_human_model_flags_every_mouse_gene(mouse, trained, rarml, tmp_path):
    folder, genes, _ = mouse
    out = tmp_path / "out"
    names = [gene.symbol for gene in genes[:60]]
    found = rarml("score", *names, "-m", trained[0] / "human", "--atlas", folder / "ref", "--out", out)
    assert found.status == 0, found.err
    assert "trained on another species" in found.err.replace("\n", " ")
    table = pd.read_parquet(out / "scores.parquet")
    assert len(table) == 60
    assert table["flags"].str.contains(FLAG, regex=False).all()
    assert table["p_up"].between(0, 1).all()
    assert table["not_ruled_out"].isna().all()
    assert set(table["rank_of"]) == {len(genes)}
    assert table["rank"].between(1, len(genes)).all()
    page = (out / "report.html").read_text()
    assert FLAG in page
    assert "GRCm39, 0-based" in page
    assert "matched negative" not in page.lower()


def test_a_mouse_model_says_which_columns_human_lacks(trained, rarml):
    found = rarml("score", "CYP26A1", "-m", trained[0] / "mine")
    assert "expression:level:es_cell" in found.fault()
    assert "do not exist for GRCh38" in found.fault()


def test_a_shipped_model_says_which_columns_mouse_lacks_and_what_to_do(mouse, rarml):
    fault = rarml("score", "Hoxa1", "-m", "mcf-7", "--atlas", mouse[0] / "ref").fault()
    assert re.search(r"[\d,]+ of its feature columns, such as \w+:", fault)
    assert "--orthologues" in fault


@pytest.mark.parametrize("block", ["chromatin", "sequence"])
def test_a_block_that_mouse_lacks_is_named(block, mouse, rarml, tmp_path):
    (tmp_path / "t.yaml").write_text(QUICK.format(blocks=f"rare, {block}, expression", stand_in="es_cell"))
    atlas, settings = mouse[0] / "ref", tmp_path / "t.yaml"
    labels = mouse[0] / "labels.csv"
    fault = rarml("train", labels, "--config", settings, "--atlas", atlas, "--out", tmp_path / "m").fault()
    assert f"no feature block '{block}' in this atlas" in fault
    assert not (tmp_path / "m").exists()


def test_without_expression_training_says_so_in_one_line(mouse, rarml, tmp_path):
    folder = mouse[0]
    lines = (folder / "reference.yaml").read_text().splitlines()
    bare = folder / "bare.yaml"
    bare.write_text("\n".join(line for line in lines if not line.startswith("expression")) + "\n")
    build(bare, tmp_path / "ref")
    (tmp_path / "t.yaml").write_text("blocks: [rare, composition]\nmodel: {n_folds: 3}\n")
    fault = rarml("train", folder / "labels.csv", "--config", tmp_path / "t.yaml", "--atlas", tmp_path / "ref", "--out",
        tmp_path / "m").fault()  # fmt: skip
    assert "no expression of untreated cells" in fault


def test_files_of_another_assembly_or_species_are_refused(mouse, tmp_path):
    folder = mouse[0]
    spec = load_reference_spec(folder / "reference.yaml")
    with pytest.raises(InputError, match="says that it is of GRCm39, the reference is GRCh38"):
        build_reference(spec.model_copy(update={"assembly": "GRCh38"}), tmp_path / "a")
    with pytest.raises(InputError, match="says that it is of GRCm39, the reference is GRCm38"):
        build_reference(spec.model_copy(update={"assembly": "GRCm38"}), tmp_path / "b")
    whole = tmp_path / "whole.fa"
    whole.write_text(">chr1\n" + "ACGT" * 50 + "\n")
    with pytest.raises(InputError, match="does not fit GRCm39: chr1 is 200 bp"):
        build_reference(spec.model_copy(update={"genome": str(whole)}), tmp_path / "c")


def test_a_mouse_model_is_exported_as_mm39(mouse, trained, rarml, tmp_path):
    folder, genes, _ = mouse
    found = rarml("export", trained[0] / "mine", "--atlas", folder / "ref", "--out", tmp_path / "e")
    assert found.status == 0, found.err
    assert (tmp_path / "e" / "tracks" / "genomes.txt").read_text().startswith("genome mm39\n")
    rows = [line.split("\t") for line in (tmp_path / "e" / "mine.symbols.rnk").read_text().splitlines()]
    planted = {gene.symbol for gene in genes if gene.start is not None}
    assert np.mean([row[0] in planted for row in rows[:90]]) > 0.95


def test_the_example_configuration_is_understood(monkeypatch, tmp_path):
    monkeypatch.setenv("MOUSE_DATA", str(tmp_path))
    spec = load_reference_spec(Path(__file__).resolve().parents[2] / "configs" / "reference-grcm39.yaml")
    assert (spec.assembly, spec.window, spec.expression) == ("GRCm39", (1000, 1000), None)
    assert Path(spec.annotation).parent == tmp_path
    # the names are those under which `rarml reference fetch` saves them
    from rarml.reference.fetch_sources import SOURCES

    urls = [source.url.rsplit("/", 1)[-1] for source in (SOURCES["grcm39"], SOURCES["gencode-mouse"])]
    assert [Path(spec.genome).name, Path(spec.annotation).name] == urls
