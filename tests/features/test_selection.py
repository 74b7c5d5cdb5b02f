import pytest

from rarml.core.errors import SettingsError
from rarml.features.selection import cells_of, samples_of, select_columns

COLUMNS = [
    "rare:DR5:best",
    "composition:gc",
    "composition:bases_known",
    "composition:n_fraction",
    "chromatin:H1:H3K4me3:overlap",
    "chromatin:SK-N-SH:H3K27ac:overlap",
    "expression:mean",
    "expression:level:SH-SY5Y",
    "expression:level:cervix, uterine",
    "coexpression:c01",
]
ALL = ["rare", "composition", "chromatin", "expression", "coexpression"]


def test_only_named_blocks_and_never_availability():
    assert select_columns(COLUMNS, ["composition", "rare"]) == ["rare:DR5:best", "composition:gc"]


def test_chromatin_of_the_cells_named():
    assert select_columns(COLUMNS, ["chromatin"], chromatin_cells=["H1"]) == ["chromatin:H1:H3K4me3:overlap"]
    assert len(select_columns(COLUMNS, ["chromatin"], chromatin_cells=None)) == 2
    assert select_columns(COLUMNS, ["chromatin"], chromatin_cells=[]) == []


def test_level_of_the_stand_in_only_commas_and_all():
    chosen = select_columns(COLUMNS, ["expression"], stand_in=["cervix, uterine"])
    assert chosen == ["expression:mean", "expression:level:cervix, uterine"]
    assert select_columns(COLUMNS, ["expression"], stand_in=[]) == ["expression:mean"]


def test_order_is_that_of_the_columns():
    chosen = select_columns(COLUMNS, ALL[::-1], stand_in=["SH-SY5Y"])
    assert chosen == [name for name in COLUMNS if name in set(chosen)]


@pytest.mark.parametrize(
    ("blocks", "cells", "stand_in", "message"),
    [
        (["rares"], None, [], "did you mean 'rare'"),
        (["chromatin"], ["SK-NSH"], [], "did you mean 'SK-N-SH'"),
        (["expression"], None, ["SHSY5Y"], "did you mean 'SH-SY5Y'"),
    ],
)
def test_unknown_names_have_a_suggestion(blocks, cells, stand_in, message):
    with pytest.raises(SettingsError, match=message):
        select_columns(COLUMNS, blocks, chromatin_cells=cells, stand_in=stand_in)


def test_a_block_without_columns_is_an_error():
    with pytest.raises(SettingsError, match="no column of feature block 'rare'"):
        select_columns(COLUMNS[1:], ["rare"])


def test_cells_and_samples():
    assert cells_of(COLUMNS) == ["H1", "SK-N-SH"]
    assert samples_of(COLUMNS) == ["SH-SY5Y", "cervix, uterine"]
