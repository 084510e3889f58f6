"""The browser's address is told again when the script was stopped while it told it."""

from types import SimpleNamespace

import pytest

from core.ui import address


class Query:
    """Streamlit's: its own copy changes first; the message may never leave."""

    def __init__(self) -> None:
        self.here, self.sent, self.stopped = {}, [], False

    def to_dict(self) -> dict[str, str]:
        return dict(self.here)

    def from_dict(self, values: dict[str, str]) -> None:
        self.here = dict(values)
        if self.stopped:
            raise InterruptedError
        self.sent.append(dict(values))

    def clear(self) -> None:
        self.from_dict({})


def test_an_address_that_was_not_told_is_told_by_the_next_run(monkeypatch):
    query = Query()
    monkeypatch.setattr(address, "st", SimpleNamespace(session_state={}, query_params=query))
    monkeypatch.setattr(address, "with_frame", dict)
    address.write_query({"a": "1"})
    address.write_query({"a": "1"})
    assert query.sent == [{"a": "1"}]
    for wanted in ({"a": "2"}, {}):
        query.stopped = True
        with pytest.raises(InterruptedError):
            address.write_query(wanted)
        query.stopped = False
        address.write_query(wanted)
        address.write_query(wanted)
        assert query.sent[-1] == wanted
    assert len(query.sent) == 3


def test_no_rule_of_style_has_a_beginning_of_a_tag_in_it():
    """Streamlit drops all of a style element that has."""
    from core.ui.style import style

    assert style().count("<") == 2 and "LIGHT" not in style() and "CHOOSE" not in style()
