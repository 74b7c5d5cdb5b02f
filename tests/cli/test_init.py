"""`rarml init` and `rarml schema` as a user meets them."""

import json

import numpy as np
import pandas as pd
import pytest
import yaml

from rarml.bundle.registry import shipped_atlas
from rarml.core.settings import load_settings
from rarml.features.atlas import load_atlas
from rarml.workflows.settings import TrainSettings
from rarml.workflows.train_inputs import train_inputs


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A DESeq2 table of made-up values: 40 up, 30 down, 200 flat."""
    genes = load_atlas(shipped_atlas(), columns=[]).genes.index[:270]
    change = np.r_[np.full(40, 2.0), np.full(30, -2.0), np.zeros(200)]
    values = {"baseMean": 500.0, "log2FoldChange": change, "padj": np.where(change == 0, 0.9, 0.001)}
    path = tmp_path_factory.mktemp("tables") / "de seq.csv"
    pd.DataFrame(values, index=genes).to_csv(path)
    return path


def test_the_draft_trains_on_what_the_table_says(table, rarml, tmp_path):
    out = tmp_path / "sub" / "my.yaml"
    out.parent.mkdir()
    done = rarml("init", table, "--cell-type", "SH-SY5Y neuroblastoma", "--out", out)
    assert done.status == 0, done.err
    assert "40 up, 30 down, 200 unresponsive" in done.out
    assert "only 70 responsive genes" in done.out
    settings = load_settings(out, TrainSettings)
    assert settings.context.stand_in == ("SH-SY5Y",)
    assert settings.cell_type == "SH-SY5Y neuroblastoma"
    labels, _ = train_inputs([], config=out)  # the path in it leads from the configuration to the table
    assert labels.counts()["up"] == 40
    assert "#   1     0.05   40 / 30 / 200 / 0 / 0" in out.read_text()
    assert rarml("check", out).status == 0


def test_an_existing_file_is_kept(table, rarml, tmp_path):
    out = tmp_path / "my.yaml"
    out.write_text("mine")
    assert "exists already" in rarml("init", table, "--out", out).fault()
    assert out.read_text() == "mine"
    assert rarml("init", table, "--out", out, "--overwrite").status == 0
    assert out.read_text() != "mine"


def test_without_a_stand_in_near_names_are_proposed(table, rarml, tmp_path):
    out = tmp_path / "my.yaml"
    done = rarml("init", table, "--cell-type", "SHSY5 cells", "--out", out)
    assert "choose one under context.stand_in" in done.out
    assert load_settings(out, TrainSettings).context.stand_in == ()
    assert "such as SH-SY5Y" in out.read_text()
    assert (
        "no expression sample 'SH-SY5'"
        in rarml("init", table, "--stand-in", "SH-SY5", "--out", tmp_path / "x.yaml").fault()
    )


def test_names_in_files_stay_text(table, rarml, tmp_path):
    out = tmp_path / "my.yaml"
    assert rarml("init", table, "--cell-type", 'a": [x]\n# b', "--out", out).status == 0
    assert yaml.safe_load(out.read_text())["cell_type"] == 'a": [x]\n# b'


def test_what_is_no_table_is_one_line_and_writes_nothing(rarml, tmp_path):
    (tmp_path / "no.txt").write_text("nothing of the kind\n")
    assert rarml("init", tmp_path / "no.txt", "--out", tmp_path / "my.yaml").fault()
    assert not (tmp_path / "my.yaml").exists()


def test_a_gene_set_needs_no_rule(rarml, tmp_path):
    names = load_atlas(shipped_atlas(), columns=[]).genes["symbol"].dropna()[:150]
    (tmp_path / "up.gmt").write_text("up\tof mine\t" + "\t".join(names) + "\n")
    done = rarml("init", tmp_path / "up.gmt", "--out", tmp_path / "my.yaml")
    assert done.status == 0, done.err
    assert load_settings(tmp_path / "my.yaml", TrainSettings).labels.files == ("up.gmt",)
    assert "up_log2fc" not in (tmp_path / "my.yaml").read_text()


def test_schema_is_printed_or_written(rarml, tmp_path):
    printed = json.loads(rarml("schema", "train").out)
    out = tmp_path / "train.json"
    assert rarml("schema", "train", "--out", out).status == 0
    assert json.loads(out.read_text()) == printed
    assert printed["properties"]["blocks"]["description"]
    assert "did you mean 'tune'" in rarml("schema", "tun").fault()
