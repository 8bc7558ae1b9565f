"""The court's own template: used as it is, refused with a reason when it lacks what is needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from collector.publish.word import Paper, write_template
from collector.publish.word.template import REQUIRED_STYLES
from metrics.errors import ConfigError
from tests.publish.word.reading import headers, tables, texts


def _changed(folder: Path, change: Callable[[Any], None]) -> Path:
    path = write_template(folder / "模板.docx")
    document = Document(str(path))
    change(document)
    document.save(str(path))
    return path


def test_a_letterhead_stays_and_its_placeholders_are_filled(tmp_path: Path) -> None:
    def change(document: Any) -> None:
        document.sections[-1].header.is_linked_to_previous = False  # the cover has none
        document.sections[-1].header.paragraphs[0].text = "{{单位}}文件"
        document.add_table(1, 2).rows[0].cells[1].text = "统计周期：{{周期}}"
        document.add_paragraph("（此件公开发布）")

    paper = Paper.open(_changed(tmp_path, change), {"单位": "示范法院", "周期": "2025年3月"})
    paper.text("正文在这里。")
    paper.mark_draft("草稿")
    paper.save(tmp_path / "out.docx")
    assert texts(tmp_path / "out.docx")[-2:] == ["正文在这里。", "（此件公开发布）"]
    assert tables(tmp_path / "out.docx") == [[["", "统计周期：2025年3月"]]]
    assert sorted(headers(tmp_path / "out.docx")) == ["示范法院文件草稿", "草稿"]


def test_a_placeholder_torn_into_runs_is_found(tmp_path: Path) -> None:
    def change(document: Any) -> None:
        torn = document.add_paragraph("报告：")
        for piece in ("{", "{标", "题}", "} 终"):
            torn.add_run(piece)

    paper = Paper.open(_changed(tmp_path, change), {"标题": "月度报告"})
    paper.save(tmp_path / "out.docx")
    assert texts(tmp_path / "out.docx")[-1] == "报告：月度报告 终"


def test_styles_are_found_by_name_whatever_their_number(tmp_path: Path) -> None:
    def renumber(document: Any) -> None:
        for style in document.styles:
            if style.name == "Body Text":
                style.element.set(style.element.attrib.keys()[1], "a7")

    path = _changed(tmp_path, renumber)
    paper = Paper.open(path, {})
    paper.text("正文")
    paper.save(tmp_path / "out.docx")
    last = [p for p in Document(str(tmp_path / "out.docx")).paragraphs if p.text == "正文"]
    assert [(p.style.name, p.style.style_id) for p in last if p.style] == [("Body Text", "a7")]


@pytest.mark.parametrize("name", REQUIRED_STYLES)
def test_a_missing_style_is_named(tmp_path: Path, name: str) -> None:
    def change(document: Any) -> None:
        found = [style for style in document.styles.element if getattr(style, "name_val", None) == name]
        document.styles.element.remove(found[0])

    path = _changed(tmp_path, change)
    with pytest.raises(ConfigError) as caught:
        Paper.open(path, {})
    assert str(caught.value) == (
        f"模板“{path}”：缺少样式“{REQUIRED_STYLES[name]}”；可用 yunwei report --write-template 写出的模板改"
    )


def _no_body(document: Any) -> None:
    document.paragraphs[-1].text = ""


def _two_bodies(document: Any) -> None:
    document.add_paragraph("{{正文}}")


def _body_in_table(document: Any) -> None:
    document.add_table(1, 1).rows[0].cells[0].text = "{{正文}}"


def _unknown(document: Any) -> None:
    document.sections[-1].footer.paragraphs[0].text = "{{院名}}"


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        (_no_body, "应有一处“{{正文}}”，正文放在那里；现有 0 处"),
        (_two_bodies, "应有一处“{{正文}}”，正文放在那里；现有 2 处"),
        (_body_in_table, "“{{正文}}”应独占一段，不在表格、文本框、页眉或页脚里"),
        (
            _unknown,
            "页脚的“{{院名}}”不认识；可以写：{{正文}}、{{单位}}、{{标题}}、{{项目}}、{{周期}}、{{状态}}、{{日期}}",
        ),
    ],
)
def test_what_cannot_be_filled_is_refused(tmp_path: Path, change: Callable[[Any], None], fact: str) -> None:
    path = _changed(tmp_path, change)
    with pytest.raises(ConfigError) as caught:
        Paper.open(path, {})
    assert str(caught.value) == f"模板“{path}”：{fact}"


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04", b"not a document"])
def test_what_is_no_word_document_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "模板.docx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match="没有这个文件" if content is None else "不是能读的 Word 文档"):
        Paper.open(path, {})
