"""The frame format: what is written is what is read, byte for byte, and damage is noticed."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core import frame
from core.frame import Checkpoint, End, Frame, Message

few = settings(max_examples=40, deadline=None, derandomize=True)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2**53, 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab_é中", max_size=4), inner, max_size=3), max_leaves=8)
HEADERS = st.dictionaries(st.text("xyz中", min_size=1, max_size=5), JSON, max_size=4)
NAMES = st.text("abcw0123_·层", min_size=1, max_size=6)


def arrays() -> st.SearchStrategy[dict[str, np.ndarray]]:
    shapes = hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=4)
    one = st.sampled_from(frame.DTYPES).flatmap(lambda dtype: hnp.arrays(dtype, shapes))
    return st.dictionaries(NAMES, one, max_size=4)


def same(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> None:
    """Equal names in equal order, types, shapes and bits (a NaN equals itself)."""
    assert [*a] == [*b]
    for name in a:
        assert (a[name].dtype, a[name].shape) == (b[name].dtype, b[name].shape), name
        assert a[name].tobytes() == b[name].tobytes(), name


def by_hand(raw: bytes) -> tuple[dict[str, Any], bytes]:
    """Header and body of a record, read with nothing but the layout in the docstring."""
    head, body = int.from_bytes(raw[:4], "little"), int.from_bytes(raw[4:8], "little")
    assert len(raw) == 8 + head + body
    return json.loads(raw[8:8 + head].decode("utf-8")), raw[8 + head:]


@few
@given(HEADERS, arrays())
def test_what_is_encoded_is_decoded(header: dict[str, Any], content: dict[str, np.ndarray]) -> None:
    raw = frame.encode("thing", header, content)
    record = frame.decode(raw)
    assert record.kind == "thing" and record.raw == raw
    assert record.header == {"kind": "thing", **header}
    same(record.arrays, content)
    assert frame.encode("thing", header, record.arrays) == raw


def test_an_array_without_dimensions_keeps_its_shape() -> None:
    content = {"a": np.array(3.5, "float32"), "b": np.zeros((), "uint8")}
    same(frame.decode(frame.encode("thing", {}, content)).arrays, content)


@few
@given(arrays())
def test_layout_is_that_of_the_docstring(content: dict[str, np.ndarray]) -> None:
    header, body = by_hand(frame.encode("thing", {"a": 1}, content))
    assert header["kind"] == "thing" and header["a"] == 1
    for described in header["arrays"]:
        assert described["offset"] % 8 == 0
        values = content[described["name"]]
        start = described["offset"]
        assert body[start:start + values.nbytes] == values.astype(values.dtype.newbyteorder("<")).tobytes()
    assert len(body) % 8 == 0


def test_lengths_are_little_endian() -> None:
    raw = frame.encode("x", {}, {"a": np.arange(3, dtype="int32")})
    head, body = struct.unpack("<II", raw[:8])
    assert body == 16 and raw[8 + head:8 + head + 12] == bytes([0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0])


def test_arrays_need_not_be_contiguous() -> None:
    whole = np.arange(24, dtype="float32").reshape(4, 6)
    same(frame.decode(frame.encode("x", {}, {"t": whole.T, "s": whole[::2, ::3]})).arrays, {"t": whole.T, "s": whole[::2, ::3]})


def test_decoded_arrays_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="read-only"):
        frame.decode(frame.encode("x", {}, {"a": np.zeros(2, "float32")})).arrays["a"][0] = 1


@pytest.mark.parametrize("dtype", ["float64", "int64", "bool", "uint16", "complex64", "U3", "object"])
def test_another_dtype_is_refused_by_name(dtype: str) -> None:
    with pytest.raises(TypeError, match=r"'picture'.*uint8, int32, float16, float32"):
        frame.encode("x", {}, {"picture": np.zeros(2, dtype)})


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), np.float64("nan")])
def test_a_header_holds_finite_numbers_only(bad: float) -> None:
    with pytest.raises(ValueError):
        frame.encode("x", {"loss": bad})
    with pytest.raises(ValueError):
        frame.encode_frame(Frame(1, 1, 0.0, [{"epoch": 1, "loss": bad}]))
    with pytest.raises(ValueError):
        frame.encode_end(End(notes=[Message("{x}", {"x": bad})]))


@few
@given(st.lists(st.tuples(HEADERS, arrays()), max_size=5))
def test_records_laid_end_to_end_come_apart_again(parts: list[tuple[dict[str, Any], dict[str, np.ndarray]]]) -> None:
    made = [frame.encode(f"kind{i}", header, content) for i, (header, content) in enumerate(parts)]
    assert list(frame.split(b"".join(made))) == made
    assert [record.raw for record in frame.records(b"".join(made))] == made
    assert [record.raw for record in frame.records([b"".join(made[:2]), b"", b"".join(made[2:])])] == made


@few
@given(arrays(), st.data())
def test_a_byte_string_that_ends_inside_a_record_is_refused(content: dict[str, np.ndarray], data: st.DataObject) -> None:
    first, second = frame.encode("a", {"x": 1}), frame.encode("b", {}, content)
    whole = first + second
    cut = data.draw(st.integers(1, len(whole) - 1).filter(lambda n: n != len(first)))
    found = []
    with pytest.raises(ValueError, match="byte"):
        for raw in frame.split(whole[:cut]):
            found.append(raw)
    assert found == ([first] if cut > len(first) else [])


@few
@given(st.binary(min_size=1, max_size=200))
def test_split_of_anything_gives_it_back_or_refuses(data: bytes) -> None:
    try:
        assert b"".join(frame.split(data)) == data
    except ValueError as problem:
        assert "byte" in str(problem)


def test_a_header_that_claims_too_much_is_refused() -> None:
    size = frame.HEADER_LIMIT + 1
    with pytest.raises(ValueError, match=str(size)):
        list(frame.split(struct.pack("<II", size, 0) + bytes(size)))


@few
@given(st.integers(0, 2**31), st.integers(0, 10**6), st.floats(0, 1e6), arrays(), st.booleans(),
       st.lists(st.dictionaries(st.sampled_from(["epoch", "loss", "grad_1"]),
                                st.none() | st.floats(allow_nan=False, allow_infinity=False)), max_size=3))
def test_a_frame_comes_back(step: int, epoch: int, seconds: float, content: dict[str, np.ndarray], stored: bool,
                            rows: list[dict[str, float | None]]) -> None:
    back = frame.decode(frame.encode_frame(Frame(step, epoch, seconds, rows, content, stored))).frame()
    assert (back.step, back.epoch, back.rows, back.stored) == (step, epoch, rows, stored)
    assert back.seconds == pytest.approx(seconds, abs=5.1e-5)
    same(back.arrays, content)


@few
@given(st.integers(0, 2**31), st.integers(0, 10**6), st.floats(0, 1e6), arrays())
def test_a_checkpoint_comes_back(step: int, epoch: int, seconds: float, content: dict[str, np.ndarray]) -> None:
    record = frame.decode(frame.encode_checkpoint(Checkpoint(step, epoch, seconds, content)))
    back = record.checkpoint()
    assert record.kind == "checkpoint" and (back.step, back.epoch, back.seconds) == (step, epoch, seconds)
    same(back.arrays, content)


@few
@given(st.sampled_from(["finished", "failed", "cancelled"]), st.floats(0, 1e6),
       st.lists(st.tuples(st.text("{}ab", max_size=5), HEADERS), max_size=3),
       st.none() | st.tuples(st.text("ab", max_size=5), HEADERS), HEADERS)
def test_an_end_comes_back(state: str, seconds: float, notes: list[Any], error: Any, change: dict[str, Any]) -> None:
    end = End(state, seconds, [Message(*note) for note in notes], Message(*error) if error else None, change)
    record = frame.decode(frame.encode_end(end))
    back = record.end()
    assert record.kind == "end" and (back.state, back.notes, back.error, back.change) == (state, end.notes, end.error, change)
    assert back.seconds == pytest.approx(seconds, abs=5.1e-5)


def test_a_status_comes_back() -> None:
    record = frame.decode(frame.encode_status("queued", place=3, seconds=1.5))
    assert (record.kind, record.arrays) == ("status", {})
    assert record.header == {"kind": "status", "state": "queued", "place": 3, "seconds": 1.5}


def test_a_message_without_arguments_and_no_message() -> None:
    assert Message.from_json(None) is None
    assert Message.from_json({"id": "plain"}) == Message("plain")
    assert Message.from_json(Message("a {b}", {"b": 1}).to_json()) == Message("a {b}", {"b": 1})
