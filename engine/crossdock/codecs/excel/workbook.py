"""The files a workbook with one sheet is made of (ECMA-376, part 1: SpreadsheetML), the same for the same rows."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DAY, MOMENT = 1, 2  # styles of cells, by their place in the list below

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EPOCH = (1980, 1, 1, 0, 0, 0)
_PART = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_PART}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_PART}.styles+xml"/>{{sheets}}</Types>'
)
_ROOT = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_RELATED = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">{{sheets}}'
    f'<Relationship Id="styles" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
)
# The built-in formats 14 (a date) and 22 (date and time) show as the reader's country writes them (18.8.30).
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="22" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def workbook(sheet: str, rows: Iterable[str], number: int = 1) -> bytes:
    """The workbook. ``sheet`` and ``rows`` are XML already; before the sheet ``number`` stand empty ones."""
    packed = io.BytesIO()
    names = [*(f"Empty{index}" for index in range(1, number)), sheet]
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _files(names).items():
            archive.writestr(_info(name), _HEAD + text)
        with archive.open(_info(f"xl/worksheets/sheet{number}.xml"), "w") as file:
            file.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for row in rows:
                file.write(row.encode())
            file.write(b"</sheetData></worksheet>")
    return packed.getvalue()


def _files(names: list[str]) -> dict[str, str]:
    """Everything but the sheet with the rows, which is the last."""
    sheets = dict(enumerate(names, start=1))
    listed = "".join(f'<sheet name="{name}" sheetId="{index}" r:id="rId{index}"/>' for index, name in sheets.items())
    related = "".join(
        f'<Relationship Id="rId{index}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{index}.xml"/>'
        for index in sheets
    )
    typed = "".join(
        f'<Override PartName="/xl/worksheets/sheet{index}.xml" ContentType="{_PART}.worksheet+xml"/>'
        for index in sheets
    )
    empty = f'<worksheet xmlns="{_MAIN}"><sheetData/></worksheet>'
    return {
        "[Content_Types].xml": _TYPES.format(sheets=typed),
        "_rels/.rels": _ROOT,
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _RELATED.format(sheets=related),
        "xl/styles.xml": _STYLES,
        **{f"xl/worksheets/sheet{index}.xml": empty for index in range(1, len(names))},
    }


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info
