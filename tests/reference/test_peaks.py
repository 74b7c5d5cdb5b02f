"""Peak files of each kind, and what is said of broken ones."""

import gzip

import numpy as np
import pytest

from rarml.core.errors import InputError
from rarml.reference.peaks import read_peaks


def write(folder, text, name="a.bed"):
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
    return path


@pytest.mark.parametrize(
    ("name", "line", "signal"),
    [
        ("a.bed", "1\t10\t20\n", None),
        ("a.bed", "1\t10\t20\t3.5\n", 3.5),
        ("a.bed.gz", "1\t10\t20\t6.18;5.58\n", 6.18),
        ("a.bed", "1\t10\t20\tpeak1\t700\t+\n", 700),
        ("a.bed", "1\t10\t20\tpeak1\t700\t+\t10\t20\t255,0,0\n", 700),
        ("a.narrowPeak", "1\t10\t20\t.\t0\t.\t4.5\t-1\t-1\t5\n", 4.5),
        ("a.bed", "1\t10\t20\t.\t0\t.\t4.5\t-1\t-1\t5\n", 4.5),
        ("a.broadPeak.gz", "1\t10\t20\tp\t0\t.\t7\t2\t1\n", 7),
        ("a.gappedPeak", "1\t10\t20\tp\t0\t.\t10\t20\t0\t1\t10\t0\t2.5\t1\t1\n", 2.5),
        ("a.bed", "1 10 20 3.5\n", 3.5),
        ("a.bed", "1\t10\t20\t15\n", None),  # a summit, not a signal
        ("a.bed", "1\t10\t20\t.\n", None),
    ],
)
def test_signal_of_each_format(tmp_path, name, line, signal):
    peaks = read_peaks(write(tmp_path, "# comment\ntrack name=x\n" + line, name))
    assert peaks[["chrom", "start", "end"]].to_numpy().tolist() == [["chr1", 10, 20]]
    assert peaks["signal"].dtype == np.float32
    if signal is None:
        assert peaks["signal"].isna().all()
    else:
        assert peaks["signal"][0] == pytest.approx(signal)
    assert peaks.attrs["contigs"] == ["1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("# only a comment\n", "holds no peak"),
        ("chr1,10,20\n", "a.bed:1: not a peak file"),
        ("chr1\t10\t20\nchr1\tx\t20\n", "a.bed:2: start and end are not whole numbers"),
        ("chr1\t10\t20\nchr1\t30\t20\n", "a.bed:2: not an interval: 30 to 20"),
        ("chr1\t10\t20\nchr1\t-3\t20\n", "a.bed:2: not an interval"),
        ("chr1\t10\t20\t1.5\nchr1\t30\t40\tx\n", "a.bed:2: signal is no number: 'x'"),
        ("chr1\t10\t20\t1.5\nchr1\t30\t40\n", "a.bed:2: 3 columns, at least 4 expected"),
    ],
)
def test_faults_name_the_line(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read_peaks(write(tmp_path, text))


def test_truncated_gzip(tmp_path):
    whole = gzip.compress("".join(f"chr1\t{n}\t{n + 5}\n" for n in range(20000)).encode())
    path = tmp_path / "a.bed.gz"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="truncated"):
        read_peaks(path)


def test_real_peaks(real_data):
    peaks = read_peaks(real_data / "chromatin/U-937__ATAC__GSE173751.hg38.bed.gz")
    assert len(peaks) == 90170
    assert peaks["signal"].notna().all()
    summits = read_peaks(real_data / "chromatin/K562__RAMPAGE-RPM1__ENCODE.hg38.bed.gz")
    assert summits["signal"].isna().all()
