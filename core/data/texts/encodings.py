"""How a file of texts that is not in Unicode writes its letters: found out from how likely its texts become."""

from __future__ import annotations

from contextlib import suppress

from charset_normalizer import from_bytes

from core.data.texts.own import ENCODINGS

WESTERN = "cp1252"
# What Windows means by these names: the same signs, and some more.
WIDER = {"shift_jis": "cp932", "euc_kr": "cp949", "big5": "cp950"}
KNOWN = {WIDER.get(name, name): name for name in ENCODINGS if name and not name.startswith("utf")}
SEEN = 100_000  # bytes of lines that hold more than ASCII


def written(data: bytes, encoding: str) -> str:
    """The bytes read in one of `ENCODINGS`; a mark at their beginning is left out. UnicodeError where they mean nothing in it."""
    return data.decode("utf-8-sig" if encoding == "utf-8" else WIDER.get(encoding, encoding))


def likeliest(data: bytes) -> tuple[str, str]:
    """What bytes that are no Unicode most likely say, and in which of `ENCODINGS`; "" and "" where none fits.

    It is a guess, which whoever calls has to tell: many bytes mean something in several encodings.
    """
    seen, size = [], 0
    for line in data.splitlines():
        if not line.isascii() and size < SEEN:
            seen.append(line)
            size += len(line)
    found = list(from_bytes(b"\n".join(seen), cp_isolation=list(KNOWN)))
    least = found[0].chaos if found else 0.0
    # Equally clean readings are ranked by whether their letters are those of a language; Western Europe first, which is the commonest.
    found.sort(key=lambda one: (one.chaos > least, -one.coherence, one.encoding != WESTERN))
    for name in (KNOWN[one.encoding] for one in found if one.encoding in KNOWN):
        with suppress(UnicodeError):  # the part that was looked at may fit where the whole does not
            return written(data, name), name
    return "", ""
