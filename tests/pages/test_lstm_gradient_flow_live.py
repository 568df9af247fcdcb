"""The live figure of an LSTM's gradient flow, used as a hand would use it."""

import pytest
from playwright.sync_api import expect

import vizdl

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live")]

NAME = "lstm_gradient_flow"


def told(step, **settings):
    return vizdl.figure(NAME, **settings).layout.meta["labels"][step]


def test_a_reader_shuts_the_gates_and_walks_back(figure_alone):
    with figure_alone(NAME) as page:
        label = page.locator(".vizdl-label").first
        expect(label).to_have_text(told(39), timeout=30_000)

        page.get_by_label("bias of the forget gates", exact=True).first.focus()
        page.keyboard.press("Home")
        shut = {"forget_bias": -1.0}
        expect(label).to_have_text(told(39, **shut), timeout=30_000)
        page.get_by_role("slider", name="Step", exact=True).first.focus()
        page.keyboard.press("Home")
        expect(label).to_have_text(told(0, **shut), timeout=30_000)
        page.keyboard.press("ArrowRight")
        expect(label).to_have_text(told(1, **shut), timeout=30_000)
