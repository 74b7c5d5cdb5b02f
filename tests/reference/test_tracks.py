"""Tracks at promoters: values worked out by hand or by plain loops."""

import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import InputError
from rarml.reference.tracks import METRICS, read_peaks, read_sample_sheet, summarise_tracks

PROMOTERS = pd.DataFrame(
    {"chrom": ["chr1", "chr1", "chr2", "chr3"], "strand": ["+", "-", "+", "+"], "tss": [50_000, 50_000, 9_000, 500]}
)


def sheet(folder, header="cell\tmark\tfile\ttreated\tuse_signal", rows=(), **files):
    for name, text in files.items():
        (folder / f"{name}.bed").write_text(text)
    path = folder / "samples.tsv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def column(summary, metric, track):
    return summary.metrics[metric][:, summary.tracks["track"].tolist().index(track)]


@pytest.fixture
def summary(tmp_path):
    path = sheet(
        tmp_path,
        rows=["A\tATAC\tone.bed", "A\tATAC\ttwo.bed\tno", "B\tH3K27ac\tthree.bed\tno\tno"],
        one="1\t49500\t49600\t5\n1\t52000\t52100\t9\n2\t1\t2\t7\n3\t90000\t90001\t1\n",
        two="chr1\t100000\t100010\t2\nchr1\t60001\t60011\t1\nchr3\t600\t700\t8\n",
        three="chr1\t48999\t49000\t3\nchr1\t51000\t51001\t4\nchr1\t400000\t400001\t4\n",
    )
    return summarise_tracks(PROMOTERS, read_sample_sheet(path))


def test_overlap_is_the_share_of_replicates_that_cover_the_contig(summary):
    assert summary.tracks["track"].tolist() == ["A:ATAC", "B:H3K27ac"]
    assert summary.tracks["n_files"].tolist() == [2, 1]
    assert column(summary, "overlap", "A:ATAC").tolist() == [0.5, 0.5, 0, 0.5]
    # The window is half-open and lies on the gene's strand: [-1000, +1000) holds base 51,000 for '-' only.
    np.testing.assert_array_equal(column(summary, "overlap", "B:H3K27ac"), [0, 1, np.nan, np.nan])


def test_signal_is_a_percentile_of_the_file(summary):
    # First file: 5 is second of 4; second file: no peak on chr1's promoters, and 8 is the largest of 3.
    np.testing.assert_allclose(column(summary, "signal", "A:ATAC"), [0.25, 0.25, 0, 0.5])
    assert np.isnan(column(summary, "signal", "B:H3K27ac")).all()


def test_distance_is_the_mean_over_replicates_and_capped(summary):
    np.testing.assert_allclose(column(summary, "distance", "A:ATAC"), [5201, 5201, 8999, (89_500 + 100) / 2])
    np.testing.assert_allclose(column(summary, "distance", "B:H3K27ac")[:2], 1000)


def test_distal_peaks_decay_and_leave_out_the_promoter(summary):
    near = np.exp(-2000 / (2000 / np.log(2)))  # one half-life: 0.5; the second file's peak is 10,001 bp away
    np.testing.assert_allclose(column(summary, "near10k", "A:ATAC")[0], near / 2, rtol=1e-6)
    far = [np.exp(-d / (10_000 / np.log(2))) for d in (2000, 10_001, 50_000)]
    np.testing.assert_allclose(column(summary, "near50k", "A:ATAC")[0], sum(far) / 2, rtol=1e-6)


def test_open_chromatin_prefers_accessibility(tmp_path, summary):
    found = summary.open_chromatin
    assert ((found["start"] == 48999) & (found["chrom"] == "chr1")).any()  # B has H3K27ac only
    assert not (found["start"] == 400000).any()  # too far from any promoter
    assert len(found) == 8
    assert summary.overlaps[0].line().startswith("one.bed: 3 of 3 reference contigs, 3 renamed")


def test_order_of_promoters_and_duplicates_change_nothing(tmp_path, summary):
    path = read_sample_sheet(tmp_path / "samples.tsv")
    order = [3, 1, 1, 0, 2]
    again = summarise_tracks(PROMOTERS.iloc[order].reset_index(drop=True), path)
    for metric in METRICS:
        np.testing.assert_array_equal(again.metrics[metric], summary.metrics[metric][order])


@pytest.mark.parametrize(
    ("header", "row", "message"),
    [
        ("cell\tmark\tfiel", "A\tATAC\tone.bed", "no column 'file'.*did you mean 'fiel'"),
        ("cell\tmark\tfile", "A\tATAC\tabsent.bed", "samples.tsv:2: no such track: absent.bed"),
        ("cell\tmark\tfile", "A\t\tone.bed", "samples.tsv:2: no value in column 'mark'"),
        ("cell\tmark\tfile\ttreated", "A\tATAC\tone.bed\tmaybe", "treated is 'maybe'"),
        ("cell\tmark\tfile", "A\tATAC\tone.bed\nB\tATAC\tone.bed", "samples.tsv:3: one.bed is named twice"),
        ("cell\tmark\tfile", "A:B\tATAC\tone.bed", "may not hold ':'"),
        ("cell\tmark\tfile", "", "holds no sample"),
    ],
)
def test_sample_sheet_faults(tmp_path, header, row, message):
    with pytest.raises(InputError, match=message):
        read_sample_sheet(sheet(tmp_path, header, [row], one="chr1\t1\t2\n"))


def test_treated_tracks_are_refused_unless_allowed(tmp_path):
    path = read_sample_sheet(sheet(tmp_path, rows=["A\tATAC\tone.bed\tyes"], one="chr1\t1\t2\n"))
    with pytest.raises(InputError, match="A:ATAC is of treated cells"):
        summarise_tracks(PROMOTERS, path)
    assert summarise_tracks(PROMOTERS, path, allow_treated=True).tracks["treated"].tolist() == [True]


def test_wrong_assembly_and_no_shared_contig(tmp_path):
    path = read_sample_sheet(sheet(tmp_path, rows=["A\tATAC\tone.bed"], one="chr2\t242500000\t242500100\n"))
    with pytest.raises(InputError, match="it fits GRCh37"):
        summarise_tracks(PROMOTERS, path, assembly="hg38")
    path = read_sample_sheet(sheet(tmp_path, rows=["A\tATAC\tone.bed"], one="scaffold9\t1\t2\n"))
    with pytest.raises(InputError, match="shares no contig"):
        summarise_tracks(PROMOTERS, path)


def test_bigwig_gives_the_mean_signal(tmp_path):
    pybigtools = pytest.importorskip("pybigtools")
    writer = pybigtools.open(str(tmp_path / "a.bw"), "w")
    values = [("1", 48_000, 49_500, 1.0), ("1", 49_500, 50_000, 3.0), ("2", 0, 5, 1.0)]
    writer.write({"1": 248956422, "2": 242193529}, iter(values))
    writer.close()
    path = read_sample_sheet(sheet(tmp_path, "cell\tmark\tfile", ["A\tATAC\ta.bw"]))
    summary = summarise_tracks(PROMOTERS, path, assembly="hg38")
    np.testing.assert_allclose(column(summary, "signal", "A:ATAC"), [2, (499 + 1500) / 999, np.nan, np.nan], rtol=1e-6)
    assert np.isnan(summary.metrics["overlap"]).all()
    (tmp_path / "a.bw").write_bytes(b"not a bigwig" * 9)
    with pytest.raises(InputError, match="not a readable bigWig"):
        summarise_tracks(PROMOTERS, path)


def test_real_tracks_agree_with_bioframe(real_data):
    import bioframe

    listed = read_sample_sheet(real_data / "chromatin/MANIFEST.tsv")
    chosen = listed[(listed["cell"] == "H1") & (listed["mark"] == "H3K4me3")].head(1)
    genes = pd.read_csv(real_data / "annotation/gene_tss_hg38.tsv.gz", sep="\t").rename(
        columns={"tss0_gencode_v48": "tss"}
    )
    genes = genes[genes["chrom"] == "chr19"].dropna(subset="tss").reset_index(drop=True).astype({"tss": int})
    summary = summarise_tracks(genes, chosen, assembly="GRCh38")
    peaks = read_peaks(chosen["file"].iloc[0])[["chrom", "start", "end"]]
    points = pd.DataFrame({"chrom": genes["chrom"], "start": genes["tss"], "end": genes["tss"] + 1})
    nearest = bioframe.closest(points, peaks)
    expected = np.minimum(nearest["distance"].astype(int).to_numpy() + (nearest["distance"] > 0).to_numpy(), 100_000)
    # bioframe counts the bases between: touching is 0 there, and 1 here.
    touching = summary.metrics["distance"][:, 0] == 1
    np.testing.assert_array_equal(summary.metrics["distance"][~touching, 0], expected[~touching])
    assert 0.5 < summary.metrics["overlap"].mean() < 0.9
