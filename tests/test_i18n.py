"""Every text has a Chinese translation that keeps its placeholders, and no text escapes the catalogue."""

import ast
import math
import re
import string
import subprocess
import sys
import unicodedata
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import extract, pofile

from core import i18n
from core.frame import Message

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [p for folder in ("core", "pages") for p in (ROOT / folder).rglob("*.py")] + [ROOT / "dashboard.py"]
NEVER = ["隐蔽层", "流传", "练习", "辨别器", "梯度消散", "记忆单位", "盘算", "特性"]


def in_code() -> set[str]:
    found = set()
    for path in SOURCES:
        for _line, message, _comments, _context in extract.extract("python", BytesIO(path.read_bytes()), {"_": None, "N_": None}):
            if message:
                found.add(message)
    return found


def catalogue() -> dict[str, str]:
    with (ROOT / "locale/zh_CN/LC_MESSAGES/messages.po").open("rb") as file:
        return {m.id: m.string for m in pofile.read_po(file) if m.id and not m.fuzzy}


def placeholders(text: str) -> list[str]:
    """The fields of a template, with their formats."""
    return sorted(f"{field}:{spec}" for _t, field, spec, _c in string.Formatter().parse(text) if field is not None)


def test_every_text_is_translated():
    assert sorted(in_code() - {k for k, v in catalogue().items() if v}) == []


def test_the_catalogue_holds_nothing_that_the_code_does_not_say():
    assert sorted(set(catalogue()) - in_code()) == []


def test_a_translation_keeps_its_placeholders():
    broken = {k: v for k, v in catalogue().items() if placeholders(k) != placeholders(v)}
    assert broken == {}


def test_a_translation_uses_the_agreed_terms():
    assert {k: v for k, v in catalogue().items() if any(word in v for word in NEVER)} == {}


def test_bold_begins_and_ends_where_markdown_sees_it():
    """Between a sign and a Chinese letter, which no blank parts, two stars are only stars."""
    sign = lambda c: bool(c) and unicodedata.category(c)[0] == "P"  # noqa: E731
    unseen = []
    for text in catalogue().values():
        parts = text.split("**")
        for before, bold, after in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
            if sign(bold[-1]) and after[:1].isalnum() or sign(bold[0]) and before[-1:].isalnum():
                unseen.append(text)
    assert not unseen


def test_a_translation_is_chinese():
    """A text with words in it says something in Chinese, unless it is a name."""
    names = re.compile(r"^[\W\d_]*([A-Z][\w./-]*|[a-z]+ReLU|tanh|sigmoid|σ|leaky ReLU|SiLU \(swish\))?[\W\d_]*$")
    left = {k: v for k, v in catalogue().items() if k == v and not names.match(re.sub(r"\{[^}]*\}", "", k))}
    assert left == {}


@pytest.mark.parametrize("tags, language", [(["zh-CN"], "zh"), (["zh_TW"], "zh"), (["en-US"], "en"), (["fr-FR"], "en"),
                                            ([None], "en"), (["de", "zh"], "zh"), ([], "en")])
def test_the_language_is_the_first_that_we_speak(tags, language):
    assert i18n.choose(tags) == language


def test_a_message_is_said_in_the_session_s_language_with_its_arguments_translated():
    message = Message(i18n.N_("“{label}” cannot be “{text}”. The default is shown."), {"label": ["_", "Learning rate"], "text": "x"})
    try:
        i18n.use("zh")
        assert "学习率" in i18n.say(message)
        assert "x" in i18n.say(message)
        i18n.use("en")
        assert "“Learning rate” cannot be “x”" in i18n.say(message)
    finally:
        i18n.use("en")


def test_an_unknown_language_is_refused_by_name():
    with pytest.raises(ValueError, match="'tlh'"):
        i18n.use("tlh")


def test_languages_of_two_threads_do_not_mix():
    script = ("import threading\nfrom core import i18n\ni18n.use('zh')\nseen=[]\n"
              "t=threading.Thread(target=lambda: seen.append(i18n.language())); t.start(); t.join()\n"
              "assert seen==['en'] and i18n.language()=='zh'")
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)


def test_no_text_is_marked_inside_an_f_string():
    """Babel does not look there: the text would never be translated."""
    found = []
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                found += [(file.name, call.lineno) for call in ast.walk(node) if isinstance(call, ast.Call)
                          and getattr(call.func, "id", "") in ("_", "N_") and isinstance(call.args[0], ast.Constant)]
    assert found == []


@pytest.mark.parametrize("value, whole, tenth", [(0.665, "67%", "66.5%"), (0.145, "15%", "14.5%"), (0.66499, "66%", "66.5%"),
                                                 (1, "100%", "100.0%"), (0.0845, "8%", "8.5%"), (-0.005, "-1%", "-0.5%"),
                                                 (float("nan"), "nan%", "nan%"), (1e25, f"{1e25:.0%}", f"{1e25:.1%}"),
                                                 (-math.inf, "-inf%", "-inf%")])
def test_shares_are_rounded_as_the_browser_rounds_them(value, whole, tenth):
    """Intl.NumberFormat takes the shortest number that a float prints as, and rounds halves away from zero."""
    assert i18n._("{a:.0%} and {a:.1%} of {b}", a=value, b="x") == f"{whole} and {tenth} of x"
