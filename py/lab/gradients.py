"""Gradients with respect to many arrays at once, by autograd, without its primitives for containers."""

from autograd.core import VJPNode, vspace
from autograd.tracer import isbox, new_box, notrace_primitives, toposort, trace_stack


class _Node(VJPNode):
    """A node of a trace that adds itself to the list of all its nodes, which serves to unlink them at the end.

    Python frees linked nodes by nested calls, one for each operation. With hundreds of layers a browser's stack is too
    small for that.
    """

    __slots__ = ["nodes"]

    def __init__(self, value, fun, args, kwargs, parent_argnums, parents):
        super().__init__(value, fun, args, kwargs, parent_argnums, parents)
        self.nodes = parents[0].nodes
        self.nodes.append(self)


notrace_primitives[_Node] = notrace_primitives[VJPNode]


def value_and_gradients(function, arguments):
    """`(value, extra, gradients)` of `function(*arguments) -> (value, extra)`, where `value` is one number.

    `autograd.grad` over a tuple of arguments traces the tuple as well; here every array is a root of its own, so the
    trace holds only NumPy primitives. `extra`, a list of arrays, is returned unboxed. A gradient has the shape of its
    argument, and is all zeros where the value does not depend on the argument.
    """
    nodes: list[_Node] = []
    try:
        return _value_and_gradients(function, arguments, nodes)
    finally:
        for node in nodes:
            node.parents, node.vjp = [], None
        nodes.clear()


def _value_and_gradients(function, arguments, nodes):
    with trace_stack.new_trace() as trace:
        roots = [_Node.new_root() for _ in arguments]
        for root in roots:
            root.nodes = nodes
        boxes = [new_box(argument, trace, root) for argument, root in zip(arguments, roots, strict=True)]
        end, extra = function(*boxes)

    def unboxed(value):
        return value._value if isbox(value) and value._trace == trace else value

    gradients = {}
    if isbox(end) and end._trace == trace:
        gradients = _backward(vspace(end._value).ones(), end._node)
    return (
        unboxed(end),
        [unboxed(value) for value in extra],
        [
            gradients[root] if root in gradients else vspace(argument).zeros()
            for root, argument in zip(roots, arguments, strict=True)
        ],
    )


def _backward(gradient, end):
    """The gradient at every root, computed by walking backwards through the trace from `end`."""
    pending, roots = {end: gradient}, {}
    for node in toposort(end):
        gradient = pending.pop(node)
        if not node.parents:
            roots[node] = gradient
        for parent, contribution in zip(node.parents, node.vjp(gradient), strict=True):
            pending[parent] = pending[parent] + contribution if parent in pending else contribution
    return roots
