import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.mobjects.product import Product


@settings(max_examples=10)
@given(factors=st.lists(st.floats(0.1, 2), min_size=1, max_size=12), share=st.floats(0, 1))
def test_bars_and_number_are_the_running_product(factors, share):
    chain = Product(factors, height=2.0)
    step = share * len(factors)
    chain.set_step(step)
    products = np.concatenate([[1.0], np.cumprod(factors)])
    expected = np.interp(step, np.arange(len(products)), products)
    assert chain.number.value == pytest.approx(expected)
    for k in range(int(step) + 1):
        wanted = max(0.02, 2.0 * products[k] / products.max())
        assert chain.bars[k].height == pytest.approx(wanted)
        assert chain.bars[k].get_bottom()[1] == pytest.approx(chain.floor.get_y())
        assert chain.bars[k].get_fill_opacity() == 1
    for bar in chain.bars[int(np.ceil(step)) + 1 :]:
        assert bar.get_fill_opacity() == 0


def test_it_can_be_moved_while_it_grows():
    chain = Product([0.8] * 5).shift((1, 2, 0))
    chain.set_step(5)
    assert chain.bars[5].get_bottom()[1] == pytest.approx(2)


def test_refuses_what_is_no_row():
    with pytest.raises(ValueError, match=r"factors must have shape \(K,\)"):
        Product([[0.8]])
