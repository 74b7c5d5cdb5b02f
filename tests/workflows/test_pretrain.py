"""Pre-training on a small made-up reference."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
import torch

from rarml.core.errors import InputError, MissingPartError, Stopped
from rarml.estimators import network_training
from rarml.features.sequence_encoder import load_encoders
from rarml.reference.store import Reference
from rarml.training.pretrain import EncoderSettings
from rarml.workflows import pretrain as workflow
from rarml.workflows.pretrain import mean_accuracy, pretrain, promoter_data, summarise

TINY = EncoderSettings.model_validate(
    {
        "n_folds": 3,
        "network": {"n_filters": 4, "width": 5, "cell": 8, "dilations": [1], "n_hidden": 4, "epochs": 1, "shift": 4},
        "kmers": {"k": 3, "ridge": 100},
        "components": {"k": 3, "n_components": 4, "reach": 40},
        "seed": 0,
    }
)


def snapshot(folder):
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def reference(small_reference):
    return Reference.open(small_reference)


@pytest.fixture(scope="module")
def trained(reference, tmp_path_factory):
    return pretrain(reference, tmp_path_factory.mktemp("encoders") / "encoder", TINY, threads=1)


def test_the_encoders_are_whole_and_say_what_they_are(reference, trained):
    encoders = load_encoders(trained.path)
    assert sorted(sorted(member.unseen) for member in encoders.members) == [["chr1"], ["chr2"], ["chr3"]]
    assert encoders.targets[0] == "chromatin:K562:ATAC"
    assert "expression:mean" in encoders.targets
    assert not any(name.startswith(("signal:", "level:", "core:")) for name in encoders.targets)
    assert encoders.tss == 64
    assert encoders.facts["reference_digest"] == reference.digest
    assert EncoderSettings.model_validate(encoders.facts["settings"]) == TINY
    assert trained.n_promoters == 210


def test_the_accuracy_is_given_for_every_target(trained):
    table = trained.accuracy
    assert {"chromatin", "signal", "level", "coexpression", "expression", "core"} == set(table["group"])
    known = table[["network", "kmers", "joined"]].dropna()
    assert len(known)
    assert (known.abs() <= 1).all(axis=None)
    assert json.loads((trained.path / "manifest.json").read_text())["accuracy"][0]["target"] == table["target"][0]


def test_no_checkpoint_is_left_behind(trained):
    assert [entry.name for entry in trained.path.parent.iterdir()] == ["encoder"]


def test_identical_whatever_the_threads(reference, trained, tmp_path):
    again = pretrain(reference, tmp_path / "encoder", TINY, threads=2)
    assert snapshot(again.path) == snapshot(trained.path)


def test_another_seed_gives_other_weights(reference, trained, tmp_path):
    other = pretrain(reference, tmp_path / "encoder", TINY.model_copy(update={"seed": 1}), threads=1)
    assert snapshot(other.path)["weights.safetensors"] != snapshot(trained.path)["weights.safetensors"]


def test_an_existing_folder_is_refused_before_any_work(reference, trained):
    before = snapshot(trained.path)
    with pytest.raises(InputError, match="exists already"):
        pretrain(reference, trained.path, TINY)
    assert snapshot(trained.path) == before


@pytest.fixture
def interrupted(reference, tmp_path, monkeypatch):
    """A run that was stopped when its first fold was done."""

    def failing(data, fold, *arguments, **options):
        if fold == 1:
            raise KeyboardInterrupt
        return original(data, fold, *arguments, **options)

    original = workflow.pretrain_fold
    monkeypatch.setattr(workflow, "pretrain_fold", failing)
    with pytest.raises(Stopped, match="finished epochs are kept .*the same command again"):
        pretrain(reference, tmp_path / "encoder", TINY, threads=1)
    monkeypatch.undo()
    return tmp_path / "encoder"


def test_a_stopped_run_goes_on_where_it_was(reference, trained, interrupted, monkeypatch):
    assert not interrupted.exists()
    written = []

    def counting(path, *arguments):
        written.append(path.name)
        original(path, *arguments)

    original = network_training.write_checkpoint
    monkeypatch.setattr(network_training, "write_checkpoint", counting)
    again = pretrain(reference, interrupted, TINY, threads=1)
    assert written == ["fold-1-start-0.safetensors", "fold-2-start-0.safetensors"]
    assert snapshot(again.path) == snapshot(trained.path)


def test_checkpoints_of_other_settings_are_refused_and_kept(reference, interrupted):
    folder = interrupted.with_name("encoder.checkpoints")
    before = snapshot(folder)
    with pytest.raises(InputError, match=r"encoder\.checkpoints: holds checkpoints of another .*delete that folder"):
        pretrain(reference, interrupted, TINY.model_copy(update={"seed": 1}), threads=1)
    assert snapshot(folder) == before


def test_a_device_that_is_not_there_is_said_before_any_work(reference, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(InputError, match="no CUDA device"):
        pretrain(reference, tmp_path / "encoder", TINY, device="cuda")
    assert list(tmp_path.iterdir()) == []


def test_a_reference_without_sequence_is_refused(reference, tmp_path):
    with pytest.raises(MissingPartError, match="needs sequence"):
        pretrain(dataclasses.replace(reference, sequences=None), tmp_path / "encoder", TINY)
    assert list(tmp_path.iterdir()) == []


def test_too_few_promoters_are_refused(reference):
    few = dataclasses.replace(reference, promoters=reference.promoters.assign(bases_known=0))
    with pytest.raises(InputError, match="0 promoters have sequence, an encoder needs 200"):
        promoter_data(few, TINY)


def test_rows_targets_folds_and_bases_belong_together(reference):
    data = promoter_data(reference, TINY)
    np.testing.assert_array_equal(data.codes, reference.sequences.codes())
    assert data.chrom.tolist() == reference.promoters["chrom"].tolist()
    by_chrom = pd.Series(data.fold).groupby(data.chrom).nunique()
    assert by_chrom.tolist() == [1, 1, 1]
    assert len(set(data.fold)) == 3
    np.testing.assert_array_equal(data.targets["chromatin:K562:ATAC"], reference.tracks.metrics["overlap"][:, 0])
    assert len(data.weights) == data.targets.shape[1]


def test_summaries_by_hand():
    accuracy = pd.DataFrame(
        {
            "target": ["b:x", "a:y", "b:x", "a:y"],
            "fold": [0, 0, 1, 1],
            "n": [10, 20, 30, 40],
            "network": [0.1, 0.4, 0.3, np.nan],
            "kmers": [0.0, 0.0, 0.2, 0.4],
            "joined": [0.1, 0.5, 0.3, 0.7],
        }
    )
    table = summarise(accuracy)
    assert table["target"].tolist() == ["b:x", "a:y"]
    assert table["n"].tolist() == [40, 60]
    assert table["network"].tolist() == pytest.approx([0.2, 0.4])
    assert table["sd"].tolist() == pytest.approx([0.02**0.5, 0.02**0.5])
    assert mean_accuracy(table)["joined"].to_dict() == pytest.approx({"b": 0.2, "a": 0.6})
