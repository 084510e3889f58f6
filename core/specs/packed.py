"""Small data in the characters that an address may hold: JSON, compressed, in base 64."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import Any

TEXT, PLAIN = 4000, 40_000  # characters of an address, and bytes that they may unfold to


def pack(data: Any) -> str:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def unpack(text: str) -> Any:
    """Read what `pack` wrote. ValueError for anything else, and for what would unfold to too much."""
    if len(text) > TEXT:
        raise ValueError(f"{len(text)} characters; at most {TEXT} are read")
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        plain = zlib.decompressobj()
        data = json.loads(plain.decompress(packed, PLAIN))
    except (zlib.error, binascii.Error, RecursionError) as problem:
        raise ValueError(str(problem)) from problem
    if plain.unconsumed_tail or not plain.eof or plain.unused_data:
        raise ValueError(f"it unfolds to more than {PLAIN} bytes, is cut, or goes on after its end")
    return data
