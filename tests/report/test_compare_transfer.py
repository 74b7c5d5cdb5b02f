from dataclasses import replace

import numpy as np

from rarml.evaluation.mean_elsewhere import MEAN_ELSEWHERE
from rarml.evaluation.transfer import SUSPECT_ABOVE
from rarml.report.compare_transfer import MEAN, SUSPECT, suspects, transfer_matrices, transfer_rows
from tests.report.example_compare_more import with_more


def test_the_words_and_the_bound_are_those_of_the_evaluation():
    assert MEAN == MEAN_ELSEWHERE
    assert SUSPECT == SUSPECT_ABOVE


def test_matrix_puts_models_in_rows_and_labels_in_columns(compare_example):
    table = compare_example.transfer
    names = [info.name for info in compare_example.models]
    for matrix in transfer_matrices(compare_example):
        for i, (model, cells) in enumerate(matrix.rows):
            assert model == names[i]
            for labels, cell in zip(names, cells, strict=True):
                chosen = table[(table["model"] == model) & (table["labels"] == labels) & (table["task"] == matrix.task)]
                assert cell.value == chosen["value"].item()
                assert cell.own == (model == labels)


def test_the_baseline_is_the_last_row_and_each_cell_has_its_auprc(compare_example):
    content = with_more(compare_example)
    auprc = content.transfer[content.transfer["metric"] == "auprc"].set_index(["model", "labels", "task"])["value"]
    for matrix in transfer_matrices(content):
        assert matrix.rows[-1][0] == MEAN
        for model, cells in matrix.rows:
            for info, cell in zip(content.models, cells, strict=True):
                assert cell.auprc == auprc[model, info.name, matrix.task]


def test_the_figure_holds_every_row_once(compare_example):
    content = with_more(compare_example)
    for matrix in transfer_matrices(content):
        measured = sum(cell is not None for _, cells in matrix.rows for cell in cells)
        assert str(matrix.figure).count("<g><title>") == measured
        assert all(f"on labels of {info.name}" in matrix.figure for info in content.models)


def test_what_is_suspect_is_counted_and_explained(compare_example):
    content = with_more(compare_example)
    auroc = content.transfer[content.transfer["metric"] == "auroc"]
    asked = auroc[(auroc["model"] != auroc["labels"]) & (auroc["model"] != MEAN)]
    said = suspects(content)
    assert said.startswith(f"{asked['suspect'].sum()} of {len(asked)} AUROCs")
    assert "+0.020 at the median" in said
    calm = replace(content, transfer=content.transfer.assign(suspect=False))
    assert suspects(calm) == suspects(compare_example) == ""


def test_missing_numbers_become_none(compare_example):
    content = with_more(compare_example)
    content = replace(content, transfer=content.transfer.assign(over_elsewhere=np.nan))
    rows = transfer_rows(content)
    assert len(rows) == len(content.transfer)
    assert {row["over_elsewhere"] for row in rows} == {None}
