"""A reference or atlas that is replaced while somebody reads it: all of one state, or one error."""

import shutil

import numpy as np
import pytest

from rarml.core import steady
from rarml.core.errors import BundleError, InputError
from rarml.core.files import atomic_folder
from rarml.core.steady import unchanged
from rarml.features.atlas import load_atlas
from rarml.reference.store import Reference
from rarml.workflows.reference import build


@pytest.fixture(scope="module")
def built(small_reference, tmp_path_factory):
    source, place = small_reference.parent, tmp_path_factory.mktemp("built")
    settings = (source / "spec.yaml").read_text()
    for name, down in (("a", 48), ("b", 40)):
        spec = source / f"spec-{name}.yaml"
        spec.write_text(settings.replace("48", str(down)))
        build(spec, place / name)
    return place


@pytest.fixture
def states(built, tmp_path):
    """Two references of other windows, each with its atlas: the folder ``a``, which may be changed, and ``b``."""
    shutil.copytree(built / "a", tmp_path / "a")
    return tmp_path / "a", built / "b"


def replace(target, source):
    """Put a copy of `source` in the place of `target`, as a rebuild does."""
    with atomic_folder(target, overwrite=True) as folder:
        shutil.copytree(source, folder, dirs_exist_ok=True)


def test_an_open_reference_stays_as_it_was(states):
    a, b = states
    opened, other = Reference.open(a), Reference.open(b)
    expected = opened.sequences.codes().copy()
    metrics = {name: np.array(values) for name, values in opened.tracks.metrics.items()}
    fresh = Reference.open(a)  # nothing of its memory maps was touched before the rebuild
    replace(a, b)
    assert np.array_equal(fresh.sequences.codes(), expected)
    assert all(np.array_equal(fresh.tracks.metrics[name], values) for name, values in metrics.items())
    assert fresh.digest == opened.digest
    again = Reference.open(a)
    assert again.digest == other.digest
    assert again.sequences.length == 104


@pytest.mark.parametrize("at", range(1, 14, 3))
def test_a_rebuild_while_a_reference_is_opened_gives_all_of_one_state(states, monkeypatch, at):
    """The rebuild comes at the `at`-th file that is opened."""
    from rarml.reference import store

    a, b = states
    wanted = {Reference.open(place).digest: Reference.open(place).sequences.codes().copy() for place in (a, b)}
    calls = 0

    def counted(call):
        def step(*given, **more):
            nonlocal calls
            calls += 1
            if calls == at:
                replace(a, b)
            return call(*given, **more)

        return step

    for name in ("sha256_file", "_table", "_tracks", "read_json"):
        monkeypatch.setattr(store, name, counted(getattr(store, name)))
    opened = Reference.open(a)
    assert calls >= at
    assert np.array_equal(opened.sequences.codes(), wanted[opened.digest])
    assert opened.manifest["window"] == ([64, 48] if opened.sequences.length == 112 else [64, 40])
    assert (opened.promoters["end"] - opened.promoters["start"] == opened.sequences.length).all()


def test_a_reference_that_is_replaced_again_and_again_is_one_error(states, monkeypatch):
    from rarml.reference import store

    a, b = states
    read = store.read_json

    def replaced(path):
        replace(a, b)
        return read(path)

    monkeypatch.setattr(store, "read_json", replaced)
    with pytest.raises(InputError, match="is being replaced"):
        Reference.open(a)


def test_a_damaged_reference_keeps_its_own_error(states):
    a, _ = states
    (a / "genes.parquet").write_bytes(b"no table")
    with pytest.raises(InputError, match="has changed since it was written"):
        Reference.open(a)


@pytest.mark.parametrize("part", ["names", "sites"])
def test_the_lazy_parts_of_an_atlas_are_of_its_own_state_or_an_error(states, part):
    a, b = states
    opened, late = load_atlas(a), load_atlas(a)
    first = getattr(opened, part)
    replace(a, b)
    assert getattr(opened, part) is first
    with pytest.raises(InputError, match="was replaced since it was opened"):
        getattr(late, part)
    assert len(load_atlas(a).sites) == len(load_atlas(b).sites)


@pytest.mark.parametrize("at", range(1, 8, 3))
def test_an_atlas_that_is_replaced_while_it_is_loaded_is_of_one_state(states, monkeypatch, at):
    from rarml.features import atlas_files

    a, b = states
    by_digest = {load_atlas(place).digest: load_atlas(place).features for place in (a, b)}
    assert len(by_digest) == 2
    calls = 0

    def counted(call):
        def step(*given, **more):
            nonlocal calls
            calls += 1
            if calls == at:
                replace(a, b)
            return call(*given, **more)

        return step

    for name in ("sha256_file", "_read_table", "_read_features"):
        monkeypatch.setattr(atlas_files, name, counted(getattr(atlas_files, name)))
    loaded = load_atlas(a)
    assert calls >= at
    assert loaded.features.equals(by_digest[loaded.digest])


def test_a_model_that_is_replaced_is_not_mixed(tmp_path):
    from rarml.bundle.load import load_bundle
    from rarml.bundle.registry import models_folder

    shutil.copytree(models_folder() / "mcf-7", tmp_path / "model")
    opened = load_bundle(tmp_path / "model")
    replace(tmp_path / "model", models_folder() / "sh-sy5y")
    with pytest.raises(BundleError, match="was changed since the model was opened"):
        _ = opened.predictions
    assert load_bundle(tmp_path / "model").name == "sh-sy5y"


def test_a_part_read_from_a_folder_that_has_gone_is_the_same_error(tmp_path):
    manifest = tmp_path / "manifest.json"
    manifest.write_text("{}")
    state = steady.state_of(manifest)
    manifest.unlink()
    with pytest.raises(InputError, match="was replaced"):
        unchanged(manifest, state, manifest.read_text)
