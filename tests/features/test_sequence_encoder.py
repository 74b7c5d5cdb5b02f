"""Encoder folders, and that each promoter is answered by the member that never saw its chromosome."""

import json

import numpy as np
import pytest

from rarml.core.errors import BundleError, InputError
from rarml.core.files import sha256_file
from rarml.estimators.kmer_components import KmerComponents
from rarml.estimators.kmer_ridge import KmerRidge
from rarml.estimators.promoter_encoder import PromoterEncoder
from rarml.features.sequence_encoder import (
    MANIFEST,
    WEIGHTS,
    EncoderMember,
    EncoderSet,
    load_encoders,
    write_encoders,
)

TINY = {"n_filters": 3, "width": 5, "dilations": (1,), "n_hidden": 4, "epochs": 1, "batch_size": 16, "threads": 1}
rng = np.random.default_rng(0)
CODES = rng.integers(0, 4, (30, 96), dtype=np.uint8)
CHROM = np.repeat(["chr1", "chr2", "chrX"], 10)


class Constant:
    """A model that always says the same."""

    def __init__(self, value):
        self.value = value

    def predict(self, X, *, tss=None):
        return np.full((len(X), 2), self.value, dtype=np.float32)


def member(unseen, value):
    return EncoderMember(frozenset(unseen), (Constant(value),), Constant(value))


def components():
    codes = np.random.default_rng(9).integers(0, 4, (30, 96), dtype=np.uint8)
    return KmerComponents(2, reach=40, n_components=3).fit(codes, tss=48)


@pytest.fixture
def constants():
    return EncoderSet((member({"chr1", "chr3"}, 1.0), member({"chr2"}, 5.0)), components(), ("a", "b"), 48, {})


@pytest.fixture(scope="module")
def encoders():
    """Two trained members of two networks each."""
    y = np.random.default_rng(1).normal(size=(30, 3))
    members = []
    for number, unseen in enumerate([{"chr1", "chrX"}, {"chr2"}]):
        networks = [PromoterEncoder(**TINY, seed=2 * number + start).fit(CODES, y, tss=48) for start in range(2)]
        kmers = KmerRidge(k=2, ridge=10.0).fit(CODES, y)
        members.append(
            EncoderMember(frozenset(unseen), tuple(n.narrowed([0, 2]) for n in networks), kmers.narrowed([0, 2]))
        )
    return EncoderSet(
        tuple(members), components(), ("chromatin:a", "expression:mean"), 48, {"seed": 3, "accuracy": [{"n": 1}]}
    )


@pytest.fixture
def folder(encoders, tmp_path):
    return write_encoders(encoders, tmp_path / "encoder")


def test_each_promoter_is_answered_by_the_member_that_never_saw_its_chromosome(constants):
    found = constants.predict(CODES[:4], np.array(["chr2", "chr1", "chr3", "chr2"]), 48)
    assert found.tolist() == [[5, 5], [1, 1], [1, 1], [5, 5]]


def test_a_strange_contig_is_answered_by_all_members(constants):
    assert constants.predict(CODES[:2], np.array(["chr2", "KI270706.1"]), 48).tolist() == [[5, 5], [3, 3]]


def test_a_member_is_the_mean_of_its_networks_beside_its_kmer_model():
    mixed = EncoderMember(frozenset(), (Constant(1.0), Constant(3.0)), Constant(10.0))
    assert mixed.predict(CODES[:1], 48).tolist() == [[6, 6]]


def test_no_promoter_gives_no_row(constants):
    assert constants.predict(CODES[:0], CHROM[:0], 48).shape == (0, 2)


def test_a_row_depends_on_no_other_row(encoders):
    whole = encoders.predict(CODES, CHROM, 48)
    np.testing.assert_allclose(encoders.predict(CODES[[25, 3]], CHROM[[25, 3]], 48), whole[[25, 3]], atol=1e-5)


def test_the_strand_in_which_a_window_is_given_does_not_matter(encoders):
    other = 3 - CODES[:, ::-1]
    np.testing.assert_array_equal(encoders.predict(other, CHROM, 96 - 48), encoders.predict(CODES, CHROM, 48))


def test_what_is_loaded_answers_exactly_as_what_was_written(encoders, folder):
    loaded = load_encoders(folder)
    np.testing.assert_array_equal(loaded.predict(CODES, CHROM, 48), encoders.predict(CODES, CHROM, 48))
    assert (loaded.targets, loaded.tss, loaded.facts) == (encoders.targets, encoders.tss, encoders.facts)
    assert [m.unseen for m in loaded.members] == [m.unseen for m in encoders.members]


def test_bytes_are_the_same_twice_and_after_loading(encoders, folder, tmp_path):
    for again in (encoders, load_encoders(folder)):
        other = write_encoders(again, tmp_path / "again", overwrite=True)
        assert {file.name for file in other.iterdir()} == {MANIFEST, WEIGHTS}
        for file in folder.iterdir():
            assert file.read_bytes() == (other / file.name).read_bytes(), file.name


def test_an_existing_folder_is_not_overwritten_unasked(encoders, folder):
    with pytest.raises(InputError, match="exists already"):
        write_encoders(encoders, folder)


def test_changed_weights_are_named(folder):
    content = bytearray((folder / WEIGHTS).read_bytes())
    content[-1] ^= 1
    (folder / WEIGHTS).write_bytes(content)
    with pytest.raises(BundleError, match=f"{WEIGHTS}: has changed since it was written"):
        load_encoders(folder)


def test_missing_weights_are_named(folder):
    (folder / WEIGHTS).unlink()
    with pytest.raises(BundleError, match=f"{WEIGHTS}: is missing"):
        load_encoders(folder)


def test_a_missing_manifest_is_no_encoder(folder):
    (folder / MANIFEST).unlink()
    with pytest.raises(InputError, match="holds no promoter encoder.*rarml pretrain"):
        load_encoders(folder)


def edit(folder, **changes):
    content = json.loads((folder / MANIFEST).read_text()) | changes
    kept = {name: value for name, value in content.items() if value is not None}
    (folder / MANIFEST).write_text(json.dumps(kept))


def test_another_format_version_is_refused(folder):
    edit(folder, format_version=99)
    with pytest.raises(BundleError, match="format version 99, this rarml reads 1"):
        load_encoders(folder)


def test_a_manifest_of_something_else_is_no_encoder(folder):
    edit(folder, format="rarml bundle")
    with pytest.raises(InputError, match="holds no promoter encoder"):
        load_encoders(folder)


def test_a_manifest_that_is_no_json_is_a_bundle_error(folder):
    (folder / MANIFEST).write_text("{")
    with pytest.raises(BundleError, match=f"{MANIFEST}: cannot be read"):
        load_encoders(folder)


@pytest.mark.parametrize("key", ["files", "targets", "tss", "unseen", "networks", "kmers"])
def test_a_manifest_that_lacks_an_entry_is_a_bundle_error(folder, key):
    edit(folder, **{key: None})
    with pytest.raises(BundleError, match="is damaged|has changed") as error:
        load_encoders(folder)
    assert "\n" not in str(error.value)
    assert str(folder) in str(error.value)


@pytest.mark.parametrize("change", [b"garbage", "drop"])
def test_weights_that_do_not_fit_are_a_bundle_error_that_names_the_file(folder, change):
    from safetensors.numpy import load_file, save_file

    if change == "drop":
        tensors = load_file(folder / WEIGHTS)
        del tensors["1.0.network.motifs"]
        save_file(tensors, folder / WEIGHTS)
    else:
        (folder / WEIGHTS).write_bytes(change)
    edit(folder, files={WEIGHTS: sha256_file(folder / WEIGHTS)})
    with pytest.raises(BundleError, match=f"{WEIGHTS}: .*(is missing|is damaged)"):
        load_encoders(folder)


def test_components_stand_beside_the_predictions(encoders):
    codes = np.random.default_rng(3).integers(0, 4, (7, 96), dtype=np.uint8)
    chrom = np.array(["chr1"] * 7)
    found = encoders.encode(codes, chrom, 48)
    assert encoders.columns == ["chromatin:a", "expression:mean", "kmer:001", "kmer:002", "kmer:003"]
    np.testing.assert_array_equal(found[:, :2], encoders.predict(codes, chrom, 48))
    np.testing.assert_array_equal(found[:, 2:], encoders.components.transform(codes, tss=48))
