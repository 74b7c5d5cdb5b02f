"""Bench sheets of a made genome: every coordinate is looked up again in the genome that was made."""

import numpy as np
import pandas as pd
import pytest
from Bio import SeqIO

from rarml.core.errors import MissingPartError
from rarml.explain.assay_mutant import mutate_half_sites
from rarml.explain.assay_window import called_sites
from rarml.features.calls import PairScanner
from rarml.reference.build import build_reference
from rarml.reference.spec import load_reference_spec
from rarml.workflows.bench import BenchSettings, bench
from rarml.workflows.bench_output import write_bench
from rarml.workflows.bench_tails import read_tails

DR5 = "AGGTCACCAAGAGGTCA"
FLIP = str.maketrans("ACGT", "TGCA")
GENES = {"PLUS": (3001, "+"), "MINUS": (9000, "-"), "EDGE": (15001, "+"), "TWIN": (21001, "+")}


def reverse(text):
    return text.translate(FLIP)[::-1]


@pytest.fixture(scope="module")
def genome():
    bases = np.random.default_rng(5).choice(list("ACGT"), 26_000)
    bases[2699 : 2699 + 17] = list(DR5)  # 302 bp upstream of PLUS
    bases[9300 : 9300 + 17] = list(reverse(DR5))  # 284 bp upstream of MINUS
    bases[14_002 : 14_002 + 17] = list(DR5)  # at the very start of the window of EDGE
    bases[20_700:20_900] = bases[2600:2800]  # TWIN repeats the element of PLUS and what is beside it
    return "".join(bases)


@pytest.fixture(scope="module")
def folder(genome, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    lines = ["#!genome-build GRCh38.p14"]
    for number, (name, (tss, strand)) in enumerate(GENES.items()):
        start, end = (tss, tss + 500) if strand == "+" else (tss - 500, tss)
        lines.append(
            f'1\thavana\ttranscript\t{start}\t{end}\t.\t{strand}\t.\tgene_id "ENSG{number:011d}"; '
            f'transcript_id "T{number}"; gene_name "{name}"; gene_biotype "protein_coding";'
        )
    (folder / "a.gtf").write_text("\n".join(lines) + "\n")
    (folder / "g.fa").write_text(f">chr1:0-{len(genome)}\n{genome}\n")
    (folder / "spec.yaml").write_text("annotation: a.gtf\ngenome: g.fa\nwindow: [1000, 1000]\n")
    build_reference(load_reference_spec(folder / "spec.yaml"), folder / "reference")
    (folder / "bare.yaml").write_text("annotation: a.gtf\nwindow: [1000, 1000]\n")
    build_reference(load_reference_spec(folder / "bare.yaml"), folder / "bare")
    return folder


@pytest.fixture(scope="module")
def sheet(folder):
    settings = BenchSettings(rares=1, tails=read_tails("KpnI,XhoI"))
    return bench(["PLUS", "MINUS", "EDGE", "nosuch"], folder / "reference", controls=False, settings=settings)


def at(genome, start, end, strand):
    return genome[start:end] if strand == "+" else reverse(genome[start:end])


def test_primers_are_what_the_genome_reads_at_their_place(sheet, genome):
    rows = sheet.tables.chip_qpcr
    assert {(row["symbol"], row["kind"]) for row in rows} >= {
        (gene, kind) for gene in ("PLUS", "MINUS") for kind in ("rare", "control")
    }
    for row in rows:
        for way in ("forward", "reverse"):
            assert row[way] == at(genome, row[f"{way}_start"], row[f"{way}_end"], row[f"{way}_strand"])
        assert row["amplicon"] == at(genome, row["start"], row["end"], row["strand"])
        assert row["amplicon"].startswith(row["forward"])
        assert row["amplicon"].endswith(reverse(row["reverse"]))
        assert 60 <= row["end"] - row["start"] == row["length"] <= 150
        assert all(58 <= row[f"{way}_tm"] <= 62.5 for way in ("forward", "reverse"))


def test_the_amplicon_holds_the_planted_element_between_its_primers_and_the_control_holds_none(sheet):
    for row in sheet.tables.chip_qpcr:
        if row["symbol"] in ("PLUS", "MINUS"):
            inner = row["amplicon"][len(row["forward"]) : -len(row["reverse"])]
            assert (DR5 in inner) == (row["kind"] == "rare")
        if row["kind"] == "control":
            assert not called_sites(row["amplicon"], PairScanner(max_pvalue=1e-4))
            assert row["distance"] > 300


def test_guides_stand_before_an_ngg_in_the_window_of_the_tss(sheet, genome):
    assert {row["strand"] for row in sheet.tables.guides} == {"+", "-"}
    for row in sheet.tables.guides:
        start, end, strand = row["start"], row["end"], row["strand"]
        assert row["protospacer"] == at(genome, start, end, strand)
        pam = at(genome, end, end + 3, "+") if strand == "+" else at(genome, start - 3, start, "-")
        assert pam == row["pam"]
        assert pam.endswith("GG")
        tss, side = GENES[row["symbol"]]
        places = [(p - (tss - 1)) * (1 if side == "+" else -1) for p in (start, end - 1)]
        assert (min(places) >= -50 and max(places) <= 300) == (row["tss_window"] == "yes")
        assert row["tss_window"] == "yes" or row["rare"]


def test_no_guide_of_the_window_is_missed(sheet, genome):
    found = {(row["start"], row["strand"]) for row in sheet.tables.guides if row["symbol"] == "MINUS"}
    low, high = 8999 - 300, 8999 + 50
    for start in range(low, high - 20 + 2):
        if genome[start + 21 : start + 23] == "GG":
            assert (start, "+") in found
        if genome[start - 3 : start - 1] == "CC":
            assert (start, "-") in found


def test_an_insert_is_the_genome_and_its_mutant_differs_in_the_half_sites_only(sheet, genome):
    inserts = {(row["symbol"], row["kind"]): row for row in sheet.tables.inserts}
    for gene in ("PLUS", "MINUS"):
        wild, mutant = inserts[gene, "wt"], inserts[gene, "mutant"]
        assert wild["insert"] == at(genome, wild["start"], wild["end"], wild["strand"])
        first = wild["insert"].index(DR5)
        halves = {*range(first, first + 6), *range(first + 11, first + 17)}
        changed = {i for i in range(len(wild["insert"])) if wild["insert"][i] != mutant["insert"][i]}
        assert changed
        assert changed <= halves
        assert "GGTCA" not in mutant["insert"][first : first + 17]
        before = {(site.start, site.type) for site in called_sites(wild["insert"], PairScanner())}
        after = {(site.start, site.type) for site in called_sites(mutant["insert"], PairScanner())}
        assert (first, "DR5") in before
        assert after < before
        assert wild["to_order"] == "TAAGCAGGTACC" + wild["insert"] + "CTCGAGACGAAT"


@pytest.mark.parametrize("element", [DR5, "AGGTCAAAGGTCA", "AGGTCAAGGTCA", "AGGTCATGACCT", "TGACCTAGGTCA"])
def test_every_kind_of_pair_can_be_mutated_in_many_surroundings(element):
    scanner, rng = PairScanner(), np.random.default_rng(1)
    done = 0
    for _ in range(5):
        text = "".join(rng.choice(list("ACGT"), 80)) + element + "".join(rng.choice(list("ACGT"), 80))
        site = next(
            (site for site in called_sites(text, scanner) if (site.start, site.end) == (80, 80 + len(element))), None
        )
        if site is not None:
            mutant = mutate_half_sites(text, site, scanner)
            assert mutant is not None
            assert not any(call.start == 80 for call in called_sites(mutant, scanner))
            done += 1
    assert done


def test_what_is_not_designed_is_told_with_its_reason(sheet):
    left = {(row["symbol"].split("_")[0], row["assay"]): row["reason"] for row in sheet.tables.left_out}
    assert ("nosuch", "all") in left
    assert "beside the element" in left["EDGE", "inserts"]
    assert "beside the element" in left["EDGE", "chip_qpcr (rare)"]


def test_a_copy_in_another_promoter_is_counted_and_unique_words_are_not(sheet):
    rows = {(row["symbol"], row["kind"]): row for row in sheet.tables.chip_qpcr}
    assert rows["PLUS", "rare"]["forward_other_promoters"] == 1
    assert rows["MINUS", "rare"]["forward_other_promoters"] == 0
    assert rows["MINUS", "rare"]["reverse_other_promoters"] == 0


def test_files_agree_with_the_tables(sheet, genome, tmp_path):
    paths = write_bench(sheet, tmp_path / "out")
    assert all(path.stat().st_size for path in paths)
    table = pd.read_csv(tmp_path / "out" / "chip_qpcr.tsv", sep="\t")
    assert list(table["forward"]) == [row["forward"] for row in sheet.tables.chip_qpcr]
    wanted = {f"{row['name']}_{way}": row[way] for row in sheet.tables.chip_qpcr for way in ("forward", "reverse")}
    wanted |= {row["name"]: row["protospacer"] for row in sheet.tables.guides}
    marks = {}
    for record in SeqIO.parse(tmp_path / "out" / "promoters.gb", "genbank"):
        marks |= {f.qualifiers["label"][0]: str(f.extract(record.seq)) for f in record.features}
    assert {name: marks[name] for name in wanted} == wanted
    for line in (tmp_path / "out" / "bench.bed").read_text().splitlines():
        chrom, start, end, name, _, strand = line.split("\t")
        assert chrom == "chr1"
        if name in wanted:
            assert at(genome, int(start), int(end), strand) == wanted[name]
    text = (tmp_path / "out" / "bench.md").read_text()
    assert "candidate" in text
    assert "not checked beyond the promoters" in text


def test_a_reference_without_sequence_is_refused(folder, rarml, tmp_path):
    ran = rarml("bench", "PLUS", "--reference", folder / "bare", "--out", tmp_path / "out")
    assert "holds no sequence" in ran.fault()
    assert not (tmp_path / "out").exists()


def test_the_command_writes_the_sheet(folder, rarml, tmp_path):
    ran = rarml("bench", "MINUS", "--no-controls", "--reference", folder / "reference", "--out", tmp_path / "out")
    assert ran.status == 0, ran.err
    assert (tmp_path / "out" / "guides.tsv").exists()
    assert (
        "no enzyme"
        in rarml(
            "bench", "MINUS", "--tails", "KpnX,XhoI", "--reference", folder / "reference", "--out", tmp_path / "o"
        ).fault()
    )


def test_a_promoter_with_two_elements_has_one_control_far_from_both(folder):
    tables = bench(["PLUS"], folder / "reference", controls=False, settings=BenchSettings(rares=2)).tables
    kinds = [row["kind"] for row in tables.chip_qpcr]
    assert kinds.count("control") == 1
    control = next(row for row in tables.chip_qpcr if row["kind"] == "control")
    elements = [row for row in tables.inserts if row["kind"] == "wt"]
    assert len(elements) == 2
    for row in elements:
        start, end = row["start"] + row["element_start"], row["start"] + row["element_end"]
        assert max(control["start"] - end, start - control["end"]) >= control["distance"]


@pytest.mark.parametrize("package", ["primer3", "Bio"])
def test_a_missing_package_is_named_with_the_way_to_get_it(package, folder, monkeypatch):
    import importlib.util
    import sys

    monkeypatch.setitem(sys.modules, package, None)
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == package else find(name))
    with pytest.raises(MissingPartError, match="rarml\\[bench\\]"):
        bench(["PLUS"], folder / "reference", controls=False)


def test_a_gene_named_twice_has_one_row_and_a_control_that_was_named_says_so(folder, monkeypatch):
    monkeypatch.setattr("rarml.workflows.bench.POSITIVE", ("PLUS", "MINUS"))
    genes = bench(["PLUS", "PLUS"], folder / "reference").genes.set_index("symbol")
    assert list(genes.index) == ["PLUS", "MINUS"]
    assert "also a positive control" in genes.loc["PLUS", "note"]
    assert genes.loc["MINUS", "role"] == "positive control"
