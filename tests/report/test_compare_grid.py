import json
from dataclasses import replace

import numpy as np
import pytest

from rarml.report.compare_grid import LETTERS, SCALE, compare_grid
from tests.report.example_compare_more import with_more


@pytest.fixture(scope="module")
def content(compare_example):
    genes = compare_example.genes.copy()
    genes.loc[3, "symbol"] = None
    genes.loc[5, f"p_up:{compare_example.models[0].name}"] = np.nan
    return with_more(replace(compare_example, genes=genes))


def test_every_number_and_word_comes_back(content):
    grid = json.loads(json.dumps(compare_grid(content), allow_nan=False))
    genes = content.genes
    assert [f"{grid['prefix']}{number:0{grid['digits']}d}" for number in grid["id"]] == genes["gene_id"].tolist()
    assert grid["symbol"][3] == genes["gene_id"][3]
    for info, model in zip(content.models, grid["models"], strict=True):
        up = np.array([np.nan if value is None else value / SCALE for value in model["up"]])
        np.testing.assert_allclose(up, genes[f"p_up:{info.name}"], atol=0.5 / SCALE)
        for column in ("call", "measured"):
            said = [grid["words"][column][LETTERS.index(letter)] for letter in model[column]]
            assert said == genes[f"{column}:{info.name}"].tolist()
        assert [letter == "1" for letter in model["usable"]] == genes[f"usable:{info.name}"].tolist()
    assert [grid["words"]["group"][LETTERS.index(letter)] for letter in grid["group"]] == genes["group"].tolist()


def test_a_missing_word_is_a_blank_and_more_words_than_letters_are_an_error(content):
    name = content.models[1].name
    genes = content.genes.assign(**{f"measured:{name}": [None] * len(content.genes)})
    assert set(compare_grid(replace(content, genes=genes))["models"][1]["measured"]) == {" "}
    many = content.genes.assign(group=[f"group {i}" for i in range(len(content.genes))])
    with pytest.raises(ValueError, match="more than 62 words"):
        compare_grid(replace(content, genes=many))


def test_a_model_without_down_has_no_such_column(content):
    infos = (replace(content.models[0], classes=("up", "unresponsive")), *content.models[1:])
    assert compare_grid(replace(content, models=infos))["models"][0]["down"] is None


def test_other_gene_ids_stay_texts(content):
    genes = content.genes.assign(gene_id=[f"g{i}" for i in range(len(content.genes))])
    grid = compare_grid(replace(content, genes=genes))
    assert (grid["prefix"], grid["digits"]) == ("", 0)
    assert grid["id"][:2] == ["g0", "g1"]
