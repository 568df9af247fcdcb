"""The criteria's figure in Chromium: the reader's own words, in the reader's own order."""

import pytest
from playwright.sync_api import expect

from vizdl.experiments import sequence_criteria as experiment
from vizdl.figures import sequence_criteria as figures
from vizdl.live.flow import record_flow

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live")]
expect.set_options(timeout=30_000)
NAME = "sequence_criteria"


@pytest.fixture(scope="module")
def told():
    trace = experiment.run(experiment.Settings())
    recorded = record_flow(figures.live(trace).flow, trace.settings)

    def told(row, step=99, **changed):
        chosen = experiment.Settings(**changed)
        return figures.SENTENCE.fill(recorded.values(chosen, step, sentence=row))

    return told


def test_words_are_reordered_added_and_refused(figure_alone, told):
    with figure_alone(NAME, 360, has_touch=True) as page:
        label = page.locator(".vizdl-label")
        expect(label).to_have_text(told("the film was good not bad"))

        page.get_by_role("button", name="bad, word 6 of 6").focus()
        for _ in range(2):
            page.keyboard.press("ArrowLeft")
        expect(page.locator(".vizdl-grip")).to_have_text(
            ["the", "film", "was", "bad", "good", "not"]
        )
        expect(label).to_have_text(told("the film was bad good not"))

        field = page.get_by_role("combobox", name="Words to add")
        field.fill("in town last night again")
        field.press("Enter")
        expect(label).to_have_text(told("the film was bad good not in town last night again"))
        page.get_by_label("window of the dense network").select_option("15")
        expect(label).to_have_text(
            told("the film was bad good not in town last night again", window=15)
        )
        field.fill("terrific")
        field.press("Enter")
        expect(page.locator(".vizdl-tiles .vizdl-refusal")).to_contain_text("never read “terrific”")
        page.get_by_role("button", name="Step back").click()
        expect(label).to_have_text(told("the film was bad good not in town last night again", 9))
        page.get_by_role("button", name="Reset").click()
        expect(label).to_have_text(told("the film was good not bad"))
