"""The settings of a hyperparameter search: a complete, commented example is `configs/tune.yaml`."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import Field

from rarml.core.errors import SettingsError
from rarml.core.files import open_text
from rarml.core.settings import Settings, load_settings
from rarml.training.search_space import Parameter, check_space
from rarml.workflows.settings import TrainSettings

TUNABLE = "model"
FIXED = ("model.n_folds",)
DEFAULT_SPACE = {
    "model.gradient.n_rounds": Parameter(type="int", low=30, high=300, step=10),
    "model.gradient.learning_rate": Parameter(type="float", low=0.02, high=0.3, log=True),
    "model.gradient.max_depth": Parameter(type="int", low=2, high=6),
    "model.gradient.min_child_weight": Parameter(type="float", low=1, high=20, log=True),
    "model.gradient.reg_lambda": Parameter(type="float", low=0.5, high=20, log=True),
    "model.gradient.subsample": Parameter(type="float", low=0.5, high=1.0, step=0.1),
    "model.gradient.colsample": Parameter(type="float", low=0.1, high=0.8, step=0.1),
    "model.gradient.draw_others": Parameter(type="float", low=0.05, high=1.0, log=True),
    "model.gradient.balance": Parameter(type="float", low=0.0, high=1.0, step=0.25),
    "model.block_dropout": Parameter(type="categorical", choices=(0.0, 0.05, 0.1, 0.2)),
}


class TuneSettings(Settings):
    """How `rarml tune` searches.

    Attributes
    ----------
    n_trials : int
        Trials per study, those of earlier runs and other workers included.
    startup : int
        Trials drawn at random before the sampler learns from them.
    prune : bool
        Stop hopeless trials after a few inner folds.
    seed : int, optional
        Root of the search's random streams; by default the seed of the training configuration.
    space : dict of str to Parameter
        Dotted path of a setting of `TrainSettings` below ``model`` to how it is searched.
    """

    n_trials: int = Field(default=40, ge=1)
    startup: int = Field(default=10, ge=1)
    prune: bool = True
    seed: int | None = None
    space: dict[str, Parameter] = DEFAULT_SPACE


def load_tune_settings(path: str | Path | None, base: TrainSettings) -> TuneSettings:
    """Read a search file (or take the default space) and check it against the settings that are tuned.

    Raises
    ------
    SettingsError
        With file, line and field.
    """
    settings = load_settings(path, TuneSettings) if path is not None else TuneSettings()
    lines = _lines(path) if path is not None else {}

    def where(setting: str, field: str | None) -> str:
        if path is None:
            return "default space"
        line = lines.get((setting, field), lines.get((setting, None)))
        return f"{path}:{line}" if line is not None else str(path)

    check_space(settings.space, base, tunable=TUNABLE, fixed=FIXED, where=where)
    return settings


def _lines(path: str | Path) -> dict[tuple[str, str | None], int]:
    """Line of each path of the space and of each of its fields."""
    with open_text(path, kind="configuration file") as handle:
        root = yaml.compose(handle, Loader=yaml.SafeLoader)
    found: dict[tuple[str, str | None], int] = {}
    for key, value in getattr(root, "value", ()):
        if key.value != "space" or not isinstance(value, yaml.MappingNode):
            continue
        found[("", None)] = key.start_mark.line + 1
        for setting, how in value.value:
            if (setting.value, None) in found:
                raise SettingsError(
                    f"{setting.value!r} is given twice", where=f"{path}:{setting.start_mark.line + 1}", fix="keep one"
                )
            found[(setting.value, None)] = setting.start_mark.line + 1
            for field, _ in how.value if isinstance(how, yaml.MappingNode) else ():
                found[(setting.value, field.value)] = field.start_mark.line + 1
    return found
