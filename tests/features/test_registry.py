import pytest

from rarml.core.errors import MissingPartError, SettingsError
from rarml.features.registry import BLOCKS, block_of, blocks_for, check_blocks


def test_blocks_come_in_one_order_each_once():
    assert check_blocks(["expression", "rare", "rare"]) == ["rare", "expression"]
    assert block_of("chromatin:H1:H3K4me3:overlap") == "chromatin"
    assert list(BLOCKS) == ["rare", "partners", "sequence", "composition", "chromatin", "expression", "coexpression"]


def test_unknown_block_has_a_suggestion():
    with pytest.raises(SettingsError, match="did you mean 'chromatin'"):
        check_blocks(["chromatine"])


def test_default_is_what_the_reference_can_give(reference):
    reference.tracks = None
    assert [block.name for block in blocks_for(reference)] == [
        "rare",
        "partners",
        "sequence",
        "composition",
        "expression",
        "coexpression",
    ]


def test_a_block_asked_for_by_name_must_be_there(reference):
    reference.sequences = None
    with pytest.raises(MissingPartError, match="'rare' needs sequences"):
        blocks_for(reference, ["rare"])
