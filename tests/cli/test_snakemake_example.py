"""The Snakemake example asks for what rarml and its configuration have."""

import re
import shlex
from pathlib import Path

import yaml
from typer.main import get_command

from rarml.cli.app import app

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "examples" / "snakemake"
TEXT = (FOLDER / "Snakefile").read_text()


def commands():
    """The words of every shell line, placeholders as they are."""
    for block in re.findall(r"shell:\n((?:\s+\".*\"\n)+)", TEXT):
        line = "".join(re.findall(r"\"(.*)\"", block))
        yield shlex.split(line.partition(" > ")[0])


def test_every_command_and_option_exists():
    known = get_command(app).commands
    asked = list(commands())
    assert [words[1] for words in asked] == ["check", "train", "score"]
    for words in asked:
        options = {option for parameter in known[words[1]].params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options
    factors = re.search(r'f"(--\w+) \{name\}"', TEXT).group(1)
    assert factors in {option for parameter in known["train"].params for option in parameter.opts}


def test_the_configuration_has_every_key_that_is_used():
    config = yaml.safe_load((FOLDER / "config.yaml").read_text())
    assert set(re.findall(r'(?<!\])config\["(\w+)"\]', TEXT)) == set(config)
    for contrast in config["contrasts"].values():
        assert set(contrast) <= {"treated", "factors"}


def test_it_is_a_python_like_file_with_an_output_per_rule():
    rules = re.split(r"^rule (\w+):$", TEXT, flags=re.MULTILINE)[1:]
    named = dict(zip(rules[::2], rules[1::2], strict=True))
    assert set(named) == {"all", "check", "train", "score"}
    for name, body in named.items():
        assert "input:" in body
        assert name == "all" or ("output:" in body and "shell:" in body)
