"""Programs as deep as a network of a thousand layers: what they cost, and that no call waits for another per layer."""

import sys
from contextlib import contextmanager, nullcontext

import autograd.numpy as anp
import numpy as np
import pytest
from autograd.tracer import Node

from engine import fuse
from engine.program import Loop, Product
from lab.gradients import value_and_gradients
from tests.engine.planned import Planned, assert_close

ROWS = 4


def gradient_step(layers):
    """`(function, arguments, updates)`: a step of gradient descent for layers of one neuron."""
    rng = np.random.default_rng(0)
    kernels = [np.float32(rng.uniform(1, 2, (1, 1))) for _ in range(layers)]
    biases = [np.float32(rng.uniform(-0.1, 0.1, 1)) for _ in range(layers)]

    def step(x, *parameters):
        def loss(*parameters):
            values = x
            for kernel, bias in zip(parameters[:layers], parameters[layers:], strict=True):
                values = anp.tanh(anp.dot(values, kernel) + bias)
            return anp.sum(anp.square(values - 0.5)), []

        value, _, gradients = value_and_gradients(loss, parameters)
        updated = [parameter - 0.1 * gradient for parameter, gradient in zip(parameters, gradients, strict=True)]
        return [*updated, value]

    x = np.linspace(-1, 1, ROWS, dtype=np.float32).reshape(ROWS, 1)
    return step, [x, *kernels, *biases], {index: index + 1 for index in range(2 * layers)}


@contextmanager
def little_stack():
    """While it lasts calls within calls may go no deeper than for a network of a few layers."""
    limit, frame, depth = sys.getrecursionlimit(), sys._getframe(), 0
    while frame:
        frame, depth = frame.f_back, depth + 1
    sys.setrecursionlimit(depth + 260)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def test_a_thousand_layers():
    function, arguments, updates = gradient_step(1000)
    with little_stack():
        planned = Planned(function, arguments, updates)
    assert_close(planned.run_compiled(), function(*arguments), 1e-4)
    longest = max(len(kernel.loads) + len(kernel.body) for kernel in planned.plan.kernels if isinstance(kernel, Loop))
    assert longest <= fuse.LENGTH_LIMIT + fuse.DEPTH_LIMIT
    assert sum(isinstance(kernel, Product) for kernel in planned.plan.kernels) == 2999
    # Every update in its place: nothing is copied.
    assert planned.plan.outputs[:2000] == planned.plan.inputs[1:]


def test_a_long_chain_of_elements():
    def function(x):
        for _ in range(1000):
            x = anp.sin(x) + x
        return [x]

    with little_stack():
        planned = Planned(function, [np.float32([0.1, 0.2, -0.3])])
    assert_close(planned.run_compiled(), function(planned.arguments[0]), 1e-4)


@pytest.mark.parametrize("failing", [False, True])
def test_a_trace_is_unlinked_in_the_end(failing):
    """Freed whole it would be freed call within call, which Python does not count, but the browser's stack does."""
    nodes: list[Node] = []

    def function(x):
        for _ in range(5):
            x = anp.tanh(x)
            nodes.append(x._node)
        if failing:
            raise MemoryError
        return anp.sum(x), []

    with pytest.raises(MemoryError) if failing else nullcontext():
        value_and_gradients(function, [np.ones(3, np.float32)])
    assert len(nodes) == 5
    assert not any(node.parents or node.vjp for node in nodes)


def lines_run(layers):
    """How many lines of the engine run to compile a step for so many layers."""
    function, arguments, updates = gradient_step(layers)
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        if "/engine/" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        Planned(function, arguments, updates)
    finally:
        sys.settrace(before)
    return count


def test_the_work_grows_with_the_depth_and_no_faster():
    few, many = lines_run(25), lines_run(100)
    assert many < 4.4 * few
