"""The same bytes in this process, in two processes, and on a cluster of two workers; a killed worker changes nothing.

`train`, `tune`, `scan` and `score` as a user types them, on small made-up inputs.
"""

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest

from rarml.bundle.registry import models_folder, shipped_atlas
from tests.core.parallel_tasks import killing
from tests.dask_cluster import local_cluster

pytestmark = pytest.mark.slow
ENGINES = ("process", "processes", "cluster")
FLAT, UP, DOWN = 0.05, 2.0, -2.0


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """A folder with a DE table, settings, a search space, a FASTA of several batches, and another atlas to score."""
    from rarml.features.atlas import load_atlas, write_atlas

    folder = tmp_path_factory.mktemp("inputs")
    labels = pd.read_parquet(models_folder() / "sh-sy5y" / "labels.parquet")
    genes = labels.index[(labels["eligibility"] == "eligible").to_numpy()][::16][:800]
    rows = ["gene,baseMean,log2FoldChange,lfcSE,stat,pvalue,padj"]
    for i, gene in enumerate(genes):
        change, padj = {0: (UP, 1e-6), 4: (DOWN, 1e-6)}.get(i % 8, (FLAT, 0.9))
        rows.append(f"{gene},{500 + i % 50},{change},0.1,1,{padj / 2},{padj}")
    (folder / "de.csv").write_text("\n".join(rows) + "\n")
    (folder / "quick.yaml").write_text(
        "context: {stand_in: [SH-SY5Y], chromatin: [SK-N-SH]}\nblocks: [composition, expression]\n"
        "model: {n_folds: 3, gradient: {n_rounds: 5, learning_rate: 0.3}}\nbootstrap: 20\n"
        "evaluation: {controls: false}\n"
    )
    (folder / "space.yaml").write_text(
        "n_trials: 2\nspace:\n  model.gradient.max_depth: {type: int, low: 1, high: 4}\n"
    )
    bases = np.random.default_rng(0).choice(list("ACGT"), 60_000)
    (folder / "small.fa").write_text(f">chr1\n{''.join(bases)}\n>chr2\n{''.join(bases[::-1])}\n")
    atlas = load_atlas(shipped_atlas())
    some = atlas.genes.iloc[::4]
    other = replace(atlas, genes=some, features=atlas.features.loc[some.index], read_sites=lambda: atlas.sites.iloc[:0])
    write_atlas(replace(other, manifest={**atlas.manifest, "digest": "another"}), folder / "atlas")
    return folder


@pytest.fixture(scope="module")
def options(tmp_path_factory):
    with local_cluster(tmp_path_factory.mktemp("cluster")) as local:
        yield {"process": [], "processes": ["--processes", 2], "cluster": ["--cluster", local.address]}


@pytest.fixture
def made(inputs, options, rarml, tmp_path, monkeypatch):
    """Run a command once per engine, each in a folder of its own with the same names; the bytes that it wrote."""

    def make(*words, engines=ENGINES):
        found = {}
        for engine in engines:
            folder = tmp_path / engine
            folder.mkdir(exist_ok=True)
            monkeypatch.chdir(folder)
            ran = rarml(*words, *options[engine])
            assert ran.status == 0, ran.err
            files = {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}
            found[engine] = files | {"standard output": ran.out.encode()}
        return found

    return make


def the_same(made, but=()):
    first = next(iter(made.values()))
    assert len(first) > 1
    for engine, files in made.items():
        assert set(files) == set(first), engine
        different = [name for name in files if files[name] != first[name] and name not in but]
        assert not different, (engine, different)


def train_words(inputs):
    return "train", inputs / "de.csv", "--config", inputs / "quick.yaml", "--out", "model"


def test_train_and_score_and_a_worker_killed_in_mid_training(made, inputs, rarml, options, tmp_path, monkeypatch):
    from rarml.core import parallel_processes

    words = train_words(inputs)
    trained = made(*words)
    the_same(trained)
    model = tmp_path / "process" / "model"
    scored = {}
    for engine in ENGINES:
        out = tmp_path / f"score-{engine}"
        ran = rarml("score", inputs / "de.csv", "--model", model, "--atlas", inputs / "atlas", "--out", out,
            *options[engine])  # fmt: skip
        assert ran.status == 0, ran.err
        scored[engine] = {str(f.relative_to(out)): f.read_bytes() for f in sorted(out.rglob("*")) if f.is_file()}
    the_same(scored)
    marker = tmp_path / "killed"
    monkeypatch.setattr(parallel_processes, "_work", partial(killing, str(marker), parallel_processes._work))
    the_same({"whole": trained["process"], **made(*words, "--overwrite", engines=["processes"])})
    assert marker.exists()


def test_tune(made, inputs):
    words = ("tune", inputs / "de.csv", "--config", inputs / "quick.yaml", "--space", inputs / "space.yaml")
    # the journal is the study itself, with the time of every step
    the_same(made(*words, "--no-nested", "--out", "tuned"), but={"tuned/study.journal"})


def test_scan_and_a_worker_of_the_cluster_killed_in_mid_scan(made, inputs, tmp_path, monkeypatch):
    from rarml.core import parallel_cluster
    from rarml.workflows import scan_memory

    monkeypatch.setattr(scan_memory, "PIECE", 8_000)
    words = ("scan", inputs / "small.fa", "--out", "sites.tsv", "--max-p", "1e-3", "--overwrite")
    scanned = made(*words)
    the_same(scanned)
    marker = tmp_path / "killed"
    monkeypatch.setattr(parallel_cluster, "checked_call", partial(killing, str(marker), parallel_cluster.checked_call))
    the_same({"whole": scanned["process"], **made(*words, engines=["cluster"])})
    assert marker.exists()
