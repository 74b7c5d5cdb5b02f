import json
import shutil

import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import BundleError, InputError, SettingsError
from rarml.features.atlas import atlas_columns, build_atlas, load_atlas, write_atlas
from rarml.features.compact import round_significant


@pytest.fixture
def atlas(reference):
    return build_atlas(reference)


@pytest.fixture
def folder(atlas, tmp_path):
    return write_atlas(atlas, tmp_path / "atlas")


def test_what_is_loaded_is_what_was_built(atlas, folder):
    loaded = load_atlas(folder)
    pd.testing.assert_frame_equal(loaded.features, atlas.features)
    pd.testing.assert_frame_equal(loaded.genes, atlas.genes)
    pd.testing.assert_frame_equal(loaded.sites, atlas.sites, check_dtype=False)
    assert loaded.digest == atlas.digest
    assert loaded.names.resolve(["aaa1"])["gene_id"].tolist() == ["ENSG1"]
    pd.testing.assert_frame_equal(loaded.describe(), atlas.describe())
    assert loaded.path == folder


def test_features_are_rounded_when_built(atlas):
    values = atlas.features.to_numpy()
    np.testing.assert_array_equal(round_significant(values), values)
    assert (atlas.features.dtypes == np.float32).all()


def test_describe_counts_columns_and_genes(atlas):
    table = atlas.describe().set_index("block")
    assert table.index.tolist() == [
        "rare",
        "partners",
        "sequence",
        "composition",
        "chromatin",
        "expression",
        "coexpression",
    ]
    assert table["columns"].sum() == atlas.features.shape[1]
    assert table.loc["rare", "genes"] == 4
    assert table.loc["expression", "genes"] == 4


def test_bytes_are_the_same_twice(atlas, reference, folder, tmp_path):
    again = write_atlas(build_atlas(reference), tmp_path / "again")
    for file in folder.iterdir():
        assert file.read_bytes() == (again / file.name).read_bytes(), file.name


def test_column_projection_keeps_the_order_asked_for(atlas, folder):
    wanted = ["expression:mean", "composition:gc", "expression:level:cervix, uterine"]
    part = load_atlas(folder, columns=wanted)
    pd.testing.assert_frame_equal(part.features, atlas.features[wanted])
    assert load_atlas(folder, columns=[]).features.shape == (5, 0)
    assert atlas_columns(folder) == list(atlas.features.columns)
    with pytest.raises(InputError, match="did you mean 'composition:gc'"):
        load_atlas(folder, columns=["composition:gcc"])


@pytest.mark.parametrize("name", ["composition.parquet", "names.parquet", "sites.parquet", "genes.parquet"])
def test_a_changed_or_missing_file_is_named(folder, name):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(BundleError, match=f"{name}: has changed"):
        load_atlas(folder)
    (folder / name).unlink()
    with pytest.raises(BundleError, match=f"{name}: is missing"):
        load_atlas(folder, columns=[])


def test_another_format_version_is_refused(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "format_version": 99}))
    with pytest.raises(BundleError, match="format version 99, this rarml reads 2"):
        load_atlas(folder)


def test_a_reference_folder_that_holds_an_atlas_will_do(atlas, folder, tmp_path):
    reference = tmp_path / "reference"
    shutil.copytree(folder, reference / "atlas")
    (reference / "manifest.json").write_text('{"kind": "rarml reference"}')
    assert load_atlas(reference).digest == atlas.digest
    with pytest.raises(InputError, match="holds no feature atlas"):
        load_atlas(tmp_path / "nowhere")


def test_an_existing_folder_is_not_overwritten_unasked(atlas, folder):
    with pytest.raises(InputError, match="exists already"):
        write_atlas(atlas, folder)
    write_atlas(atlas, folder, overwrite=True)


def test_levels_can_be_limited(reference, atlas):
    small = build_atlas(reference, levels=["cervix, uterine"])
    assert [name for name in small.features if ":level:" in name] == ["expression:level:cervix, uterine"]
    assert small.digest != atlas.digest
    with pytest.raises(SettingsError, match="did you mean 'SH-SY5Y'"):
        build_atlas(reference, levels=["SHSY5Y"])


def test_digest_tells_values_and_genes(reference, atlas):
    assert build_atlas(reference).digest == atlas.digest
    reference.genes.loc["ENSG1", "symbol"] = "OTHER"
    assert build_atlas(reference).digest != atlas.digest


def test_without_sequence_there_is_no_rare_block_and_no_site(reference, tmp_path):
    reference.sequences = None
    atlas = build_atlas(reference)
    loaded = load_atlas(write_atlas(atlas, tmp_path / "bare"))
    assert "rare" not in loaded.describe()["block"].tolist()
    assert len(loaded.sites) == 0
    assert (loaded.genes["sequence_tss"] == -1).all()


def test_the_promoter_behind_the_sequence_columns_is_told(atlas):
    assert atlas.genes["sequence_tss"].tolist() == [100_000, 99_400, 400_700, -1, 900_000]


def test_missing_symbols_come_back_missing(reference, tmp_path):
    reference.genes["symbol"] = reference.genes["symbol"].astype(object)
    reference.genes.loc["ENSG2", "symbol"] = None
    loaded = load_atlas(write_atlas(build_atlas(reference, blocks=["expression"]), tmp_path / "a"))
    assert pd.isna(loaded.genes.loc["ENSG2", "symbol"])
    assert loaded.genes.loc["ENSG1", "symbol"] == "AAA1"
