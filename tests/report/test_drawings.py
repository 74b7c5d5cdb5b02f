from pathlib import Path

import pytest

from rarml.report.drawings import FORMATS, file_stem, write_figures
from rarml.report.score_figures import write_score_figures
from rarml.report.train_figures import train_drawings, train_figure_files, write_train_figures

MAGIC = {".svg": b"<?xml", ".png": b"\x89PNG", ".pdf": b"%PDF"}


def test_every_figure_of_a_training_is_written(judged_example, tmp_path):
    paths = write_train_figures(judged_example, tmp_path / "figures", ("svg",))
    assert len(paths) == len(set(paths)) == len(train_drawings(judged_example))
    assert all(path.read_bytes().startswith(MAGIC[".svg"]) for path in paths)


def test_figures_have_the_same_bytes_each_time_and_readable_text(judged_example):
    one, other = (train_figure_files(judged_example, ("svg",)) for _ in range(2))
    assert one == other
    text = one["precision_at_k.svg"].decode()
    assert "Genes ranked first</text>" in text
    assert "#010203" not in text


def test_each_format_is_written_and_does_not_hold_the_day(judged_example, tmp_path):
    drawn = [train_drawings(judged_example)["top"] for _ in range(2)]
    first, second = (write_figures([one], tmp_path / str(i)) for i, one in enumerate(drawn))
    for a, b in zip(first, second, strict=True):
        assert a.read_bytes() == b.read_bytes()
        assert a.read_bytes().startswith(MAGIC[a.suffix])
    assert [path.suffix.removeprefix(".") for path in first] == list(FORMATS)


def test_a_figure_of_leading_genes_for_each_model(score_example, tmp_path):
    paths = write_score_figures(score_example, tmp_path, ("svg",))
    assert sorted(path.name for path in paths) == sorted(f"leading_genes_{m.name}.svg" for m in score_example.models)
    nb4 = (tmp_path / "leading_genes_nb4.svg").read_text()
    assert "CYP26A1" in nb4
    assert "P(down)" not in nb4


@pytest.mark.parametrize(("name", "stem"), [("up v down", "up_v_down"), ("../../x", "x"), ("<b>", "b"), ("", "figure")])
def test_names_of_files_stay_in_their_folder(name, stem):
    assert file_stem(name) == stem
    assert Path(file_stem(name)).name == stem
