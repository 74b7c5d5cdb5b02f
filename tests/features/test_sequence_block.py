import numpy as np
import pytest

from rarml.core.errors import InputError
from rarml.core.parallel import use_engine
from rarml.core.parallel_threads import Threads
from rarml.estimators.kmer_components import KmerComponents
from rarml.estimators.kmer_ridge import KmerRidge
from rarml.estimators.promoter_encoder import PromoterEncoder
from rarml.features import sequence_block
from rarml.features.sequence_encoder import WEIGHTS, EncoderMember, EncoderSet, write_encoders

TINY = {"n_filters": 2, "width": 3, "dilations": (1,), "n_hidden": 2, "epochs": 1, "threads": 1, "shift": 0}
TARGETS = ("chromatin:H1:H3K4me3", "expression:mean")


def member(reference, unseen, seed):
    codes, y = reference.sequences.codes([0, 1, 2, 4, 6]), np.random.default_rng(seed).normal(size=(5, 2))
    network = PromoterEncoder(**TINY, seed=seed).fit(codes, y, tss=1000)
    return EncoderMember(
        frozenset(unseen), (network.narrowed([0, 1]),), KmerRidge(1, 1.0).fit(codes, y).narrowed([0, 1])
    )


def components(reference):
    return KmerComponents(2, n_components=2).fit(reference.sequences.codes(), tss=1000)


@pytest.fixture
def encoders(reference):
    return EncoderSet(
        (member(reference, {"chr1"}, 0), member(reference, {"chr2"}, 1)), components(reference), TARGETS, 1000, {}
    )


@pytest.fixture
def block(reference, encoders):
    return sequence_block.build(reference, encoders)


def test_one_column_per_target_and_one_row_per_gene(reference, block):
    assert block.columns.tolist() == [f"sequence:{name}" for name in (*TARGETS, "kmer:001", "kmer:002")]
    assert block.index.equals(reference.genes.index)
    assert (block.dtypes == np.float32).all()


def test_each_gene_is_its_representative_promoter_under_the_member_of_its_chromosome(reference, encoders, block):
    for gene, row, number in [("ENSG1", 0, 0), ("ENSG2", 2, 0), ("ENSG3", 4, 0), ("ENSG5", 6, 1)]:
        expected = encoders.members[number].predict(reference.sequences.codes([row]), 1000)[0]
        np.testing.assert_allclose(block.loc[gene].iloc[: len(TARGETS)], expected, atol=1e-5)


def test_a_gene_without_sequence_is_missing(block):
    assert block.isna().all(axis=1).tolist() == [False, False, False, True, False]


def test_a_folder_answers_as_the_encoders_themselves(reference, encoders, block, tmp_path):
    folder = write_encoders(encoders, tmp_path / "encoder")
    assert sequence_block.build(reference, folder).equals(block)
    assert sequence_block.build(reference, str(folder)).equals(block)


def test_how_many_promoters_are_encoded_at_once_does_not_matter(reference, encoders, block, monkeypatch):
    monkeypatch.setattr(sequence_block, "_ROWS", 1)
    np.testing.assert_allclose(sequence_block.build(reference, encoders), block, atol=1e-5)


@pytest.mark.parametrize("threads", [1, 3])
def test_the_last_digit_does_not_depend_on_the_threads(reference, encoders, block, threads):
    with use_engine(Threads(threads)):
        assert sequence_block.build(reference, encoders).equals(block)


def test_without_sequence_there_are_no_columns(reference, encoders):
    reference.sequences = None
    assert sequence_block.build(reference, encoders).shape == (5, 0)


def test_the_shipped_encoders_are_the_default(reference, encoders, block, tmp_path, monkeypatch):
    monkeypatch.setenv("RARML_MODELS", str(tmp_path))
    with pytest.raises(InputError, match="holds no promoter encoder"):
        sequence_block.build(reference)
    write_encoders(encoders, tmp_path / "encoder")
    assert sequence_block.build(reference).equals(block)


def test_the_digest_is_that_of_the_weights_and_none_without_encoders(encoders, tmp_path):
    from rarml.core.files import sha256_file

    assert sequence_block.encoder_digest(tmp_path) is None
    folder = write_encoders(encoders, tmp_path / "encoder")
    assert sequence_block.encoder_digest(folder) == sha256_file(folder / WEIGHTS)
