"""Measures the engine's kernels in V8: `python3 -m bench.kernels` with `py/` on the path and Node.js 20 or newer.

Each kernel is alone in a module and runs for about a third of a second inside the module's own `repeat`, three times
(`settings.kernels`); the fastest counts. It prints microseconds and, for matrix products, GFLOP/s (2 · m · n · k
operations each).
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.settings import THOROUGH
from engine.assemble import assemble
from engine.products import scratch_bytes
from engine.program import Load, Loop, Product, Reduction, Store
from tools import environment

# Fills the memory with small numbers, then finds how many repetitions fit into the time.
RUNNER = """
import { readFileSync } from "node:fs"
const results = []
const [paths, rounds, least] = JSON.parse(process.argv[2])
for (const path of paths) {
    const { instance } = await WebAssembly.instantiate(readFileSync(path))
    const { memory, repeat } = instance.exports
    new Float32Array(memory.buffer).forEach((_, index, array) => (array[index] = Math.sin(index * 1.7)))
    let count = 1, seconds = 0, best = Infinity
    for (let runs = 0; runs < rounds; ) {
        const start = performance.now()
        repeat(0, count)
        seconds = (performance.now() - start) / 1000
        if (seconds < least) count = Math.ceil(count * Math.min(10, (1.3 * least) / Math.max(seconds, 1e-4)))
        else { best = Math.min(best, seconds / count); runs++ }
    }
    results.push(best)
}
console.log(JSON.stringify(results))
"""

# m, n, k, a transposed?, b transposed?
PRODUCTS = [
    (1024, 1024, 1024, False, False),
    (40, 1024, 1024, False, False),
    (40, 1024, 1024, False, True),
    (1024, 1024, 40, True, False),
    (1, 1024, 1024, False, False),
    (4096, 1024, 1024, False, False),
    (40, 128, 128, False, False),
    (40, 128, 128, False, True),
    (128, 128, 40, True, False),
    (40, 32, 32, False, False),
    (40, 32, 32, False, True),
    (32, 32, 40, True, False),
    (40, 128, 2, False, False),
    (2, 128, 40, True, False),
    (40, 2, 128, False, False),
    (40, 128, 2, False, True),
    (128, 2, 40, True, False),
    (40, 8, 2, False, False),
    (40, 2, 8, False, False),
    (40, 8, 8, False, False),
    (40, 8, 2, False, True),
    (40, 8, 8, False, True),
    (2, 8, 40, True, False),
    (8, 2, 40, True, False),
    (8, 8, 40, True, False),
    (39, 7, 7, False, False),
    (40000, 8, 2, False, False),
]  # fmt: skip


def product_module(m, n, k, transpose_a, transpose_b):
    """A module with one product, whose arrays lie at multiples of 64 bytes."""
    ends = [64]
    for size in (m * k, k * n, m * n):
        ends.append(ends[-1] + -(-4 * size // 64) * 64)
    kernel = Product(m, n, k, *ends[:3], transpose_a, transpose_b)
    return assemble({"run": [kernel]}, ends[3] + scratch_bytes(kernel), ends[3])


def loop_module(rows, columns, loads, body, results, reductions):
    """A module with one loop over `rows` · `columns` numbers.

    `loads` are the strides of its loads, `body` its lines, `results` the numbers of the values to store, and
    `reductions` are (kind, axis, number of a value).
    """
    step = -(-4 * rows * columns // 64) * 64
    inputs = tuple(Load(64 + index * step, strides) for index, strides in enumerate(loads))
    end = 64 + len(loads) * step
    stores = tuple(Store(value, end + index * step, (columns, 1)) for index, value in enumerate(results))
    end += len(results) * step
    sums = tuple(
        Reduction(kind, axis, value, end + index * step) for index, (kind, axis, value) in enumerate(reductions)
    )
    kernel = Loop(rows, columns, inputs, (0.9, 0.01), body, stores, sums)
    return assemble({"run": [kernel]}, end + len(sums) * step)


def loop_modules():
    """Title -> module."""
    modules = {}
    for name in ("tanh", "exp", "log", "sin", "cos", "sqrt", "divide", "maximum"):
        operands = (0, 1) if name in ("divide", "maximum") else (0,)
        for rows in (40, 5120):
            body = ((name, *operands),)
            modules[f"{name} of {rows * 8}"] = loop_module(rows, 8, [(8, 1)], body, (3,), ())
    for columns in (2, 8, 128, 1024):
        bias = (("add", 0, 1), ("tanh", 4))
        dense, row = (columns, 1), (0, 1)
        modules[f"bias and tanh, 40 × {columns}"] = loop_module(40, columns, [dense, row], bias, (5,), ())
        for axis in (0, 1, None):
            title = f"sum along {axis}, 40 × {columns}"
            modules[title] = loop_module(40, columns, [dense], (("square", 0),), (), [("sum", axis, 3)])
    momentum = (("multiply", 1, 3), ("multiply", 2, 4), ("subtract", 5, 6), ("add", 0, 7))
    for size in (8, 128, 1024):
        strides = [(size, 1)] * 3
        modules[f"momentum, {size} × {size}"] = loop_module(size, size, strides, momentum, (7, 8), ())
    return modules


def measure(modules, pace):
    """The seconds for one run of each module, from its fastest round; `pace` is a `settings.Pace`."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder, f"{index}.wasm")) for index in range(len(modules))]
        for path, module in zip(paths, modules, strict=True):
            Path(path).write_bytes(module)
        runner = Path(folder, "runner.mjs")
        runner.write_text(RUNNER)
        argument = json.dumps([paths, pace.rounds, pace.seconds])
        output = subprocess.run(
            [*environment.node(), runner, argument], stdout=subprocess.PIPE, text=True, check=True
        ).stdout
    return json.loads(output)


def main(wanted="", settings=THOROUGH):
    products = [(kernel, product_module(*kernel)) for kernel in PRODUCTS]
    products = [each for each in products if wanted in "products"]
    loops = [(title, module) for title, module in loop_modules().items() if wanted in title]
    seconds = measure([module for _, module in (*products, *loops)], settings.kernels)
    for (m, n, k, transpose_a, transpose_b), time in zip((kernel for kernel, _ in products), seconds, strict=False):
        a, b = (f"({k}×{m})ᵀ" if transpose_a else f"{m}×{k}"), (f"({n}×{k})ᵀ" if transpose_b else f"{k}×{n}")
        print(f"{a + ' · ' + b:32}{time * 1e6:12.3f} µs {2 * m * n * k / time / 1e9:8.1f} GFLOP/s")
    for (title, _), time in zip(loops, seconds[len(products) :], strict=True):
        print(f"{title:32}{time * 1e6:12.3f} µs")


if __name__ == "__main__":
    main(*sys.argv[1:2])
