"""Bring the catalogues up to date with the texts in the code: `make messages`. Prints what is left to translate.

New texts come in untranslated, texts that are gone go out, nothing is guessed.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages import extract, pofile
from babel.messages.catalog import Catalog

ROOT = Path(__file__).resolve().parent.parent
HEADER = """# Simplified Chinese translation of the deep learning dashboard, under the licence of the project.
# The agreed terms stand in CONTRIBUTING.md.
msgid ""
msgstr ""
"Project-Id-Version: deep-learning-dashboard\\n"
"Language: zh_CN\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def texts() -> list[str]:
    """All marked texts of the code, sorted."""
    files = [p for folder in ("core", "pages") for p in (ROOT / folder).rglob("*.py")] + [ROOT / "dashboard.py"]
    found = {message for path in files for _line, message, _comments, _context
             in extract.extract("python", BytesIO(path.read_bytes()), {"_": None, "N_": None}) if message}
    return sorted(found)


def update(path: Path, translations: dict[str, str] | None = None) -> list[str]:
    """Rewrite a catalogue with the code's texts; returns those without a translation."""
    with path.open("rb") as file:
        known = {m.id: m.string for m in pofile.read_po(file) if m.id} | (translations or {})
    catalogue = Catalog(locale="zh_CN")
    for text in texts():
        catalogue.add(text, known.get(text, ""))
    body = BytesIO()
    pofile.write_po(body, catalogue, width=120, sort_output=True, omit_header=True)
    path.write_bytes(HEADER.encode() + body.getvalue().lstrip())
    return [text for text in texts() if not known.get(text)]


if __name__ == "__main__":
    for path in (ROOT / "locale").glob("*/LC_MESSAGES/messages.po"):
        left = update(path)
        print(f"{path.relative_to(ROOT)}: {len(left)} texts to translate", *left, sep="\n  ")
