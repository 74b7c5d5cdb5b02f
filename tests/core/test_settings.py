import pytest

from rarml.core.errors import SettingsError
from rarml.core.settings import Settings, load_settings


class Inner(Settings):
    min_level: float = 1.0


class Outer(Settings):
    name: str
    inner: Inner = Inner()
    many: tuple[Inner, ...] = ()


def write(tmp_path, text):
    path = tmp_path / "c.yaml"
    path.write_text(text)
    return path


def test_reads_nested_settings_frozen(tmp_path):
    settings = load_settings(write(tmp_path, "name: a\ninner: {min_level: 2}\n"), Outer)
    assert settings == Outer(name="a", inner=Inner(min_level=2.0))
    with pytest.raises(ValueError, match="frozen"):
        settings.name = "b"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nmae: a\n", "unknown key 'nmae'.*did you mean 'name'"),
        ("name: a\ninner: {min_levle: 2}\n", "unknown key 'inner.min_levle'.*did you mean 'min_level'"),
        ("name: a\nmany: [{min_levle: 2}]\n", "did you mean 'min_level'"),
        ("inner: {}\n", "key 'name' is missing"),
        ("name: a\ninner: {min_level: high}\n", "inner.min_level.*number.*'high'"),
        ("name: [a\n", r"c\.yaml:2: not valid YAML"),
        ("- a\n", "holds no settings"),
    ],
)
def test_faults_name_the_file_the_key_and_the_mend(tmp_path, text, message):
    with pytest.raises(SettingsError, match=message) as error:
        load_settings(write(tmp_path, text), Outer)
    assert "c.yaml" in str(error.value)
    assert "\n" not in str(error.value)


def test_yaml_cannot_run_code(tmp_path):
    with pytest.raises(SettingsError):
        load_settings(write(tmp_path, "name: !!python/object/apply:os.getcwd []\n"), Outer)
