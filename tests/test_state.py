"""What a drag does to the page's state: one change to undo, controls that stay until it is over, nothing taken that does not fit."""

from streamlit.testing.v1 import AppTest


def page():
    import streamlit as st

    from core.specs.feedforward import FeedforwardSpec, FeedforwardView
    from core.ui import controls
    from core.ui.state import State

    state = State("feedforward", FeedforwardSpec, FeedforwardView)

    def button(name, **move):
        st.button(name, key=name, on_click=lambda: state.move(**move))

    button("begin", values={"noise": 0.2}, first=True, done=False)
    button("on", values={"noise": 0.35}, first=False, done=False)
    button("end", values={}, first=False, done=True)
    button("wrong", values={"noise": 7.0}, first=False, done=False)
    button("none", values={"nowhere": 1.0}, first=False, done=False)
    button("back", values={"noise": 0.1}, first=False, done=True)
    st.button("undo", key="undo", on_click=state.undo)
    controls.draw(state, "noise")


def run(*names):
    app = AppTest.from_function(page, default_timeout=20).run()
    for name in names:
        app.button(key=name).click().run()
        assert not app.exception
    return app


def noise(app):
    return app.session_state["feedforward:spec"].noise


def test_a_drag_is_one_change_to_undo():
    app = run("begin", "on", "end")
    assert noise(app) == 0.35 and len(app.session_state["feedforward:past"]) == 1
    app.button(key="undo").click().run()
    assert noise(app) == 0.1


def test_its_controls_stay_until_it_is_over():
    app = run("begin", "on")
    assert noise(app) == 0.35 and app.slider[0].value == 0.1
    app.button(key="end").click().run()
    assert app.slider[0].value == 0.35


def test_what_does_not_fit_is_not_taken():
    app = run("begin", "wrong", "none", "end")
    assert noise(app) == 0.2


def test_a_drag_that_ends_where_it_began_is_no_change():
    app = run("begin", "on", "back")
    assert noise(app) == 0.1 and app.session_state["feedforward:past"] == []


def test_a_control_moved_while_a_drag_has_lost_its_end_counts():
    app = run("begin")
    app.slider[0].set_value(0.5).run()
    assert noise(app) == 0.5 and app.slider[0].value == 0.5


def typed_page():
    from core.specs.calculus import CalculusSpec
    from core.specs.study import NoView
    from core.ui import controls, lab
    from core.ui.state import State

    state = State("calculus", CalculusSpec, NoView)
    lab.problems(state.problems)
    controls.draw(state, "f")


def test_a_text_that_is_too_long_is_told_of_and_nothing_changes():
    app = AppTest.from_function(typed_page, default_timeout=20).run()
    before = app.session_state["calculus:spec"]
    app.text_input[0].set_value("x+" * 5000 + "x").run()
    assert not app.exception and app.session_state["calculus:spec"] == before
    assert [a for a in app.warning if "up to 200 characters" in a.value and "…” has 10001" in a.value]
    app.text_input[0].set_value("x^3").run()
    assert app.session_state["calculus:spec"].f == "x^3" and not app.warning
