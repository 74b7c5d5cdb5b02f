"""Search spaces: which settings are tuned, over what range, checked against the settings themselves before any work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args

from pydantic import BaseModel

from rarml.core.errors import SettingsError, did_you_mean
from rarml.core.settings import Settings, parse_settings

if TYPE_CHECKING:
    import optuna

S = TypeVar("S", bound=Settings)
Scalar = bool | int | float | str | None
# a point inside a range that no step of whole numbers hits: a float range over an integer setting is found out by it
_INSIDE = 0.381966


class Parameter(Settings):
    """How one setting is searched.

    Attributes
    ----------
    type : {'int', 'float', 'categorical'}
        Kind of values.
    low, high : float, optional
        Ends of the range, both included (int, float).
    step : float, optional
        Distance between values (int, float); not with `log`.
    log : bool
        Search on a logarithmic scale.
    choices : tuple, optional
        The values (categorical).
    """

    type: Literal["int", "float", "categorical"]
    low: float | None = None
    high: float | None = None
    step: float | None = None
    log: bool = False
    choices: tuple[Scalar, ...] | None = None

    def fault(self) -> tuple[str, str] | None:
        """The field that is wrong and why; None where all is well."""
        if self.type == "categorical":
            return self._choices_fault()
        for name, value in (("low", self.low), ("high", self.high)):
            if value is None:
                return name, "is missing"
            if self.type == "int" and value != int(value):
                return name, f"is {value:g}, a whole number is needed for type: int"
        if self.choices is not None:
            return "choices", "is for type: categorical"
        if self.low >= self.high:  # type: ignore[operator]
            return "low", f"is {self.low:g}, it must be below high ({self.high:g})"
        if self.log and self.low <= 0:  # type: ignore[operator]
            return "low", f"is {self.low:g}, it must be above 0 for log: true"
        if self.step is not None and self.log:
            return "step", "cannot go with log: true"
        if self.step is not None and (self.step <= 0 or (self.type == "int" and self.step != int(self.step))):
            return "step", f"is {self.step:g}, a {'whole ' if self.type == 'int' else ''}number above 0 is needed"
        return None

    def _choices_fault(self) -> tuple[str, str] | None:
        for name in ("low", "high", "step"):
            if getattr(self, name) is not None:
                return name, "is for type: int or float"
        if self.log:
            return "log", "is for type: int or float"
        if self.choices is None or len(self.choices) < 2:
            return "choices", "must list two or more values"
        if len({repr(value) for value in self.choices}) < len(self.choices):
            return "choices", "lists a value twice"
        return None

    def probes(self) -> list[tuple[str, Scalar]]:
        """Values that the setting must accept, each with the field it comes from."""
        if self.type == "categorical":
            return [("choices", value) for value in self.choices or ()]
        low, high = float(self.low or 0), float(self.high or 0)
        if self.type == "int":
            return [("low", int(low)), ("high", int(high))]
        inside = low + (self.step if self.step is not None else _INSIDE * (high - low))
        return [("low", low), ("high", high), ("type", min(inside, high))]

    def holds(self, value: Any) -> bool:
        """Whether a value lies in the range (on a step, if there are steps) or among the choices."""
        if self.type == "categorical":
            return any(value == choice and type(value) is type(choice) for choice in self.choices or ())
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        low, high = float(self.low or 0), float(self.high or 0)
        step = self.step if self.step is not None else (1.0 if self.type == "int" and not self.log else None)
        on_step = step is None or abs((value - low) / step - round((value - low) / step)) < 1e-9
        return low <= value <= high and on_step

    def distribution(self) -> optuna.distributions.BaseDistribution:
        """The same as Optuna writes it."""
        from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

        if self.type == "categorical":
            return CategoricalDistribution(self.choices or ())
        low, high = float(self.low or 0), float(self.high or 0)
        if self.type == "int":
            return IntDistribution(int(low), int(high), log=self.log, step=int(self.step or 1))
        return FloatDistribution(low, high, log=self.log, step=self.step)


Space = Mapping[str, Parameter]


def check_space(
    space: Space,
    base: S,
    *,
    tunable: str,
    fixed: Sequence[str] = (),
    where: Callable[[str, str | None], str],
) -> None:
    """Refuse a path that is no setting, and a bound that the settings refuse.

    Parameters
    ----------
    space : mapping of str to Parameter
        Dotted path of a setting to how it is searched.
    base : Settings
        The settings that are tuned.
    tunable : str
        Only paths below this one may be tuned.
    fixed : sequence of str
        Paths below `tunable` that may not.
    where : callable
        Place of a path and one of its fields, for the error.

    Raises
    ------
    SettingsError
        At the first fault.
    """
    if not space:
        raise SettingsError("no setting to tune", where=where("", None), fix=f"give space: {{{tunable}.…: …}}")
    for path, parameter in space.items():
        known = [name for name in leaf_paths(type(base)) if name.startswith(f"{tunable}.") and name not in fixed]
        if path in fixed or (path in leaf_paths(type(base)) and path not in known):
            fix = f"tune settings below {tunable}; leave it in the training configuration"
            raise SettingsError(
                f"{path!r} cannot be tuned: it decides what is judged", where=where(path, None), fix=fix
            )
        if path not in known:
            raise SettingsError(f"no setting {path!r}", where=where(path, None), fix=did_you_mean(path, known))
        wrong = parameter.fault()
        if wrong is not None:
            field, why = wrong
            raise SettingsError(f"{path}: {field} {why}", where=where(path, field), fix=None)
        for field, value in parameter.probes():
            _accepted(base, path, field, value, where(path, field))


def _accepted(base: Settings, path: str, field: str, value: Scalar, place: str) -> None:
    try:
        with_values(base, {path: value})
    except SettingsError as error:
        if field == "type":
            raise SettingsError(
                f"{path}: takes no fractions such as {value:g}", where=place, fix="write type: int"
            ) from error
        reason = error.what.split(": ", 1)[-1]
        raise SettingsError(f"{path}: {field} {value!r} is refused: {reason}", where=place) from error


def leaf_paths(kind: type[BaseModel], prefix: str = "") -> list[str]:
    """Dotted paths of all settings that hold values, nested settings stepped into."""
    found: list[str] = []
    for name, field in kind.model_fields.items():
        nested = _settings_in(field.annotation)
        found += leaf_paths(nested, f"{prefix}{name}.") if nested is not None else [f"{prefix}{name}"]
    return found


def with_values(base: S, values: Mapping[str, Any]) -> S:
    """`base` with the values at dotted paths put in; what was not set stays not set.

    Raises
    ------
    SettingsError
        If the settings refuse a value.
    """
    content = base.model_dump(exclude_unset=True)
    for path, value in values.items():
        *parents, last = path.split(".")
        here = content
        for name in parents:
            if not isinstance(here.get(name), dict):
                here[name] = {}
            here = here[name]
        here[last] = value
    return parse_settings(content, type(base), where="settings")


def values_of(base: Settings, space: Space) -> dict[str, Any]:
    """The present value of each tuned setting; None below a part that is switched off."""
    found: dict[str, Any] = {}
    for path in space:
        here: Any = base
        for name in path.split("."):
            here = getattr(here, name, None)
        found[path] = here
    return found


def _settings_in(annotation: Any) -> type[BaseModel] | None:
    """The settings class of a field, also where it may be None; None for values and collections."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = [part for part in get_args(annotation) if part is not type(None)]
    return _settings_in(inner[0]) if len(inner) == 1 and type(None) in get_args(annotation) else None
