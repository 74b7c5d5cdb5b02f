"""The pages that are made from the code are what the code makes now, and say what the program does."""

import json
import re
from pathlib import Path

import pytest

from docs.generate import api, cli, configuration, exit_codes, model_cards
from docs.generate.__main__ import DOCS, PAGES
from rarml.workflows.schema import KINDS, schema_of
from tests.docs.pages import REPO

SLOW = ("reference/formats.md",)  # it scores, compares and scans, to ask what the tables hold


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in PAGES])
def test_the_page_is_what_the_code_makes(name):
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run make pages"


def test_no_page_of_the_reference_is_left_from_other_code():
    made = {DOCS / name for name in PAGES}
    assert {*DOCS.glob("reference/*.md"), *DOCS.glob("model-cards/*.md")} == made


def test_every_option_of_the_help_is_on_the_page(rarml, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    text = cli.page()
    for name, _ in cli.all_commands():
        section = text.partition(f"## {name}\n")[2].partition("\n## ")[0]
        said = rarml(*name.split()[1:], "--help").out
        options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z]", said.partition("Options")[2])) - {"--help"}
        assert options or name in ("rarml models show", "rarml models verify"), name
        assert not [option for option in options if f"`{option}`" not in section], name


def test_environment_variables_are_those_that_the_package_reads():
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (REPO / "rarml").rglob("*.py"))
    read = set(re.findall(r'"(RARML_[A-Z_]+)"', sources))
    read |= set(re.findall(r"\$\{(RARML_[A-Z_]+)\}", sources))
    assert read == {name for name in cli.VARIABLES if name.startswith("RARML_")}


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_of_a_configuration_has_words(kind):
    rows = list(configuration.keys(schema_of(kind)))
    assert len(rows) > 3
    assert not [key for key, _, _, meaning in rows if not meaning]
    assert len({key for key, *_ in rows}) == len(rows)


def test_keys_follow_sections_inwards():
    inner = {"properties": {"b": {"type": "number", "default": 2.0, "exclusiveMinimum": 0}}, "description": "Inner."}
    schema = {
        "properties": {"a": {"$ref": "#/$defs/A"}, "c": {"type": "string"}},
        "required": ["c"],
        "$defs": {"A": inner},
    }
    assert list(configuration.keys(schema)) == [
        ("a", "section", "as below", "Inner."),
        ("a.b", "number (> 0)", "`2`", ""),
        ("c", "text", "required", ""),
    ]


def test_exit_statuses_of_the_page_are_those_of_the_code():
    assert exit_codes.statuses_in_code() == set(exit_codes.MEANINGS)


def test_the_code_is_searched_for_statuses(tmp_path, monkeypatch):
    (tmp_path / "verb.py").write_text("import sys, typer\n\ndef f():\n    raise typer.Exit(code=7)\n\nsys.exit(9)\n")
    monkeypatch.setattr(exit_codes, "CLI", tmp_path)
    assert {7, 9} <= exit_codes.statuses_in_code()


@pytest.mark.parametrize(
    ("arguments", "status"),
    [("models list", 0), ("models lst", 2), ("score CYP26A1 -m none", 2), ("check none.txt", 2)],
)
def test_the_program_ends_as_the_page_says(rarml, arguments, status):
    assert rarml(*arguments.split()).status == status
    assert f"\n| {status} | " in exit_codes.page()


def test_every_shipped_model_has_its_card_and_a_place_in_the_menu():
    shipped = {path.parent.name for path in Path(REPO / "models").glob("*/bundle.json")}
    assert {f"model-cards/{name}.md" for name in shipped} | {"model-cards/index.md"} == set(model_cards.pages())
    menu = (REPO / "mkdocs.yml").read_text(encoding="utf-8")
    for name in shipped:
        assert f"model-cards/{name}.md" in menu
        facts = json.loads((REPO / "models" / name / "bundle.json").read_text(encoding="utf-8"))
        assert facts["cell_type"] in model_cards.pages()["model-cards/index.md"]()


def test_every_public_name_is_on_the_page_of_the_api():
    import rarml as package

    text = api.page()
    assert all(f"[`{name}`]" in text for name in package.__all__ if not name.startswith("_"))


def test_public_docstrings_describe_each_parameter_alone():
    """Of `a, b : int` the page of the API would say that both have the type and the default of the first."""
    import inspect

    import rarml as package

    values = [getattr(package, name) for name in package.__all__ if not name.startswith("_")]
    values += [found for value in values if inspect.isclass(value) for found in vars(value).values() if callable(found)]
    for value in values:
        parameters = re.search(r"Parameters\n-+\n(.*?)(\n\n\w+\n-+\n|$)", inspect.getdoc(value) or "", re.DOTALL)
        if parameters:
            assert not re.search(r"^\w+, \w+", parameters[1], re.MULTILINE), value
