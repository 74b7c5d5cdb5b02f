import json

import pandas as pd
import pytest

from rarml.bundle.load import load_bundle
from rarml.bundle.registry import find_model, list_models
from rarml.bundle.write import write_bundle
from rarml.core.errors import BundleError, InputError


def facts(name="toy"):
    return {
        "name": name,
        "cell_type": "toy cells",
        "description": "",
        "experimental": False,
        "positive_unlabelled": False,
        "classes": ["up", "down", "unresponsive"],
        "prevalence": {"up": 0.1, "down": 0.1, "unresponsive": 0.8},
        "context": {"stand_in": ["MCF7"]},
        "assembly": "hg38",
        "atlas_digest": "0" * 64,
        "encoder_digest": None,
        "components_digest": None,
        "columns": ["composition:gc"],
        "baseline_columns": ["composition:gc"],
        "blocks": ["composition"],
        "seed": 0,
        "threads": 1,
        "settings": {},
        "labels": {},
        "counts": {},
        "metrics": [],
        "importance": {},
        "branches": [],
        "stack_weights": {},
        "evaluation": {},
        "audit": [],
        "versions": {},
    }


@pytest.fixture
def folder(tmp_path):
    write_bundle(tmp_path / "toy", facts(), {"model/a.json": b"{}", "MODEL_CARD.md": b"# toy\n"})
    return tmp_path / "toy"


def test_round_trip(folder):
    bundle = load_bundle(folder)
    assert bundle.name == "toy"
    assert bundle.parts("model") == {"a.json": b"{}"}
    assert bundle.read("MODEL_CARD.md") == b"# toy\n"
    assert bundle.manifest.context.stand_in == ("MCF7",)


def test_same_content_gives_the_same_bytes(folder, tmp_path):
    write_bundle(tmp_path / "again", facts(), {"MODEL_CARD.md": b"# toy\n", "model/a.json": b"{}"})
    for name in ("bundle.json", "model/a.json"):
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_a_changed_byte_is_an_error_that_names_the_file(folder):
    (folder / "model/a.json").write_bytes(b"[]")
    with pytest.raises(BundleError, match=r"model/a\.json: was changed"):
        load_bundle(folder)


def test_a_missing_file_is_an_error_that_names_it(folder):
    (folder / "MODEL_CARD.md").unlink()
    with pytest.raises(BundleError, match=r"MODEL_CARD\.md: is missing"):
        load_bundle(folder)


def test_a_path_out_of_the_folder_is_refused(folder):
    manifest = json.loads((folder / "bundle.json").read_text())
    manifest["files"]["../../etc/passwd"] = "0" * 64
    (folder / "bundle.json").write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match="outside its folder"):
        load_bundle(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format_version": 99}, "format version 99"),
        ({"seed": "many"}, "'seed'"),
    ],
)
def test_wrong_manifest_fields_are_named(folder, change, message):
    manifest = json.loads((folder / "bundle.json").read_text()) | change
    (folder / "bundle.json").write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match=message):
        load_bundle(folder)


def test_a_truncated_manifest_is_a_bundle_error(folder):
    text = (folder / "bundle.json").read_text()
    (folder / "bundle.json").write_text(text[: len(text) // 2])
    with pytest.raises(BundleError, match="cannot be read"):
        load_bundle(folder)


def test_an_existing_bundle_is_not_overwritten_unasked(folder):
    with pytest.raises(InputError, match="exists already"):
        write_bundle(folder, facts(), {})
    assert load_bundle(folder).name == "toy"


def test_models_are_found_by_name_and_by_path(folder, monkeypatch):
    monkeypatch.setenv("RARML_MODELS", str(folder.parent))
    assert list_models() == [folder]
    assert find_model("TOY") == folder
    assert find_model(folder) == folder
    with pytest.raises(BundleError, match="did you mean 'toy'"):
        find_model("tory")
    (folder.parent / "empty").mkdir()
    with pytest.raises(BundleError, match="no bundle.json"):
        find_model(folder.parent / "empty")


def test_tables_are_read_from_parquet(tmp_path):
    columns = {"p_up": [0.5], "p_down": [0.2], "p_unresponsive": [0.3]}
    table = pd.DataFrame(columns, index=pd.Index(["ENSG1"], name="gene_id"))
    table.to_parquet(tmp_path / "t.parquet")
    content = (tmp_path / "t.parquet").read_bytes()
    write_bundle(tmp_path / "b", facts(), {"predictions.parquet": content, "labels.parquet": content})
    pd.testing.assert_frame_equal(load_bundle(tmp_path / "b").predictions, table)
