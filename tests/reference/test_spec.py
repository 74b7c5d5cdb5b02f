"""Reference settings: paths, the environment variable, and what is refused."""

from pathlib import Path

import pytest

from rarml.core.errors import SettingsError
from rarml.core.settings import parse_settings
from rarml.reference.spec import ReferenceSpec, load_reference_spec

CONFIGS = Path(__file__).resolve().parents[2] / "configs"


def load(tmp_path: Path, text: str) -> ReferenceSpec:
    file = tmp_path / "ref.yaml"
    file.write_text(text)
    return load_reference_spec(file)


def test_paths_and_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RARML_DATA", "/data")
    spec = load(tmp_path, "assembly: hg38\nannotation: a.gtf\ngenome: ${RARML_DATA}/g.fa\ntracks: /abs/sheet.tsv\n")
    assert spec.assembly == "GRCh38"
    assert spec.path("annotation") == tmp_path.resolve() / "a.gtf"
    assert spec.path("genome") == Path("/data/g.fa")
    assert spec.path("tracks") == Path("/abs/sheet.tsv")
    assert spec.path("expression") is None
    assert spec.window == (1000, 1000)
    assert "annotation" not in spec.choices()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("annotation: a\nwindows: [1, 2]\n", "did you mean 'window'"),
        ("assembly: hg38\n", "key 'annotation' is missing"),
        ("annotation: a\nwindow: [1000, 60000]\n", r"key 'window\.1'.*less than or equal to 50000"),
        ("annotation: a\nwindow: [10, 10]\n", "shorter than 100 bases"),
        ("annotation: a\nassembly: rn7\n", "unknown assembly 'rn7'"),
        ("annotation: ${RARML_NOT_SET}/a\n", "RARML_NOT_SET is not set"),
        ("- a\n", "holds no settings"),
    ],
)
def test_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load(tmp_path, text)


def test_shipped_example_is_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RARML_DATA", "/data")
    text = (CONFIGS / "reference-hg38.yaml").read_text()
    spec = load_reference_spec(CONFIGS / "reference-hg38.yaml")
    for key in ReferenceSpec.model_fields:
        assert f"\n{key}:" in text, f"{key} is not shown in the example"
    defaults = parse_settings({"annotation": "a"}, ReferenceSpec, where="test")
    assert spec.choices() == defaults.choices()


@pytest.mark.real_data
def test_shipped_sample_sheet_names_real_untreated_files(real_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rarml.reference.samples import read_sample_sheet

    monkeypatch.setenv("RARML_DATA", str(real_data))
    sheet = read_sample_sheet(CONFIGS / "tracks-hg38.tsv")
    there = {file.name for file in (real_data / "chromatin").glob("*.bed.gz")}
    named = {Path(file).name for file in sheet["file"]}
    assert there - named == {
        "MCF-7__H3K36me3__ENCFF001VCW.hg38.bed.gz",
        "MCF-7__H3K9me3__ENCFF454ZUB.hg38.bed.gz",
    }
    assert named <= there
    assert not sheet["treated"].any()
    assert set(sheet.loc[~sheet["use_signal"], "mark"]) == {"CAGE-TPM1", "RAMPAGE-RPM1", "RAMPAGE-rPeaks", "cCRE-PLS"}
