import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import MissingPartError
from rarml.features.encoder_targets import GROUP_WEIGHT, encoder_rows, encoder_targets, kept_targets, target_weights


@pytest.fixture
def targets(reference):
    return encoder_targets(reference)


def group(name):
    return name.partition(":")[0]


def test_promoters_with_half_of_their_bases_known_are_taken(reference):
    assert encoder_rows(reference).tolist() == [0, 1, 2, 4, 6]


def test_one_row_per_promoter_and_every_group_of_targets(reference, targets):
    assert len(targets) == len(reference.promoters)
    assert set(map(group, targets)) == set(GROUP_WEIGHT)
    assert (targets.dtypes == np.float32).all()


def test_chromatin_is_the_share_of_replicates_with_a_peak_at_that_promoter(reference, targets):
    np.testing.assert_array_equal(targets["chromatin:K562:CAGE"], reference.tracks.metrics["overlap"][:, 2])
    np.testing.assert_array_equal(targets["signal:H1:H3K4me3"], reference.tracks.metrics["signal"][:, 0])


def test_a_track_without_signal_has_no_column(targets):
    assert "signal:K562:CAGE" not in targets


def test_expression_is_a_target_of_the_primary_promoter_only(reference, targets):
    measured = [name for name in targets if group(name) in ("level", "expression", "coexpression")]
    assert targets.loc[~reference.promoters["is_primary"], measured].isna().all(axis=None)
    assert targets.loc[0, "level:BJ hTERT+ SV40 Large T+"] == 0
    assert targets.loc[2, "level:SH-SY5Y"] == np.log2(1 + 3)
    assert targets.loc[3, "expression:mean"] == pytest.approx(np.log2(8) / 3)


def test_a_gene_that_was_not_measured_has_no_level(targets):
    assert np.isnan(targets.loc[5, "level:SH-SY5Y"])


def test_islands_and_core_elements_are_those_of_the_window(reference, targets):
    promoters, (_, start, end) = reference.promoters.loc[0], reference.cpg_islands.loc[0]
    overlap = max(0, min(end, promoters["end"]) - max(start, promoters["start"]))
    assert targets.loc[0, "island:fraction"] == pytest.approx(overlap / 2000)
    assert targets["core:tata"].notna().tolist() == [True, True, True, False, True, False, True, False]


def test_each_group_has_its_weight_whatever_its_number_of_targets(targets):
    weights = pd.Series(target_weights(targets.columns)).groupby([group(name) for name in targets]).sum()
    whole = sum(GROUP_WEIGHT.values())
    assert weights.to_dict() == pytest.approx({name: share / whole for name, share in GROUP_WEIGHT.items()})


def test_weights_sum_to_one_without_some_groups():
    columns = pd.Index(["chromatin:a", "chromatin:b", "island:fraction"])
    assert target_weights(columns) == pytest.approx([0.5 / 1.1, 0.5 / 1.1, 0.1 / 1.1])


def test_only_chromatin_components_and_the_mean_level_are_kept(targets):
    kept = [targets.columns[number] for number in kept_targets(targets.columns)]
    assert kept == [name for name in targets if group(name) in ("chromatin", "coexpression", "expression")]
    assert kept[:3] == ["chromatin:H1:H3K4me3", "chromatin:H1:H3K27me3", "chromatin:K562:CAGE"]


def test_parts_that_are_absent_leave_their_targets_out(reference):
    reference.tracks = reference.cpg_islands = None
    assert {group(name) for name in encoder_targets(reference)} == {"level", "coexpression", "expression", "core"}


def test_neither_tracks_nor_expression_is_an_error(reference):
    reference.tracks = reference.expression = None
    with pytest.raises(MissingPartError, match="neither.*add tracks or expression"):
        encoder_targets(reference)


def test_no_sequence_is_an_error(reference):
    reference.sequences = None
    with pytest.raises(MissingPartError, match="needs sequence.*give a genome"):
        encoder_rows(reference)
