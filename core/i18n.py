"""English and 简体中文. English is written in the code; `locale/<language>/LC_MESSAGES/messages.po` holds the rest.

`_("…")` translates now, in the language of the session that is running; `N_("…")` only marks a text that is translated
later (labels declared at import). Catalogues are read from the .po files themselves, so there is nothing to compile.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from numbers import Real
from pathlib import Path
from string import Formatter
from typing import Any

from core.frame import Message

LANGUAGES = {"en": "English", "zh": "简体中文"}
FOLDERS = {"zh": "zh_CN"}
LOCALE = Path(__file__).resolve().parent.parent / "locale"

_language: ContextVar[str] = ContextVar("language", default="en")


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """Return the translations of one language, English being the code's own text."""
    if language not in FOLDERS:
        return gettext.NullTranslations()
    from babel.messages import mofile, pofile

    with (LOCALE / FOLDERS[language] / "LC_MESSAGES" / "messages.po").open("rb") as file:
        compiled = io.BytesIO()
        mofile.write_mo(compiled, pofile.read_po(file))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def choose(preferred: Sequence[str | None]) -> str:
    """Return the first of our languages among tags such as "zh-CN" or "en_US"; English if there is none."""
    return next(filter(None, map(known, preferred)), "en")


def known(tag: str | None) -> str | None:
    """Return the language of ours that a tag such as "zh-CN" or "en_US" names; None if there is none."""
    code = (tag or "").lower().replace("_", "-").split("-")[0]
    return code if code in LANGUAGES else None


def use(language: str) -> None:
    """Speak this language in the current thread from now on."""
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r} is not one of {', '.join(LANGUAGES)}")
    _language.set(language)


def language() -> str:
    return _language.get()


def N_(text: str) -> str:  # noqa: N802 - the usual name
    """Mark a text for translation without translating it."""
    return text


def _(text: str, /, **values: Any) -> str:
    """Translate a text and fill its {placeholders}."""
    translated = catalogue(_language.get()).gettext(text) if text else text
    if not values:
        return translated
    return _filling.vformat(translated, (), values) if "%}" in translated else translated.format(**values)


class _Filling(Formatter):
    """Shares are rounded as a browser rounds them, halves up: Python makes 66% of 0.665, and the picture beside it says 67%."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec.endswith("%") and isinstance(value, Real) and abs(float(value)) < 1e15:  # a larger float has no halves
            digits = re.search(r"\.(\d+)%$", format_spec)
            place = Decimal(1).scaleb(-2 - int(digits[1] if digits else 6))
            value = Decimal(repr(float(value))).quantize(place, ROUND_HALF_UP)
        return format(value, format_spec)


_filling = _Filling()


def say(message: Message) -> str:
    """Say a message, whose id is its English template, in the session's language.

    An argument that is itself marked (a list ["_", text]) is translated first: the name of a setting, say.
    """
    values = {k: _(v[1]) if isinstance(v, list) and v[:1] == ["_"] else v for k, v in message.args.items()}
    return _(message.id, **values)


def listed(parts: Iterable[str]) -> str:
    """Words one after the other: Chinese has a comma of its own for that."""
    return _(", ").join(parts)


def said(messages: Iterable[Message]) -> str:
    """Several messages as one text."""
    return together(*map(say, messages))


def together(*sentences: str) -> str:
    """Several sentences as one text: Chinese has no space between them."""
    return ("" if language() == "zh" else " ").join(sentences)
