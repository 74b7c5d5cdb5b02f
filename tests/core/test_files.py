import gzip
import os

import pytest

from rarml.core.errors import InputError
from rarml.core.files import (
    atomic_file,
    atomic_folder,
    open_text,
    read_json,
    require_file,
    require_new,
    require_new_file,
    sha256_file,
    write_json,
)


def test_open_text_reads_plain_and_gzip_alike_whatever_the_name(tmp_path):
    plain, zipped = tmp_path / "a.gz", tmp_path / "b.txt"
    plain.write_text("gene\n")
    zipped.write_bytes(gzip.compress(b"gene\n"))
    for path in (plain, zipped):
        with open_text(path) as handle:
            assert handle.read() == "gene\n"


def test_byte_order_mark_is_not_part_of_the_first_word(tmp_path):
    path = tmp_path / "excel.csv"
    path.write_bytes(b"\xef\xbb\xbfgene,padj\n")
    with open_text(path) as handle:
        assert handle.readline() == "gene,padj\n"


def test_truncated_gzip_is_one_clear_error(tmp_path):
    path = tmp_path / "cut.tsv.gz"
    path.write_bytes(gzip.compress(os.urandom(5000))[:2000])
    with pytest.raises(InputError, match="truncated") as error, open_text(path) as handle:
        handle.read()
    assert str(path) in str(error.value)


def test_damaged_gzip_is_one_clear_error(tmp_path):
    path = tmp_path / "bad.gz"
    content = bytearray(gzip.compress(b"x" * 5000))
    content[15:25] = b"\xff" * 10
    path.write_bytes(bytes(content))
    with pytest.raises(InputError, match="damaged|truncated"), open_text(path) as handle:
        handle.read()


def test_binary_file_is_not_text(tmp_path):
    path = tmp_path / "x.bin"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(InputError, match="UTF-8"), open_text(path) as handle:
        handle.read()


def test_missing_folder_and_empty_are_told_apart(tmp_path):
    (tmp_path / "table.csv").write_text("x")
    empty = tmp_path / "empty.csv"
    empty.touch()
    with pytest.raises(InputError, match=r"no such file.*table\.csv"):
        require_file(tmp_path / "table.tsv")
    with pytest.raises(InputError, match="is a folder"):
        require_file(tmp_path)
    with pytest.raises(InputError, match="is empty"):
        require_file(empty)


def test_atomic_file_keeps_the_earlier_result_when_the_block_fails(tmp_path):
    target = tmp_path / "out.txt"
    target.write_text("earlier")
    with pytest.raises(RuntimeError), atomic_file(target) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert target.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [target]


def test_atomic_folder_replaces_only_when_whole_and_only_when_allowed(tmp_path):
    target = tmp_path / "model"
    with atomic_folder(target) as folder:
        (folder / "a").write_text("1")
    with pytest.raises(InputError, match="exists already"), atomic_folder(target):
        pass
    with pytest.raises(RuntimeError), atomic_folder(target, overwrite=True) as folder:
        (folder / "a").write_text("2")
        raise RuntimeError
    assert (target / "a").read_text() == "1"
    with atomic_folder(target, overwrite=True) as folder:
        (folder / "b").write_text("3")
    assert [path.name for path in target.iterdir()] == ["b"]
    assert list(tmp_path.iterdir()) == [target]


def test_an_empty_folder_may_be_written_into(tmp_path):
    assert require_new(tmp_path) == tmp_path
    with pytest.raises(InputError, match="is a file"):
        (tmp_path / "f").write_text("x")
        require_new(tmp_path / "f")


def test_a_file_is_written_where_none_is_unless_it_may_be_replaced(tmp_path):
    file = tmp_path / "f"
    assert require_new_file(file) == file
    file.write_text("x")
    with pytest.raises(InputError, match="exists already"):
        require_new_file(file)
    assert require_new_file(file, overwrite=True) == file
    with pytest.raises(InputError, match="is a folder"):
        require_new_file(tmp_path, overwrite=True)


def test_json_bytes_do_not_depend_on_key_order(tmp_path):
    write_json(tmp_path / "a", {"b": 1, "a": [1.5, None]})
    write_json(tmp_path / "b", {"a": [1.5, None], "b": 1})
    assert sha256_file(tmp_path / "a") == sha256_file(tmp_path / "b")
    assert read_json(tmp_path / "a") == {"a": [1.5, None], "b": 1}


def test_json_fault_names_the_line(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('{\n"a": }\n')
    with pytest.raises(InputError, match=r"x\.json:2"):
        read_json(path)
