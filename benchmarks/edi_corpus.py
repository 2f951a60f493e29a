"""What becomes of every file of a folder of EDI: docs/evidence/edi-corpus.md.

    python benchmarks/edi_corpus.py FOLDER [--write docs/evidence/edi-corpus.md]

Each file is read, written back where it is in order, and answered (997 with TA1, or CONTRL); the answer is read as its
receiver would read it. Transactions are also counted by plain search. A row that breaks a promise says so, and the
exit code is 1.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "engine"))

from crossdock.testing.edi.corpus import corpus_files
from crossdock.testing.edi.examination import Examination, examine

HEAD = """# Files as the world sends them

Sample files from public repositories, kept as found, faults included; {files} of them hold EDI. The table is made by
`python benchmarks/edi_corpus.py FOLDER`; the same promises are tests (`tests/unit/x12/test_real_files.py`), and they
are kept on mutations of these files too (`python -m crossdock.testing.fuzz`).

* *Transactions*: counted by plain search / seen by the reader. No file may have fewer seen.
* *Rejected*: those with an error; the findings are in [the reference](../reference/findings.md).
* *Back*: a file in which nothing is wrong is written back to the byte (**same**); - where something is, and writing
  mends it.
* *Answered*: an acknowledgement was made, written, read again and found valid; *none possible* where there is no
  envelope to answer to, or nothing else to say.

{totals}

Every kind of finding was held against its files: none is a false alarm. Most EDIFACT samples were written by hand and
have a UNZ that names another reference than their UNB (X212), a UNT that counts other segments than there are (X233),
no UNB at all (X219), or lack a mandatory UNS (X245); a file with any of these is not "in order".

| file | standard | sets | transactions | rejected | findings | back | answered |
|---|---|---|---|---|---|---|---|
"""


def _row(name: str, expected: int, found: Examination) -> str:
    sets = " ".join(f"{one}x{count}" if count > 1 else one for one, count in sorted(found.sets.items()))
    codes = " ".join(f"{code}x{count}" if count > 1 else code for code, count in sorted(found.codes.items()))
    back = {True: "**same**", False: "DIFFERS", None: "-"}[found.same]
    answers = ", ".join("none possible" if answer == "none" else answer for answer in found.answers) or "-"
    cells = [name, found.standard, sets, f"{expected} / {found.seen}", str(found.rejected), codes, back, answers]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _wrong(expected: int, found: Examination) -> list[str]:
    wrong = list(found.broken)
    if found.seen != expected:
        wrong.append(f"{expected} transactions, {found.seen} seen")
    if found.same is False:
        wrong.append("not written back to the byte")
    return wrong


def _totals(rows: list[tuple[str, int, Examination]]) -> str:
    lines = [
        "| | files | transactions | rejected | written back to the byte | answers, all valid |",
        "|---|---|---|---|---|---|",
    ]
    for standard in sorted({found.standard for _, _, found in rows}):
        ours = [found for _, _, found in rows if found.standard == standard]
        answers = sum((found.answers for found in ours), Counter[str]())
        cells = [
            standard,
            len(ours),
            sum(found.seen for found in ours),
            sum(found.rejected for found in ours),
            f"{sum(found.same is True for found in ours)} of {sum(found.same is not None for found in ours)}",
            answers["valid"],
        ]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def main() -> int:
    """Prints or writes the table; 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    rows = []
    for path, standard in corpus_files(options.folder):
        data = path.read_bytes()
        rows.append((path.relative_to(options.folder).as_posix(), standard.count(data), examine(data, standard)))
    text = HEAD.format(files=len(rows), totals=_totals(rows)) + "\n".join(_row(*row) for row in rows) + "\n"
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    else:
        print(text)  # noqa: T201
    broken = [f"{name}: {said}" for name, expected, found in rows for said in _wrong(expected, found)]
    print("\n".join(broken) or f"{len(rows)} files, every promise kept", file=sys.stderr)  # noqa: T201
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
