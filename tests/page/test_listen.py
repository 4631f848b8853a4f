"""The pitch by which a loss is heard."""

import math
import sys
import types

import pytest
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture(scope="module")
def listen():
    """The module, which needs nothing of a browser to be imported."""
    ffi = types.SimpleNamespace(create_proxy=None)
    fakes = {"pyscript": types.SimpleNamespace(document=None, window=None, ffi=ffi), "pyscript.ffi": ffi}
    with pytest.MonkeyPatch.context() as patch:
        for name, module in fakes.items():
            patch.setitem(sys.modules, name, module)
        from page import listen

        yield listen
    del sys.modules["page.listen"]


@pytest.mark.parametrize(
    ("loss", "hertz"), [(1, 880), (4, 1760), (0.25, 440), (1 / 16, 220), (0.5, 880 / math.sqrt(2))]
)
def test_four_times_the_loss_is_an_octave(listen, loss, hertz):
    assert listen.frequency(loss) == pytest.approx(hertz)


@pytest.mark.parametrize(
    ("loss", "hertz"), [(0, 55), (1e-300, 55), (5e-324, 55), (1e300, 3520), (math.inf, 3520), (math.nan, 3520)]
)
def test_it_can_always_be_heard(listen, loss, hertz):
    assert listen.frequency(loss) == pytest.approx(hertz)


@given(st.floats(1e-6, 1e6), st.floats(1.0001, 1e3))
def test_more_loss_never_sounds_lower(listen, loss, factor):
    assert listen.frequency(loss * factor) >= listen.frequency(loss)
