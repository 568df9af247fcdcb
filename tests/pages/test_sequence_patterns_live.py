"""The four patterns in Chromium: chosen, fed with the reader's own input, stepped through."""

import pytest
from playwright.sync_api import expect

from vizdl.experiments import sequence_patterns as experiment
from vizdl.figures import sequence_patterns as figures
from vizdl.live.flow import record_flow

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live")]
expect.set_options(timeout=30_000)
NAME = "sequence_patterns"


@pytest.fixture(scope="module")
def told():
    trace = experiment.run(experiment.Settings())
    recorded = record_flow(figures.live(trace).flow, trace.settings)

    def told(step=99, rows=None, **changed):
        values = recorded.values(experiment.Settings(**changed), step, **(rows or {}))
        return figures.SENTENCE.fill(values)

    return told


def test_each_pattern_takes_the_readers_input(figure_alone, told):
    with figure_alone(NAME, 360, has_touch=True) as page:
        label = page.locator(".vizdl-label")
        expect(label).to_have_text(told())
        assert not page.get_by_label("shape", exact=True).is_visible()

        for _ in range(2):
            page.locator(".vizdl-cross:visible").first.click()  # the hundreds
        rows = {"number": "zwei und vierzig"}
        expect(label).to_have_text(told(rows=rows))
        page.get_by_role("button", name="Step back").click()
        expect(label).to_have_text(told(4, rows))

        page.get_by_label("pattern", exact=True).select_option("one to many")
        page.get_by_label("shape", exact=True).select_option("circle")
        page.get_by_role("slider", name="Step", exact=True).press("End")
        expect(label).to_have_text(told(pattern="one to many", shape="circle"))
        assert not page.locator(".vizdl-grip").first.is_visible()

        page.get_by_label("pattern", exact=True).select_option("many to one")
        page.locator(".vizdl-grip:visible").last.focus()
        page.keyboard.press("Delete")
        rows = {"sentence": "the song was dull but not"}
        expect(label).to_have_text(told(4, rows, pattern="many to one"))
