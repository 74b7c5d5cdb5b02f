import json
import shutil

import pytest
import torch

SETTINGS = """\
n_folds: 3
network: {n_filters: 4, width: 5, cell: 8, dilations: [1], n_hidden: 4, epochs: 1, shift: 4}
kmers: {k: 3, ridge: 100}
components: {k: 3, n_components: 4, reach: 40}
seed: 0
"""


@pytest.fixture
def tiny(tmp_path):
    (tmp_path / "tiny.yaml").write_text(SETTINGS)
    return tmp_path / "tiny.yaml"


def test_encoders_are_written_and_their_accuracy_shown(rarml, small_reference, tiny, tmp_path):
    out = tmp_path / "encoder"
    found = rarml("pretrain", small_reference, "--config", tiny, "--out", out, "--threads", 1)
    assert (found.status, found.err) == (0, "")
    assert "on chromosomes left out of training" in found.out
    assert "chromatin" in found.out
    assert "210 promoters" in found.out
    assert f"encoders: {out}" in found.out
    assert json.loads((out / "manifest.json").read_text())["format"] == "rarml promoter encoder"
    again = rarml("pretrain", small_reference, "--config", tiny, "--out", out)
    assert f"{out}: exists already" in again.fault()


def test_a_reference_without_sequence_is_one_line(rarml, small_reference, tiny, tmp_path):
    from rarml.reference.build import build_reference
    from rarml.reference.spec import load_reference_spec

    inputs = shutil.copytree(small_reference.parent, tmp_path / "inputs", ignore=shutil.ignore_patterns("reference"))
    spec = inputs / "spec.yaml"
    spec.write_text(spec.read_text().replace("genome: g.fa\n", ""))
    build_reference(load_reference_spec(spec), tmp_path / "bare")
    fault = rarml("pretrain", tmp_path / "bare", "--config", tiny, "--out", tmp_path / "encoder").fault()
    assert f"{tmp_path / 'bare'}: a promoter encoder needs sequence (give a genome)" in fault


def test_cuda_without_a_gpu_is_one_line_and_leaves_nothing(rarml, small_reference, tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    found = rarml("pretrain", small_reference, "--config", tiny, "--device", "cuda", "--out", tmp_path / "encoder")
    assert "no CUDA device for 'cuda'" in found.fault()
    assert [entry.name for entry in tmp_path.iterdir()] == ["tiny.yaml"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("networks: {}", "unknown key 'networks' .*did you mean 'network'"),
        ("network: {n_filter: 4}", "unknown key 'network.n_filter' .*did you mean 'n_filters'"),
        ("n_folds: 2", "key 'n_folds'"),
        ("n_folds: 9", "3 chromosome units cannot make 9 folds"),
    ],
)
def test_settings_that_cannot_be_are_one_line(rarml, small_reference, tiny, tmp_path, settings, said):
    import re

    tiny.write_text(settings + "\n")
    fault = rarml("pretrain", small_reference, "--config", tiny, "--out", tmp_path / "encoder").fault()
    assert re.search(said, fault), fault


def test_a_folder_that_is_no_reference_is_one_line(rarml, tmp_path):
    assert "is no rarml reference" in rarml("pretrain", tmp_path, "--out", tmp_path / "encoder").fault()


def test_the_settings_file_in_configs_holds_every_default():
    from pathlib import Path

    from rarml.core.settings import load_settings
    from rarml.training.pretrain import EncoderSettings

    path = Path(__file__).resolve().parents[2] / "configs" / "encoder.yaml"
    assert load_settings(path, EncoderSettings) == EncoderSettings()
