import numpy as np
import pytest

from rarml.core.errors import InputError
from rarml.features.chromatin import build


def test_best_promoter_per_metric(reference):
    block = build(reference)
    metrics = reference.tracks.metrics
    own = {"ENSG1": [0, 1], "ENSG2": [2], "ENSG3": [3, 4], "ENSG4": [5], "ENSG5": [6, 7]}
    for gene, rows in own.items():
        assert block.loc[gene, "chromatin:H1:H3K4me3:overlap"] == metrics["overlap"][rows, 0].max()
        assert block.loc[gene, "chromatin:H1:H3K27me3:distance"] == metrics["distance"][rows, 1].min()
    assert (block.dtypes == np.float32).all()


def test_a_track_without_signal_has_no_signal_column(reference):
    names = build(reference).columns
    assert "chromatin:H1:H3K4me3:signal" in names
    assert "chromatin:K562:CAGE:signal" not in names
    assert "chromatin:K562:CAGE:overlap" in names


def test_bivalent_means_both_marks_on_one_promoter(reference):
    bivalent = build(reference)["chromatin:H1:bivalent:overlap"]
    # ENSG1 has either mark, but on different promoters; ENSG3's alternative has both, one in half of the replicates.
    assert bivalent.tolist() == [0, 1, 0.5, 0, 0]
    assert "chromatin:K562:bivalent:overlap" not in build(reference).columns


def test_missing_stays_missing(reference):
    reference.tracks.metrics["overlap"][5] = np.nan
    assert np.isnan(build(reference).loc["ENSG4", "chromatin:H1:H3K4me3:overlap"])
    assert np.isnan(build(reference).loc["ENSG4", "chromatin:H1:bivalent:overlap"])


def test_no_tracks_no_columns(reference):
    reference.tracks = None
    assert build(reference).shape == (5, 0)


def test_a_colon_in_a_name_is_refused(reference):
    reference.tracks.tracks.loc[0, "cell"] = "H1:a"
    with pytest.raises(InputError, match="H1:a"):
        build(reference)
