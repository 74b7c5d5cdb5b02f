"""Exports read back with independent parsers: pandas, anndata, bioframe, XML, and the UCSC rules as written here."""

import math
import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import InputError, MissingPartError
from rarml.workflows.export import export
from rarml.workflows.score import score
from rarml.workflows.score_output import write_scores

MODELS = ["mcf-7", "nb4"]
TRACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
RGB = re.compile(r"(\d{1,3}),(\d{1,3}),(\d{1,3})")


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    out = tmp_path_factory.mktemp("export") / "out"
    export(MODELS, out, formats=["anndata", "h5ad", "tracks", "gmt", "rnk"])
    return out


@pytest.fixture(scope="module")
def predictions():
    from rarml.bundle.load import load_bundle
    from rarml.bundle.registry import find_model

    return load_bundle(find_model("mcf-7")).predictions


def bed(path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text().splitlines()]


def sizes(exported) -> dict[str, int]:
    return {name: int(size) for name, size in bed(exported / "tracks" / "hg38" / "chrom.sizes")}


def test_the_table_holds_the_models_own_predictions_under_its_name(exported, predictions):
    for table in (pd.read_csv(exported / "genes.tsv", sep="\t"), pd.read_parquet(exported / "genes.parquet")):
        assert table["gene_id"].is_unique
        assert list(table.columns[:2]) == ["gene_id", "symbol"]
        named = table.set_index("gene_id")
        assert len(named) == len(predictions)
        for column in ("p_up", "p_down_low", "p_unresponsive", "rank"):
            own = named[f"rarml_mcf_7_{column}"].astype(float).reindex(predictions.index)
            np.testing.assert_allclose(own, predictions[column], rtol=1e-4)
        # NB4 knows no down: a column of nothing would pass for "not measured"
        assert "rarml_nb4_p_up" in table
        assert "rarml_nb4_p_down" not in table


def test_h5ad_is_an_anndata_that_joins_to_another_by_gene_id(exported):
    anndata = pytest.importorskip("anndata")
    found = anndata.read_h5ad(exported / "genes.h5ad")
    table = pd.read_parquet(exported / "genes.parquet").set_index("gene_id")
    assert found.shape == (0, len(table))
    assert list(found.var_names) == list(table.index)
    np.testing.assert_allclose(found.var["rarml_mcf_7_p_up"], table["rarml_mcf_7_p_up"], rtol=1e-6)
    assert (found.var["rarml_mcf_7_call"].astype(str) == table["rarml_mcf_7_call"]).all()
    assert found.uns["rarml"]["models"]["mcf_7"] == "mcf-7"
    mine = anndata.AnnData(np.ones((2, 3)), var=pd.DataFrame(index=["ENSG00000095596", "none", "ENSG00000162496"]))
    joined = mine.var.join(found.var)
    assert joined["symbol"].tolist()[::2] == ["CYP26A1", "DHRS3"]
    assert joined["rarml_mcf_7_p_up"].isna().tolist() == [False, True, False]


def test_beds_are_sorted_nine_columns_inside_their_contigs(exported):
    lengths = sizes(exported)
    files = sorted((exported / "tracks" / "hg38").glob("*.bed"))
    assert [file.name for file in files] == ["promoters_mcf_7.bed", "promoters_nb4.bed", "rares.bed"]
    for file in files:
        rows = bed(file)
        assert {len(row) for row in rows} == {9}
        places = [(chrom, int(start), int(end)) for chrom, start, end, *_ in rows]
        # the order of `LC_ALL=C sort -k1,1 -k2,2n`, without which bedToBigBed stops
        assert [place[:2] for place in places] == sorted(place[:2] for place in places)
        for (chrom, start, end), row in zip(places, rows, strict=True):
            assert 0 <= start < end <= lengths[chrom]
            assert 0 <= int(row[4]) <= 1000
            assert row[5] in "+-."
            assert start <= int(row[6]) <= int(row[7]) <= end
            assert all(int(part) < 256 for part in RGB.fullmatch(row[8]).groups())
            assert not re.search(r"\s", row[3])


def test_bioframe_and_a_bigbed_writer_take_the_beds(exported, tmp_path):
    bioframe, pybigtools = pytest.importorskip("bioframe"), pytest.importorskip("pybigtools")
    for file in sorted((exported / "tracks" / "hg38").glob("*.bed")):
        frame = bioframe.read_table(str(file), schema="bed9")
        assert bioframe.is_bedframe(frame)
        assert len(frame) == len(bed(file))
        written = tmp_path / "x.bb"
        rows = ((row[0], int(row[1]), int(row[2]), "\t".join(row[3:])) for row in bed(file))
        pybigtools.open(str(written), "w").write(sizes(exported), rows)  # raises where they are not sorted
        assert pybigtools.open(str(written)).chroms().keys() <= sizes(exported).keys()


def test_the_r1_element_lies_at_its_place(exported):
    rows = {tuple(row[:4]): row for row in bed(exported / "tracks" / "hg38" / "rares.bed")}
    assert rows["chr10", "93073802", "93073819", "CYP26A1_DR5"][5] == "-"


def test_promoters_are_coloured_by_call_and_scored_by_the_probability_of_a_response(exported, predictions):
    table = pd.read_parquet(exported / "genes.parquet").set_index("symbol")
    rows = {row[3].split("|")[0]: row for row in bed(exported / "tracks" / "hg38" / "promoters_mcf_7.bed")}
    colours: dict[str, set[str]] = {}
    for row in rows.values():
        colours.setdefault(row[3].split("|")[1], set()).add(row[8])
    assert all(len(found) == 1 for found in colours.values())
    assert len({found for group in colours.values() for found in group}) == len(colours) >= 5
    for gene in ("CYP26A1", "DHRS3", "GAPDH"):
        row = rows[gene]
        p = 1 - predictions.loc[table.loc[gene, "gene_id"], "p_unresponsive"]
        assert abs(int(row[4]) - 1000 * p) <= 0.6
        assert row[3].split("|")[1] == table.loc[gene, "rarml_mcf_7_call"].replace(" ", "_").replace(",", "")
        assert int(row[2]) - int(row[1]) == 2000
    # CYP26A1, + strand: the CAGE TSS 93,073,892 is base 1,000 of the window; GAPDH is on + too, DHRS3 on -
    assert rows["CYP26A1"][6] == "93073892"
    assert int(rows["DHRS3"][2]) - int(rows["DHRS3"][7]) == 1000


def test_autosql_has_the_nine_fields_of_bed9_in_order(exported):
    for file in (exported / "tracks" / "hg38").glob("*.as"):
        fields = re.findall(r"^\s+(\S+)\s+(\w+);\s+\"[^\"]+\"$", file.read_text(), re.MULTILINE)
        assert fields == [
            ("string", "chrom"), ("uint", "chromStart"), ("uint", "chromEnd"), ("string", "name"), ("uint", "score"),
            ("char[1]", "strand"), ("uint", "thickStart"), ("uint", "thickEnd"), ("uint", "reserved"),
        ]  # fmt: skip


def test_the_hub_follows_ucscs_rules_and_names_what_the_readme_makes(exported):
    folder = exported / "tracks"
    hub = dict(line.split(" ", 1) for line in (folder / "hub.txt").read_text().splitlines())
    assert set(hub) == {"hub", "shortLabel", "longLabel", "genomesFile", "email"}
    genomes = dict(line.split(" ", 1) for line in (folder / hub["genomesFile"]).read_text().splitlines())
    assert genomes["genome"] == "hg38"
    stanzas = (folder / genomes["trackDb"]).read_text().strip().split("\n\n")
    tracks = [dict(line.split(" ", 1) for line in stanza.splitlines()) for stanza in stanzas]
    assert len(tracks) == 3
    readme = (folder / "README.md").read_text()
    for track in tracks:
        assert TRACK_NAME.fullmatch(track["track"])
        assert len(track["shortLabel"]) <= 17
        assert len(track["longLabel"]) <= 80
        assert track["type"] == "bigBed 9"
        made = re.search(
            rf"^bedToBigBed -type=bed9 -tab -as=(\S+) (\S+) chrom.sizes {track['bigDataUrl']}$", readme, re.M
        )
        assert all((folder / "hg38" / name).is_file() for name in made.groups())


def test_the_igv_session_names_files_beside_it(exported):
    root = ET.parse(exported / "tracks" / "igv_session.xml").getroot()
    assert (root.tag, root.get("genome")) == ("Session", "hg38")
    assert re.fullmatch(r"chr\w+:\d+-\d+", root.get("locus"))
    paths = [resource.get("path") for resource in root.iter("Resource")]
    assert len(paths) == 3
    for path in paths:
        assert not path.startswith("/")
        assert (exported / "tracks" / path).is_file()


def test_ranked_lists_are_sorted_unique_log_odds(exported, predictions):
    rows = bed(exported / "mcf_7.ensembl.rnk")
    scores = [float(value) for _, value in rows]
    assert scores == sorted(scores, reverse=True)
    for gene, value in rows[:: len(rows) // 50]:
        p_up, p_down = (float(predictions.loc[gene, name]) for name in ("p_up", "p_down"))
        assert float(value) == pytest.approx(math.log(p_up / (1 - p_up)) - math.log(p_down / (1 - p_down)), abs=1e-4)
    for one, two in pairwise(rows):
        assert one[1] != two[1] or one[0] < two[0]
    symbols = [row[0] for row in bed(exported / "mcf_7.symbols.rnk")]
    assert len(symbols) == len(set(symbols))
    calls = pd.read_parquet(exported / "genes.parquet").set_index("gene_id")["rarml_mcf_7_call"]
    assert "not judged" in set(calls)
    assert "not judged" not in set(calls[[gene for gene, _ in rows]])


def test_gene_sets_hold_what_their_description_says(tmp_path, exported, predictions):
    calls = pd.read_parquet(exported / "genes.parquet").set_index("gene_id")["rarml_mcf_7_call"]
    sets = {row[0]: row for row in bed(exported / "targets.ensembl.gmt")}
    assert list(sets) == ["RARML_MCF_7_UP", "RARML_MCF_7_DOWN", "RARML_NB4_UP"]
    assert (calls[sets["RARML_MCF_7_UP"][2:]] == "candidate up").all()
    assert "called candidate up" in sets["RARML_MCF_7_UP"][1]
    export(["mcf-7"], tmp_path / "p", formats=["gmt"], min_p=0.4)
    export(["mcf-7"], tmp_path / "n", formats=["gmt"], top=30)
    for folder, words in (("p", "P(up) >= 0.4"), ("n", "top 30 by P(up)")):
        up, down = bed(tmp_path / folder / "targets.ensembl.gmt")
        assert words in up[1]
        assert not set(up[2:]) & set(down[2:])
        p = predictions.loc[up[2:], "p_up"].to_numpy()
        assert (np.diff(p) <= 0).all()
        assert p.min() >= 0.4 if folder == "p" else len(p) == 30


def test_a_scored_list_is_exported_as_it_was_scored(tmp_path):
    write_scores(score(["CYP26A1", "DHRS3", "nonsense", "1592", "GAPDH"], ["sh-sy5y"]), tmp_path / "s")
    result = export([tmp_path / "s"], tmp_path / "out")
    assert (result.genes, result.models) == (3, ["sh-sy5y"])
    assert any("1 names of the list have no gene" in note for note in result.notes)
    assert any("1 rows name a gene that an earlier row" in note for note in result.notes)
    scored = pd.read_parquet(tmp_path / "s" / "scores.parquet").dropna(subset="gene_id").drop_duplicates("gene_id")
    table = pd.read_parquet(tmp_path / "out" / "genes.parquet").set_index("gene_id")
    for row in scored.to_dict("records"):
        assert table.loc[row["gene_id"], "rarml_sh_sy5y_call"] == row["call"]
        assert table.loc[row["gene_id"], "rarml_sh_sy5y_p_up"] == pytest.approx(row["p_up"])
    (tmp_path / "s" / "scores.parquet").unlink()
    export([tmp_path / "s"], tmp_path / "again")  # from the TSV, which holds five digits
    again = pd.read_parquet(tmp_path / "again" / "genes.parquet").set_index("gene_id")
    pd.testing.assert_frame_equal(again, table, rtol=1e-3)


def test_names_of_others_cannot_break_a_format(tmp_path):
    evil = "A\tB=<&\"'>\n#x\x1b[31m \u202e"
    rows = score(["CYP26A1", "DHRS3", "TGM2"], ["sh-sy5y"]).table
    rows["symbol"] = [evil, f"#{evil}", "x" * 500]
    rows["model"], rows["cell_type"] = "../m\n=", evil
    (tmp_path / "s").mkdir()
    rows.to_parquet(tmp_path / "s" / "scores.parquet")
    out = tmp_path / "out"
    export([tmp_path / "s"], out, top=5)
    assert {path.name for path in tmp_path.iterdir()} == {"s", "out"}
    for file in [*out.glob("*.rnk"), *out.glob("*.gmt"), *(out / "tracks" / "hg38").glob("*.bed")]:
        wide = {"rnk": {2}, "bed": {9}}.get(file.suffix[1:])
        for row in file.read_text().split("\n")[:-1]:
            assert row.isascii()
            assert row.isprintable() or "\t" in row
            assert not row.startswith("#")
            assert wide is None or {row.count("\t") + 1} == wide
            assert max(len(cell) for cell in row.split("\t")[:1]) <= 255
    assert ET.parse(out / "tracks" / "igv_session.xml").getroot().tag == "Session"
    for stanza in (out / "tracks" / "hg38" / "trackDb.txt").read_text().strip().split("\n\n"):
        assert TRACK_NAME.fullmatch(stanza.splitlines()[0].removeprefix("track "))
        assert len(stanza.splitlines()) == 8
    table = pd.read_csv(out / "genes.tsv", sep="\t")
    assert len(table) == 3
    assert "\x1b" not in (out / "README.md").read_text()


def test_two_runs_give_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        export(["mcf-7"], tmp_path / name)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert len(files) > 8
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


@pytest.mark.parametrize(
    ("sources", "options", "said"),
    [
        ([], {}, "nothing to export"),
        (["mcf-7"], {"formats": ["bigbed"]}, "unknown format 'bigbed'"),
        (["mcf-7"], {"min_p": 0.5, "top": 5}, "exclude each other"),
        (["mcf-7", "mcf-7"], {}, "two sources answer"),
        (["mcf-7"], {"formats": ["gmt"], "reference": "x"}, "--reference is for tracks"),
        (["nowhere.tsv"], {}, "no such table of scores"),
        (["mcf-7", "SCORES"], {}, "cannot be exported together"),
        (["BAD"], {}, "has no column 'symbol'"),
        (["BROKEN"], {}, "is no readable table"),
    ],
)
def test_a_wrong_request_leaves_nothing_behind(tmp_path, sources, options, said):
    (tmp_path / "SCORES").mkdir()
    pd.DataFrame(
        {name: ["x"] for name in ("gene_id", "symbol", "model", "call", "flags")} | {"p_up": 0.1, "p_unresponsive": 0.9}
    ).to_parquet(tmp_path / "SCORES" / "scores.parquet")
    (tmp_path / "BAD").mkdir()
    (tmp_path / "BAD" / "scores.tsv").write_text("gene_id\tq\nx\ty\n")
    (tmp_path / "BROKEN").mkdir()
    (tmp_path / "BROKEN" / "scores.parquet").write_bytes(b"PAR1 nothing")
    named = [tmp_path / name if name.isupper() or "." in name else name for name in sources]
    with pytest.raises(InputError, match=re.escape(said)):
        export(named, tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_a_missing_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "anndata", None)
    with pytest.raises(MissingPartError, match=re.escape("rarml[singlecell]")):
        export(["mcf-7"], tmp_path / "out", formats=["h5ad"])


def test_bases_lie_where_the_gene_has_them(monkeypatch):
    """Worked out by hand: two genes, one on each strand, whose windows share base 103."""
    import types

    from rarml.workflows import base_account, export_bases, model_files

    accounts = {
        "plus": {"start": -2, "importance": [1.0, 2.0, 3.0, 4.0]},  # 98, 99, 100 (its TSS), 101
        "minus": {"start": -3, "importance": [5.0, 0.0, 7.0, 8.0, 9.0]},  # TSS 100: 103, 102, 101, 100, 99
    }
    monkeypatch.setattr(base_account, "base_account", lambda gene, *_: accounts[gene])
    monkeypatch.setattr(model_files, "load_model", lambda bundle: types.SimpleNamespace(full=None))
    genes = pd.DataFrame(
        {"chrom": "chr1", "strand": ["+", "-", "+"], "tss": 100, "has_sequence": [True, True, False]},
        index=["plus", "minus", "bare"],
    )
    judged = pd.DataFrame({"gene_id": ["minus", "plus", "bare"], "p_up": [0.5, 0.9, 0.95]})
    answers = types.SimpleNamespace(models={"mcf-7": "mcf-7"}, judged=lambda model: judged)
    rows, notes = export_bases.base_rows(answers, "mcf-7", types.SimpleNamespace(genes=genes), most=2)
    # the likelier gene keeps the bases that both have; a share of 0 is no row
    assert rows[["start", "value"]].to_numpy().tolist() == [[98, 1], [99, 2], [100, 3], [101, 4], [103, 5]]
    assert (rows["end"] - rows["start"] == 1).all()
    assert "1 of the likeliest genes have no bases" in notes[0]
    alone, _ = export_bases.base_rows(answers, "mcf-7", types.SimpleNamespace(genes=genes), most=1)
    assert alone["start"].tolist() == [98, 99, 100, 101]


def test_a_bedgraph_becomes_a_bigwig_in_the_hub():
    from rarml.workflows.export_hub import Track, hub_files

    text = hub_files([Track("bases_m.bedGraph", "bases", "what")], "GRCm39")["mm39/trackDb.txt"]
    assert "bigDataUrl bases_m.bw\n" in text
    assert "type bigWig\n" in text
