import numpy as np
import pytest

from rarml.report.feature_words import KIND_SHORT, KIND_WORDS, bases_words, feature_words, value_words


def test_every_column_of_the_shipped_atlas_has_words():
    from rarml.bundle.registry import shipped_atlas
    from rarml.features.atlas import atlas_columns, load_atlas

    components = load_atlas(shipped_atlas(), columns=[]).manifest["components"]
    words = {column: feature_words(column, components) for column in atlas_columns(shipped_atlas())}
    assert [column for column, said in words.items() if ":" in said or "_" in said or "{" in said] == []
    measured = [said for column, said in words.items() if not column.startswith("sequence:kmer:")]
    assert len(set(measured)) == len(measured)  # no two columns look the same to a reader


def test_a_column_of_an_unknown_block_keeps_its_name():
    assert feature_words("weather:rain:max") == "weather:rain:max"


def test_components_are_named_by_their_samples_where_these_are_known():
    assert feature_words("coexpression:c07") == "co-expression axis 07"
    assert feature_words("coexpression:c07", {"coexpression:c07": ["Daudi", "HL-60"]}).endswith("Daudi, HL-60")


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("expression:level:MCF7", 5.32, "5.3 log₂(1 + nTPM)"),
        ("expression:breadth", 0.064, "6 %"),
        ("composition:cpg_island", 1.0, "yes"),
        ("composition:cpg_island", 0.0, "no"),
        ("composition:promoter_offset", -418.0, "−418 bp"),
        ("chromatin:A:B:distance", 1234.0, "1,234 bp"),
        ("chromatin:A:B:distance", 100_352.0, "100 kb or more"),
        ("chromatin:A:B:signal", 0.724, "72"),
        ("rare:DR5:distance", 120.0, "+120 bp"),
        ("rare:DR5:best", 14.06, "14.1 bits"),
        ("rare:DR5:n_1e-4", 3.0, "3"),
        ("coexpression:c01", -0.84, "−0.84"),
        ("rare:DR5:best", np.nan, "not known"),
        ("rare:DR5:best", None, "not known"),
    ],
)
def test_values_have_their_unit(column, value, words):
    assert value_words(column, value) == words


def test_kinds_are_those_of_the_accounts():
    from rarml.explain.evidence import KINDS

    assert tuple(KIND_WORDS) == tuple(KIND_SHORT) == KINDS


def test_a_missing_distance_is_a_dash():
    assert bases_words(None) == "–"
