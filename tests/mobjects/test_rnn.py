import numpy as np
import pytest
from manim import RIGHT, tempconfig

from vizdl import style
from vizdl.mobjects.cells import FlowArrow, LossPill, SetValues, StateCell
from vizdl.mobjects.rnn import FoldedRNN, GradientLane, UnrolledRNN, unroll
from vizdl.mobjects.step_back import StepBack


def fill(mobject):
    return mobject.get_fill_color().to_hex().lower()


def thickness(arrow):
    return float(np.linalg.norm(arrow.points[0] - arrow.points[4 * 6]))


def test_strips_show_sign_and_size_up_to_the_limit():
    cell = StateCell(4, limit=2.0).set_values([2.0, -2.0, 0.0, 5.0])
    assert fill(cell.strips[0]) == fill(cell.strips[3]) == style.POSITIVE.dark
    assert fill(cell.strips[1]) == style.NEGATIVE.dark
    assert fill(cell.strips[2]) == style.BACKGROUND.dark


def test_a_cell_refuses_numbers_that_do_not_fit():
    with pytest.raises(ValueError, match="shape"):
        StateCell(4).set_values([1.0, 2.0])


def test_a_loss_shows_its_number_legibly_however_large():
    for loss in (0.0, 0.37, 1.0, 40.0):
        pill = LossPill(limit=0.5).set_values(loss)
        assert float(pill.number.text) == pytest.approx(loss, abs=0.005)
        assert style.contrast(fill(pill.pill), style.INK.dark) >= style.LEAST_CONTRAST


def test_an_arrow_is_wider_and_brighter_the_more_is_left():
    shares = (0.0, 0.1, 0.5, 1.0)
    arrows = [FlowArrow([0, 0, 0], [2, 0, 0], value=share) for share in shares]
    assert np.all(np.diff([thickness(arrow) for arrow in arrows]) > 0)
    glow = [style.luminance(fill(arrow)) for arrow in arrows]
    assert np.all(np.diff(glow) > 0)


def test_an_arrow_keeps_its_place_when_it_is_moved_and_then_changed():
    arrow = FlowArrow([0, 0, 0], [1, 0, 0]).shift(2 * RIGHT).set_values(0.2)
    np.testing.assert_allclose(arrow.tail, [2, 0, 0], atol=1e-12)
    np.testing.assert_allclose(arrow.tip, [3, 0, 0], atol=1e-12)


def test_set_values_goes_through_all_between_and_ends_there():
    cell = StateCell(2).set_values([0.0, 1.0])
    change = SetValues(cell, [1.0, -1.0], rate_func=lambda t: t)
    change.begin()
    change.interpolate(0.25)
    np.testing.assert_allclose(cell.values, [0.25, 0.5])
    change.finish()
    np.testing.assert_allclose(cell.values, [1.0, -1.0])


def test_set_values_refuses_another_shape():
    with pytest.raises(ValueError, match=r"to must have shape \(2,\), got \(3,\)"):
        SetValues(StateCell(2), [1.0, 2.0, 3.0])


def test_a_row_has_a_column_for_each_step():
    row = UnrolledRNN(5, hidden_size=3, pitch=1.2)
    for lane in (row.inputs, row.states, row.losses):
        np.testing.assert_allclose([part.get_x() for part in lane], 1.2 * (np.arange(5) - 2))
    assert [len(lane) for lane in (row.feeds, row.links, row.reads)] == [5, 4, 5]
    for step, link in enumerate(row.links):
        assert row.column(step) < link.tail[0] < link.tip[0] < row.column(step + 1)
    for step, (feed, read) in enumerate(zip(row.feeds, row.reads, strict=True)):
        assert feed.tip[1] <= row.states[step].get_bottom()[1]
        assert read.tail[1] >= row.states[step].get_top()[1]


def test_a_row_without_losses_has_nothing_on_top():
    row = UnrolledRNN(3, losses=False)
    assert len(row.losses) == len(row.reads) == 0
    assert row.get_top()[1] == pytest.approx(row.states.get_top()[1], abs=0.05)


def test_the_way_back_points_into_the_past():
    lane = GradientLane(6)
    assert len(lane.arrows) == 5
    for k, arrow in enumerate(lane.arrows):
        assert lane.cells[k].get_x() < arrow.tip[0] < arrow.tail[0] < lane.cells[k + 1].get_x()


def test_norms_that_would_stand_too_close_are_left_out():
    shown = [norm[0].get_fill_opacity() for norm in GradientLane(9, pitch=0.4).norms]
    assert shown == [1, 0, 1, 0, 1, 0, 1, 0, 1]


def test_examples_show_what_an_engine_computed():
    assert len({tuple(cell.values) for cell in UnrolledRNN.example().states}) == 6
    norms = [norm.get_value() for norm in GradientLane.example().norms]
    assert norms[-1] == pytest.approx(1)
    assert norms[0] < norms[-1]


@pytest.mark.parametrize("losses", [True, False])
def test_the_folded_cell_unrolls_into_the_row(losses, tmp_path):
    from manim import Scene

    row = UnrolledRNN(3, losses=losses)
    with tempconfig({"dry_run": True, "media_dir": str(tmp_path), "quality": "low_quality"}):
        scene = Scene()
        folded = FoldedRNN.example()
        scene.add(folded)
        scene.play(unroll(folded, row), run_time=0.2)
        there = {part for mobject in scene.mobjects for part in mobject.get_family()}
    for part in (*row.states, *row.inputs, *row.losses, *row.links, *row.feeds, *row.reads):
        assert part in there
    assert folded.state not in there
    assert folded.loop not in there


def test_a_step_back_shows_an_equation_that_holds():
    step = StepBack.example()
    back = step.weights.values @ (step.slope.values * step.before.values)
    np.testing.assert_allclose(step.after.values, back, rtol=1e-12)


def test_a_step_back_changes_to_other_numbers():
    step = StepBack(np.eye(2))
    for change in step.tick([1.0, 2.0], [0.5, 0.5], [0.5, 1.0]):
        change.begin()
        change.finish()
    assert [list(part.values) for part in (step.before, step.slope, step.after)] == [
        [1.0, 2.0],
        [0.5, 0.5],
        [0.5, 1.0],
    ]


def test_a_gradient_arrives_in_a_blank_lane_with_its_norm():
    lane = GradientLane(4, size=2, pitch=0.5).blank()  # so close that every other norm is named
    assert [norm.get_fill_opacity() for norm in lane.norms] == [0] * 4
    assert all(np.isclose(arrow.values, 0) for arrow in lane.arrows)
    for k, norm in ((3, 1.0), (2, 0.5)):
        moves = lane.arrive(k, [norm, 0.0], norm)
        for move in moves:
            move.begin()
        assert lane.norms[k].value == (0.0 if k == 3 else 1.0)  # from that of the step after
        for move in moves:
            move.finish()
        np.testing.assert_allclose(lane.cells[k].values, [norm, 0.0])
        assert lane.norms[k].value == norm
    assert [norm.submobjects[0].get_fill_opacity() for norm in lane.norms] == [0, 0, 0, 1]
