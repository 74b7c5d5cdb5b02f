from pydantic import Field

from rarml.core.schema import attribute_words, settings_schema
from rarml.core.settings import Settings


class Inner(Settings):
    """What lies inside.

    Attributes
    ----------
    low, high : float
        Ends of
        the range.
    """

    low: float = Field(default=0.5, ge=0)
    high: float = 1.0


class Outer(Settings):
    """All of it.

    Attributes
    ----------
    name : str
        A name.
    parts : tuple of Inner
        The parts.

    Notes
    -----
    other : word
        No attribute.
    """

    name: str
    parts: tuple[Inner, ...] = ()


def test_every_field_has_its_type_default_and_the_words_of_the_docstring():
    schema = settings_schema(Outer)
    inner = schema["$defs"]["Inner"]
    assert schema["description"] == "All of it."
    assert schema["required"] == ["name"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["parts"]["description"] == "The parts."
    assert inner["properties"]["high"]["description"] == "Ends of the range."
    assert (inner["properties"]["low"]["default"], inner["properties"]["low"]["minimum"]) == (0.5, 0)


def test_only_the_section_of_attributes_is_read():
    assert set(attribute_words(Outer.__doc__ and "\n" + Outer.__doc__.replace("\n    ", "\n"))) == {"name", "parts"}
    assert attribute_words("Nothing.") == {}
