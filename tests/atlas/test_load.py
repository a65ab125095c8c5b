"""The atlas loads, or says everything that is wrong with it: file, line, and what to do."""

import os
import pickle
import shutil
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mscape.atlas.load import PACKAGE, RECORD_FILES, Atlas, load_atlas, load_record
from mscape.atlas.row import ContrastRow, ObservationRow, ParameterRow
from mscape.atlas.row_text import read_rows
from mscape.errors import AtlasError, DataError, FormatError, MscapeError

ID = "xu2018_breast_il6"


def load(record_folder: Path) -> Atlas:
    return load_atlas(record_folder.parent.parent, alone=True)


def find_messages(record_folder: Path) -> list[str]:
    with pytest.raises(MscapeError) as caught:
        load(record_folder)
    return str(caught.value).split("\n")


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_minimal_atlas_loads(tiny_atlas: Atlas) -> None:
    record = tiny_atlas.records[ID]
    assert (len(record.parameters), len(record.observations), len(record.contrasts)) == (3, 5, 5)
    assert record.contrasts[3].arm == ("drug", "drug_msc_anti", "drug_msc")
    assert record.observations[3].dose is None
    assert set(tiny_atlas.drugs) == {"cisplatin"}
    assert tiny_atlas.motifs == {"tiny.ant": "// a motif\n"}
    assert record.find_place("contrasts.tsv", 1) == f"{ID}/contrasts.tsv line 3"


def test_atlas_survives_pickling(tiny_atlas: Atlas) -> None:
    assert pickle.loads(pickle.dumps(tiny_atlas)) == tiny_atlas


def test_packaged_atlas_is_the_default_and_a_folder_adds_to_it(record_folder: Path) -> None:
    changed = record_folder.with_name("xu2099_breast_il6")
    record_folder.rename(changed)
    change(changed / "mechanism.yaml", ID, "xu2099_breast_il6")
    packaged = load_atlas()
    for shared in record_folder.parent.parent.glob("*.tsv"):
        shared.unlink()
    both = load_atlas(record_folder.parent.parent)
    assert set(both.records) == {*packaged.records, "xu2099_breast_il6"}
    assert both.hash != packaged.hash
    assert packaged.folder == PACKAGE


def test_folder_without_mechanisms_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no folder mechanisms/"):
        load_atlas(tmp_path)


def test_hash_follows_content_and_not_line_ends(record_folder: Path) -> None:
    first = load(record_folder).hash
    path = record_folder / "model.ant"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load(record_folder).hash == first
    path.write_text("// another\n", encoding="utf-8")
    assert load(record_folder).hash != first


def test_all_faults_are_told_at_once_with_file_and_line(record_folder: Path) -> None:
    change(record_folder / "mechanism.yaml", "verdict: partly", "verdict: partial")
    change(record_folder / "mechanism.yaml", "summary:", "sumary:")
    change(record_folder / "parameters.tsv", "600\t", "6OO\t")
    change(record_folder / "contrasts.tsv", "\tdown\t", "\tdwn\t")
    (record_folder / "model.ant").unlink()
    messages = find_messages(record_folder)
    starts = (
        f"{ID}/mechanism.yaml line 14: 'verdict.verdict' is 'partial'; expected 'supported', 'partly'",
        f"{ID}/mechanism.yaml line 1: 'summary' is missing; expected a value; add 'summary'",
        f"{ID}/mechanism.yaml line 24: 'sumary' is no field of this form; expected summary; write 'summary'",
        f"{ID}/model.ant: the file is missing",
        f"{ID}/parameters.tsv line 2: 'low' is '6OO'; expected a number",
        f"{ID}/contrasts.tsv line 2: 'kind' is 'dwn'; expected 'up', 'down'",
    )
    assert len(messages) == len(starts)
    for start in starts:
        assert any(message.startswith(start) for message in messages), (start, messages)
    assert any("write 'down'" in message for message in messages)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("mechanism.yaml", "row: 5", "row: 0", "'claim.row' is '0'; expected at least 1"),
        ("mechanism.yaml", "title: MSC", "title: 5 #", "'title' is '5'; expected text; put quotes"),
        ("mechanism.yaml", "id: mcf7", "id: MCF-7", "expected a key"),
        ("mechanism.yaml", "uniprot:P05231", "P05231", "expected an identifier, prefix:accession"),
        ("mechanism.yaml", "'2026-11-23'", "yesterday", "expected a date"),
        ("mechanism.yaml", "hours: 48", "hours: .nan", "'protocols[1].periods[2].hours'"),
        ("mechanism.yaml", "drugs: [cisplatin]", "drugs: cisplatin", "expected a list"),
        ("mechanism.yaml", "summary: Medium", "summary: '' #", "'summary' is empty"),
        ("mechanism.yaml", "value: 0.1", "value: strong", "expected a number"),
        ("mechanism.yaml", "medium_share: 0.5", "medium_share: 2", "expected at most 1"),
        ("mechanism.yaml", "  - period: drug", "  - periode: drug", "write 'period'"),
        ("observations.tsv", "primary-abstract", "mirror", "expected 'primary-abstract'"),
        ("observations.tsv", "\treadout\t", "\tread_out\t", "there is no column 'readout'"),
        (
            "observations.tsv",
            "\tprotocol\t",
            "\tprotokol\t",
            "'protokol' is no column of it; expected protocol",
        ),
        ("contrasts.tsv", "\tin\t", "\tin", "expected 12 as in the header"),
        ("parameters.tsv", "6000", "inf", "expected a finite number"),
        ("parameters.tsv", "6000", "−6", "expected a number"),
    ],
)
def test_faults_are_said_in_plain_words(
    file: str, old: str, new: str, message: str, record_folder: Path
) -> None:
    change(record_folder / file, old, new)
    messages = find_messages(record_folder)
    assert any(message in text and text.startswith(f"{ID}/{file}") for text in messages), messages


def test_folder_and_id_are_one_name(record_folder: Path) -> None:
    record_folder.rename(record_folder.with_name("xu2019_breast_il6"))
    (message,) = find_messages(record_folder)
    assert "the id is 'xu2018_breast_il6' and the folder 'xu2019_breast_il6'" in message


def test_misnamed_file_is_suggested(record_folder: Path) -> None:
    (record_folder / "mechanism.yaml").rename(record_folder / "mechanism.yml")
    (message,) = find_messages(record_folder)
    assert message.endswith("rename 'mechanism.yml'")


@pytest.mark.parametrize("content", ["", "just text", "- a\n- b\n", "5"])
def test_yaml_that_is_no_record_is_said_so(content: str, record_folder: Path) -> None:
    (record_folder / "mechanism.yaml").write_text(content, encoding="utf-8")
    (message,) = find_messages(record_folder)
    assert "holds no fields" in message


@pytest.mark.parametrize("name", RECORD_FILES)
@pytest.mark.parametrize(
    ("content", "error"), [(b"\xff\xff", FormatError), (b"a\0b", FormatError), (b"#" * 9_000_000, DataError)]
)
def test_bad_bytes_are_refused_by_name(
    name: str, content: bytes, error: type[MscapeError], record_folder: Path
) -> None:
    (record_folder / name).write_bytes(content)
    with pytest.raises(error) as caught:
        load(record_folder)
    assert caught.value.where.startswith(f"{ID}/{name}")


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_links_out_of_the_folder_are_refused(record_folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.ant"
    outside.write_text("// outside\n", encoding="utf-8")
    model = record_folder / "model.ant"
    model.unlink()
    model.symlink_to(outside)
    assert "leads out of the folder" in find_messages(record_folder)[0]
    model.unlink()
    model.symlink_to(model.name)
    assert "is not a plain file" in find_messages(record_folder)[0]
    model.unlink()
    model.mkdir()
    assert "is not a plain file" in find_messages(record_folder)[0]


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_record_folder_that_is_a_link_is_refused(record_folder: Path, tmp_path: Path) -> None:
    record_folder.rename(tmp_path / "elsewhere")
    record_folder.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert "leads out of the folder" in find_messages(record_folder)[0]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_pipe_is_not_waited_for(record_folder: Path) -> None:
    (record_folder / "model.ant").unlink()
    os.mkfifo(record_folder / "model.ant")
    assert "is not a plain file" in find_messages(record_folder)[0]


def test_shared_key_that_stands_twice_or_contradicts_the_package_is_refused(record_folder: Path) -> None:
    papers = record_folder.parent.parent / "papers.tsv"
    papers.write_text(papers.read_text(encoding="utf-8") + "xu2018\tXu H\t2018\tabstract\n", encoding="utf-8")
    assert find_messages(record_folder) == [
        "papers.tsv line 4: 'xu2018' stands twice; expected each once; remove one"
    ]
    with pytest.raises(MscapeError, match="packaged table with other content"):
        load_atlas(record_folder.parent.parent)


def test_id_of_a_packaged_record_is_taken(record_folder: Path) -> None:
    for shared in record_folder.parent.parent.glob("*.tsv"):
        shared.unlink()
    with pytest.raises(AtlasError, match="taken by a packaged record"):
        load_atlas(record_folder.parent.parent)


def test_seventeen_records_load_in_a_second(record_folder: Path) -> None:
    for year in range(2000, 2016):
        copy = record_folder.with_name(f"xu{year}_breast_il6")
        shutil.copytree(record_folder, copy)
        change(copy / "mechanism.yaml", ID, copy.name)
    start = time.process_time()
    assert len(load(record_folder).records) == 17
    assert time.process_time() - start < 1


def test_record_loads_by_itself(record_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(record_folder)
    assert load_record(Path()).id == ID


TABLE_TEXT = st.text(alphabet="ab1;.-e\t\n\r#\"' \x00é", max_size=60)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TABLE_TEXT, st.sampled_from([ParameterRow, ObservationRow, ContrastRow]), st.booleans())
def test_any_table_gives_rows_or_an_mscape_error(
    tmp_path: Path, text: str, form: type[ParameterRow], headed: bool
) -> None:
    header = "\t".join(form.model_fields) + "\n" if headed else ""
    path = tmp_path / "any.tsv"
    path.write_text(header + text, encoding="utf-8")
    with suppress(MscapeError):
        read_rows(path, form)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.data())
def test_any_damage_to_a_record_gives_a_record_or_an_mscape_error(
    record_folder: Path, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(RECORD_FILES))
    path = record_folder / name
    original = path.read_bytes()
    start = data.draw(st.integers(0, len(original)))
    length = data.draw(st.integers(0, 40))
    insert = data.draw(st.text(alphabet="a:-[]{}&*!#\t\n0;", max_size=6)).encode()
    path.write_bytes(original[:start] + insert + original[start + length :])
    with suppress(MscapeError):
        load_record(record_folder)
    path.write_bytes(original)
