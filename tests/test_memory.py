"""What a browser keeps for its person, and what a stranger's storage may do: nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ui import memory

ENTRY = {"query": {"seed": "3"}, "time": 1_800_000_000, "score": 0.9, "metric": "val_accuracy", "curve": [0.1, 0.9]}
KEPT = {"history": {"feedforward": [ENTRY]}, "solved": {"feedforward-spiral-16": {"seed": "3"}}, "looks": {"abc": 2},
        "opened": ["0" * 32, "1" * 32]}


def test_what_was_kept_comes_back():
    assert memory.parse(json.dumps(KEPT)) == KEPT
    assert memory.parse("{}") == memory.empty()


@pytest.mark.parametrize("part, bad", [
    ("history", {"feedforward": [{**ENTRY, "score": "0.9"}]}), ("history", {"feedforward": [{**ENTRY, "query": {"seed": 3}}]}),
    ("history", {"feedforward": [{**ENTRY, "curve": ["x"]}]}), ("history", {"feedforward": ["x"]}), ("history", {"feedforward": 3}),
    ("history", {"feedforward": [{**ENTRY, "time": True}]}), ("history", {"feedforward": [{**ENTRY, "time": 1e300}]}),
    ("history", {"feedforward": [{k: v for k, v in ENTRY.items() if k != "metric"}]}), ("history", [1]),
    ("solved", {"x": 3}), ("solved", {"x": {"a": 1}}), ("solved", "x"),
    ("looks", {"x": 1.5}), ("looks", {"x": -1}), ("looks", {"x": True}),
    ("opened", "0" * 32), ("opened", ["x", 3, None, "0" * 31, "G" * 32, "0" * 32 + "\n", ["0" * 32]]), ("opened", {"0" * 32: 1})])
def test_what_has_not_the_right_form_is_left_out(part, bad):
    found = memory.parse(json.dumps({**KEPT, part: bad}))
    assert not any(found[part].values() if isinstance(found[part], dict) else found[part])
    assert {k: v for k, v in found.items() if k != part} == {k: v for k, v in KEPT.items() if k != part}


json_values = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
                           lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
                               ["history", "solved", "looks", "opened", "query", "time", "score", "curve", "x"]), inner, max_size=4))


@given(json_values | st.text(max_size=30))
def test_no_storage_breaks_a_page(value):
    found = memory.parse(value if isinstance(value, str) else json.dumps(value))
    assert found.keys() == memory.empty().keys()
    assert memory.parse("[" * 100_000) == memory.parse("9" * 500_000) == memory.empty()


def test_what_this_session_saw_goes_before_what_was_kept():
    new = {**ENTRY, "query": {"seed": "4"}}
    mine = {"history": {"feedforward": [new, {**ENTRY, "score": 0.5}]}, "solved": {}, "looks": {"abc": 1, "d": 1},
            "opened": ["2" * 32, "0" * 32]}
    memory.merge(mine, memory.parse(json.dumps(KEPT)))
    assert [(e["query"]["seed"], e["score"]) for e in mine["history"]["feedforward"]] == [("4", 0.9), ("3", 0.5)]
    assert mine["solved"] == KEPT["solved"] and mine["looks"] == {"abc": 3, "d": 1}
    assert mine["opened"] == ["2" * 32, "0" * 32, "1" * 32]


def test_the_history_is_bounded():
    entries = [{**ENTRY, "query": {"seed": str(i)}} for i in range(200)]
    assert len(memory.parse(json.dumps({"history": {"a": entries}}))["history"]["a"]) == memory.RUNS
    mine = {**memory.empty(), "history": {"a": entries[:50]}}
    memory.merge(mine, {**memory.empty(), "history": {"a": entries[100:150]}})
    assert len(mine["history"]["a"]) == memory.RUNS


def test_the_opened_runs_are_bounded():
    keys = [f"{i:032x}" for i in range(2 * memory.OPENED)]
    assert memory.parse(json.dumps({"opened": keys}))["opened"] == keys[:memory.OPENED]
    mine = {**memory.empty(), "opened": keys[:150]}
    memory.merge(mine, {**memory.empty(), "opened": keys[200:350]})
    assert mine["opened"] == keys[:150] + keys[200:250]
