"""Training on a label table made here, through the shipped atlas."""

import json

import numpy as np
import pandas as pd
import pytest

from rarml.bundle.load import load_bundle
from rarml.bundle.registry import find_model
from rarml.core.errors import BundleError, SettingsError
from rarml.labels.label_table import LabelTable
from rarml.workflows.model_files import SELF_TEST, load_model
from rarml.workflows.settings import TrainSettings
from rarml.workflows.train import train
from rarml.workflows.train_inputs import guess_stand_in, labels_of_bundle, parse_columns, train_inputs
from rarml.workflows.verify import verify

QUICK = TrainSettings.model_validate(
    {
        "name": "quick",
        "context": {"stand_in": ["MCF7"], "chromatin": ["MCF-7"]},
        "blocks": ["expression", "chromatin", "composition"],
        "model": {"n_folds": 3, "gradient": {"n_rounds": 5, "learning_rate": 0.3}},
        "bootstrap": 20,
        "evaluation": {"controls": False},
        "seed": 0,
    }
)


@pytest.fixture(scope="module")
def labels():
    """MCF-7 statuses of the shipped bundle, thinned to be quick."""
    shipped = load_bundle(find_model("mcf-7")).labels["trained_as"].dropna()
    flat = shipped[shipped == "unresponsive"].iloc[::4]
    return LabelTable.from_status(pd.concat([shipped[shipped != "unresponsive"], flat]).sort_index())


@pytest.fixture(scope="module")
def trained(labels, tmp_path_factory):
    return train(labels, QUICK, tmp_path_factory.mktemp("models") / "quick")


def test_the_bundle_is_whole_and_says_what_it_is(trained):
    manifest = trained.bundle.manifest
    assert manifest.classes == ["up", "down", "unresponsive"]
    assert manifest.blocks == ["composition", "chromatin", "expression"]
    assert not any(name.startswith("chromatin:") and ":MCF-7:" not in name for name in manifest.columns)
    assert set(manifest.importance) == set(manifest.blocks) - {"sequence"}
    assert sum(manifest.importance.values()) == pytest.approx(1, abs=1e-4)
    assert manifest.counts["eligible"] == len(trained.bundle.labels["trained_as"].dropna())
    assert "quick" in verify(trained.bundle.path).said


def test_metrics_beat_chance_and_stand_beside_the_covariates(trained):
    auroc = trained.metrics[trained.metrics["metric"] == "auroc"].set_index("task")
    assert auroc.loc["responsive v unresponsive", "value"] > 0.8
    assert (auroc["low"] <= auroc["value"]).all()
    np.testing.assert_allclose(auroc["gain"], auroc["value"] - auroc["baseline"], atol=1e-9)


def test_no_check_of_the_audit_is_left_out_at_training(trained):
    verdicts = {row["check"]: row["verdict"] for row in trained.bundle.manifest.audit}
    assert "eligibility is the same for every class" in verdicts
    assert "AUROC within matched pairs is believable" in verdicts
    assert not {check for check, verdict in verdicts.items() if verdict in ("fail", "not checked")}


def test_one_seed_gives_identical_bundles_and_another_does_not(trained, labels, tmp_path):
    again = train(labels, QUICK, tmp_path / "again", threads=1)
    first, second = (json.loads((b.bundle.path / "bundle.json").read_text()) for b in (trained, again))
    assert second["files"] == first["files"]
    assert {**second, "threads": 0} == {**first, "threads": 0}
    other = train(labels, QUICK.model_copy(update={"seed": 1}), tmp_path / "other")
    assert other.bundle.manifest.files["predictions.parquet"] != first["files"]["predictions.parquet"]


def test_another_answer_of_the_library_is_caught_by_the_self_test(trained, tmp_path):
    content = json.loads(trained.bundle.read(SELF_TEST))
    gene = next(iter(content["expected"]))
    content["expected"][gene]["p_up"] += 0.01
    from rarml.workflows.model_files import run_self_test

    model = load_model(trained.bundle)
    with pytest.raises(BundleError, match=f"self-test fails: p_up of {gene}"):
        run_self_test(model, content, where="self_test.json")


def test_labels_of_a_shipped_model_are_the_statuses_it_was_trained_on():
    bundle = load_bundle(find_model("mcf-7"))
    found = labels_of_bundle(bundle).table["status"]
    used = bundle.labels["trained_as"].dropna()
    assert (found.loc[used.index] == used).all()
    assert "untested" not in set(found)


def test_retraining_a_shipped_model_inherits_its_cells():
    labels, settings = train_inputs(["SH-SY5Y"])
    assert settings.context.stand_in == ("SH-SY5Y",)
    assert settings.name == "sh-sy5y-retrained"
    assert not labels.positive_unlabelled
    _, named = train_inputs(["nb4"], name="mine", stand_in=["HL-60"])
    assert (named.name, named.context.stand_in, named.context.chromatin[0]) == ("mine", ("HL-60",), "U-937")


def test_stand_in_is_guessed_by_name_only_when_it_is_there():
    samples = ["MCF7", "SH-SY5Y", "Hep G2", "A549"]
    assert guess_stand_in("MCF-7 breast cancer", samples) == ["MCF7"]
    assert guess_stand_in("sh-sy5y", samples) == ["SH-SY5Y"]
    assert guess_stand_in("HepG2", samples) == ["Hep G2"]
    assert guess_stand_in("neural organoid", samples) == []


def test_significant_genes_only_become_positive_unlabelled(tmp_path):
    status = load_bundle(find_model("mcf-7")).labels["trained_as"].dropna()
    genes = status.index[status != "unresponsive"]
    lines = [f"{gene},{2 if status[gene] == 'up' else -2},0.001,500" for gene in genes]
    (tmp_path / "de.csv").write_text("\n".join(["gene,log2FoldChange,padj,baseMean", *lines]) + "\n")
    labels, _ = train_inputs([str(tmp_path / "de.csv")], stand_in=["MCF7"])
    assert labels.positive_unlabelled
    assert any("unlabelled" in note for note in labels.provenance["notes"])


def test_columns_option():
    assert parse_columns("id=gene, log2fc=lfc,padj=q") == {"id": "gene", "log2fc": "lfc", "padj": "q"}
    for wrong in ("", "id", "id=a,padj"):
        with pytest.raises(SettingsError):
            parse_columns(wrong)


def test_a_block_that_is_not_there_is_an_error_only_when_asked_for(labels, tmp_path):
    from rarml.workflows.train import chosen_blocks

    assert chosen_blocks(TrainSettings(), ["expression", "rare"]) == ["rare", "expression"]
    with pytest.raises(SettingsError, match="no feature block 'chromatin'.*"):
        chosen_blocks(QUICK, ["expression"])
