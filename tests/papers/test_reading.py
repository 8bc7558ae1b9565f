"""Papers as lines and tables, whatever their format."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from pypdf import PdfWriter

from adapters.papers import Line, read_paper
from metrics.errors import InputError
from tests.papers.writing import E5, write_docx, write_xlsx


def test_a_merged_cell_of_a_document_is_given_once(tmp_path: Path) -> None:
    document = docx.Document()
    table = document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(0, 2)).text = "标题"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "产出"
    table.cell(2, 2).text = "10"
    document.save(str(tmp_path / "a.docx"))
    (read,) = read_paper(tmp_path / "a.docx").tables
    assert (read.place, read.rows) == ("表 1", (("标题", "", ""), ("产出", "", ""), ("", "", "10")))


def test_paragraphs_stand_outside_of_tables_and_line_breaks_are_lines(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx", [["甲", "乙"]], "自评报告\n得分")
    document = docx.Document(str(path))
    document.add_paragraph("第一行\n第二行")
    document.save(str(path))
    lines = read_paper(path).lines
    assert lines == (
        Line("第 1 段", "自评报告"),
        Line("第 2 段", "得分"),
        Line("第 3 段", "第一行"),
        Line("第 3 段", "第二行"),
    )


def test_text_inserted_under_review_counts(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("自评得分")
    inserted = OxmlElement("w:ins")
    inserted.append(paragraph.add_run("92.42分")._r)
    paragraph._p.append(inserted)
    document.save(str(tmp_path / "a.docx"))
    assert read_paper(tmp_path / "a.docx").lines[0].text == "自评得分92.42分"


def test_a_table_within_a_table_comes_after_it(tmp_path: Path) -> None:
    document = docx.Document()
    outer = document.add_table(1, 2)
    outer.cell(0, 0).text = "外"
    outer.cell(0, 1).add_table(1, 1).cell(0, 0).text = "内"
    document.save(str(tmp_path / "a.docx"))
    first, second = read_paper(tmp_path / "a.docx").tables
    assert (first.place, second.place, second.rows) == ("表 1", "表 1中的第 1 个表", (("内",),))


def test_a_workbook_is_a_table_for_every_sheet(tmp_path: Path) -> None:
    (table,) = read_paper(write_xlsx(tmp_path / "a.xlsx", E5)).tables
    assert table.place == "工作表“自评表”"
    assert table.rows[0] == ("项目支出绩效自评表", *[""] * 9)
    assert table.rows[3] == ("", "年度资金总额", "", "8500", "8500", "8273.92", "", "10", "0.9734", "9.73")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes("自评得分\r\n\r\n92.42分".encode(encoding))
    assert read_paper(tmp_path / "a.txt").lines == (Line("第 1 行", "自评得分"), Line("第 3 行", "92.42分"))


def test_neighbouring_lines_with_tabs_are_a_table(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("标题\n指标\t得分\n效益\t27\t\n完", encoding="utf-8")
    (table,) = read_paper(tmp_path / "a.txt").tables
    assert (table.place, table.rows) == ("第 2–3 行的表", (("指标", "得分", ""), ("效益", "27", "")))


def test_a_scan_is_named_as_one(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(str(tmp_path / "扫描.pdf"))
    with pytest.raises(InputError, match=r"文件“扫描.pdf”：没有文字层（多半是扫描件）"):
        read_paper(tmp_path / "扫描.pdf")


def test_a_protected_pdf_is_named_as_one(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(str(tmp_path / "a.pdf"))
    with pytest.raises(InputError, match="有密码保护"):
        read_paper(tmp_path / "a.pdf")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件是空的"),
        (b"%PDF-1.7\nbroken", "不是完整的 PDF 文档"),
        (b"PK\x03\x04broken", "文件不完整"),
        (b"{\\rtf1", "是 RTF 文档"),
        (b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le"), "是旧版 Word 文档"),
        (b"\x89PNG\r\n", "是图片"),
    ],
)
def test_what_is_no_paper_is_said_in_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(InputError, match=sentence):
        read_paper(tmp_path / "a")


def test_a_damaged_document_is_said_to_be_one(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx", [["甲", "乙"]])
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(InputError, match="完整"):
        read_paper(path)


@pytest.mark.parametrize(
    ("name", "promised"),
    [
        ("报告.docx", " Word 文档（docx）"),
        ("报告.DOCX", " Word 文档（docx）"),
        ("报告.doc", " Word 文档（doc）"),
        ("自评表.xlsx", " Excel 工作簿（xlsx）"),
        ("报告.pdf", " PDF 文档"),
        ("汇报.pptx", "演示文稿（pptx）"),
    ],
)
def test_text_under_the_name_of_a_document_is_a_damaged_one(tmp_path: Path, name: str, promised: str) -> None:
    (tmp_path / name).write_text("正常运行率为99%", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_paper(tmp_path / name)
    assert str(refused.value) == (
        f"文件“{name}”：内容不是{promised}，可能已损坏或没有传完；应为完整的原件，本来就是文本的请把扩展名改为 .txt"
    )


@pytest.mark.parametrize("name", ["报告.txt", "报告.xls", "报告"])
def test_text_under_a_name_that_promises_no_document_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("正常运行率为99%", encoding="utf-8")
    assert [line.text for line in read_paper(tmp_path / name).lines] == ["正常运行率为99%"]


def test_a_presentation_is_named_as_one(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "汇报.pptx", "w") as archive:
        for name in ("[Content_Types].xml", "ppt/presentation.xml"):
            archive.writestr(name, "<x/>")
    with pytest.raises(InputError, match=r"文件“汇报.pptx”：是演示文稿（pptx），请提供 Word"):
        read_paper(tmp_path / "汇报.pptx")


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"文件“a.docx”：无法打开文件"):
        read_paper(tmp_path / "a.docx")
