"""Search spaces are checked against the settings before any work."""

import pytest
import yaml

from rarml.core.errors import SettingsError
from rarml.training.search_space import Parameter, leaf_paths, values_of, with_values
from rarml.workflows.settings import TrainSettings
from rarml.workflows.tune_settings import DEFAULT_SPACE, load_tune_settings

BASE = TrainSettings.model_validate({"seed": 0, "model": {"n_folds": 4, "gradient": {"max_depth": 5}}})


def written(tmp_path, space: dict, **others):
    path = tmp_path / "space.yaml"
    path.write_text(yaml.safe_dump({**others, "space": space}, sort_keys=False))
    return path


@pytest.mark.parametrize(
    ("path", "how", "said"),
    [
        ("model.gradient.max_depht", {"type": "int", "low": 2, "high": 4}, "did you mean 'model.gradient.max_depth'"),
        ("seed", {"type": "int", "low": 2, "high": 4}, "cannot be tuned"),
        ("model.n_folds", {"type": "int", "low": 4, "high": 6}, "cannot be tuned"),
        ("model.gradient", {"type": "int", "low": 4, "high": 6}, "no setting 'model.gradient'"),
        ("model.gradient.learning_rate", {"type": "float", "low": 0.1, "high": 2}, "high 2.0 is refused: Input should"),
        ("model.gradient.max_depth", {"type": "int", "low": 0, "high": 4}, "low 0 is refused"),
        ("model.gradient.max_depth", {"type": "float", "low": 2, "high": 4}, "write type: int"),
        ("model.gradient.max_depth", {"type": "int", "low": 2.5, "high": 4}, "whole number"),
        ("model.gradient.max_depth", {"type": "int", "low": 4, "high": 2}, "below high"),
        ("model.gradient.max_depth", {"type": "int", "low": 2}, "high is missing"),
        ("model.gradient.max_depth", {"type": "categorical", "choices": [2, "deep"]}, "choices 'deep' is refused"),
        ("model.gradient.max_depth", {"type": "categorical", "choices": [2]}, "two or more"),
        ("model.gradient.max_depth", {"type": "categorical", "choices": [2, 2]}, "twice"),
        ("model.gradient.max_depth", {"type": "categorical", "low": 2, "choices": [2, 3]}, "is for type: int or float"),
        ("model.gradient.balance", {"type": "float", "low": 0, "high": 1, "log": True}, "above 0"),
        (
            "model.gradient.balance",
            {"type": "float", "low": 0.1, "high": 1, "log": True, "step": 0.1},
            "cannot go with",
        ),
        ("model.gradient.balance", {"type": "float", "low": 0, "high": 1, "step": -1}, "above 0"),
        ("model.gradient.balance", {"typ": "float", "low": 0, "high": 1}, "did you mean 'type'"),
        ("model.gradient.balance", {"type": "real", "low": 0, "high": 1}, "'int', 'float' or 'categorical'"),
    ],
)
def test_a_wrong_space_is_one_clear_error(tmp_path, path, how, said):
    file = written(tmp_path, {path: how})
    with pytest.raises(SettingsError) as error:
        load_tune_settings(file, BASE)
    assert said in str(error.value)
    assert str(error.value).startswith(str(file))


def test_the_error_names_the_line_of_the_field(tmp_path):
    file = tmp_path / "space.yaml"
    file.write_text("# words\nspace:\n  model.block_dropout:\n    type: float\n    low: 0\n    high: 1\n")
    with pytest.raises(SettingsError, match=r"space\.yaml:6: model\.block_dropout: high 1\.0 is refused"):
        load_tune_settings(file, BASE)
    file.write_text(
        "space:\n  model.block_dropout: {type: float, low: 0, high: 0.5}\n"
        "  model.block_dropout: {type: float, low: 0, high: 0.1}\n"
    )
    with pytest.raises(SettingsError, match=r"space\.yaml:3: .*key 'model\.block_dropout' comes twice"):
        load_tune_settings(file, BASE)
    file.write_text("n_trials: 3\nspace: {}\n")
    with pytest.raises(SettingsError, match="no setting to tune"):
        load_tune_settings(file, BASE)


def test_the_shipped_example_is_the_default_and_holds_the_default_settings():
    from pathlib import Path

    example = load_tune_settings(Path(__file__).parents[2] / "configs" / "tune.yaml", TrainSettings())
    assert example == load_tune_settings(None, TrainSettings())
    present = values_of(TrainSettings(), DEFAULT_SPACE)
    assert all(DEFAULT_SPACE[path].holds(value) for path, value in present.items())


def test_values_are_put_in_and_the_rest_stays_as_it_was():
    changed = with_values(BASE, {"model.gradient.learning_rate": 0.2, "model.block_dropout": 0.0})
    assert (changed.model.gradient.learning_rate, changed.model.block_dropout) == (0.2, 0.0)
    assert (changed.model.gradient.max_depth, changed.model.n_folds, changed.seed) == (5, 4, 0)
    assert "name" not in changed.model_fields_set
    assert BASE.model.gradient.learning_rate == 0.1


def test_every_value_of_the_settings_has_a_path():
    paths = leaf_paths(TrainSettings)
    assert {"model.gradient.max_depth", "model.block_dropout", "labels.rule.padj", "blocks", "seed"} <= set(paths)
    assert "model.gradient" not in paths


def test_a_value_is_in_a_range_only_on_its_steps():
    steps = Parameter(type="float", low=0.1, high=0.8, step=0.1)
    assert steps.holds(0.3)
    assert not steps.holds(0.35)
    assert not steps.holds(0.9)
    assert not steps.holds(None)
    assert Parameter(type="int", low=1, high=9).holds(4)
    assert not Parameter(type="int", low=1, high=9).holds(4.5)
    assert Parameter(type="categorical", choices=(True, "a")).holds("a")
    assert not Parameter(type="categorical", choices=(True, "a")).holds(1)
