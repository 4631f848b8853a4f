"""`spec` and the arithmetic of `page` under the pinned MicroPython compute what they compute under CPython."""

import json
import random
import subprocess
from pathlib import Path

import pytest

from page import links, run_words, store
from page.plots import axes, camera, mapping, paths, picking, rotation
from spec import fields, registry, shape, texts
from tests.spec import table
from tools import environment, runtime

HERE = Path(__file__).parent
PY = environment.ROOT / "py"
# In the order in which `table.lines` takes them.
MODULES = (fields, registry, shape, texts, links, run_words, store, axes, camera, mapping, paths, picking, rotation)
NASTY = (
    *(
        "",
        " ",
        "abc",
        "8,,4",
        "0",
        "-3",
        "8.5",
        "1e9",
        "8, 4, 2",
        "8 4",
        "é",
        "９",
        "²",
        "<b>",
        "0, 1",
        "1, 1",
        "7,9",
        "a, b",
    ),
    *(
        "nan",
        "inf",
        "-1",
        "1e999",
        "1e-999",
        "1e-31",
        "1e31",
        "0.01",
        " 1 ",
        "1e",
        "1e+",
        ".",
        ".5",
        "1.",
        "1j",
        "0x10",
    ),
    *("60", "61", "180", "181", "4294967295", "4294967296", "999999999999999", "9" * 400, "9" * 5000, "x" * 60),
    *("tanh", "Tanh", "adam", "fc1", "softmax", "layer_norm", "none", "spiral", "16384, 16384", "1000000000"),
    *("on", "off", "On", "true", "neuron", "pca", "tour", "0, 1, 2", "0,1,0", "2,0,1", "0,1,2,3", ", ", "３, ٣"),
    *("fc1.0", "tanh1.7", "fc1.00", "fc1.", ".3", "fc1.x", "fc1.0.1", "gone.9", "é.0", "fc1.٣", "K", "İ1.0"),
    *("0.5", "0.25", ".75", "0.", "0.999", "0.9999", "0.12345", "0.00001", "1.0", "..", "0.5.5", "½", "0.123456789"),
)


def inputs():
    """The table's inputs: nasty ones, and random ones that are the same every time."""
    dice = random.Random(7)
    queries = ["", "#", "&=&", "unknown=1", "hidden_layers=", "hidden_layers=8%2C4%2c2&layer=fc2&dimensions=3,1"]
    queries += [
        "hidden_layers=1&layer=fc1&dimensions=3,1",
        "hidden_layers=3&layer=fc1",
        "hidden_layers=3&layer=tanh1&dimensions=2,0,1&morph=0.375&neuron=tanh1.2",
        "hidden_layers=&neuron=tanh1.2&morph=0.5&layer=softmax",
        "contour=off&zero_lines=on&grid=off&boundary=on&shading=neuron&neuron=fc2.1",
        "learning_rate=1e16",
        "dataset=blobs&classes=5&points=300&noise=50&held_out=30",
        "dataset=rings&classes=11&points=19&noise=1001&held_out=91",
        "points=20&held_out=90&batch_size=150&noise=30%",
        "points=&noise=&held_out=&classes=",
        "learning_rate=0.1&speed=0",
        "seed=abc",
    ]
    for _ in range(40):
        pairs = [f"{name}={dice.choice(list(registry.entries(name)))}" for name in fields.choices()]
        pairs.append(f"hidden_layers={','.join(str(dice.randint(1, 99)) for _ in range(dice.randint(0, 5)))}")
        pairs.append(f"layer={dice.choice(('fc1', 'fc2', 'BN1', 'LN2', 'tanh1', 'softmax', 'input', ''))}")
        pairs.append(f"dimensions={','.join(str(dice.randint(0, 9)) for _ in range(dice.choice((2, 2, 3))))}")
        pairs.append(f"neuron={dice.choice(('fc1', 'fc2', 'tanh1', 'relu2', 'softmax', 'input'))}.{dice.randint(0, 9)}")
        pairs.append(f"points={dice.randint(15, 999)}&held_out={dice.randint(0, 95)}&classes={dice.randint(1, 11)}")
        pairs.append(f"morph={dice.randint(0, 999) / 1000}")
        pairs += [f"{name}={dice.choice(('on', 'off'))}" for name in fields.names(control=fields.SWITCH)]
        pairs.append(f"{dice.choice(list(fields.defaults()))}={dice.choice(NASTY)}")
        queries.append("&".join(pairs))
    rates = [10 ** dice.uniform(-30, 30) for _ in range(200)]
    short_rates = [
        "0.07",
        "0.009",
        "0.0006",
        "1e14",
        "1e15",
        "1e16",
        "1e30",
        "1e-5",
        "1e-7",
        "1e-30",
        "123456",
        "2.5e-7",
    ]
    for _ in range(400):
        digits = dice.randint(1, 999999)
        short_rates += [f"{digits}e{dice.randint(-30, 20)}", f"{digits / 10 ** dice.randint(0, 9):.9f}"]
    ranges = [(-6, 6), (0, 1), (0, 0), (3.5, 3.5), (-1e-5, 2e-5), (0, 3e7), (-2e-7, 1e5), (-0.25, 0.25), (1, 0)]
    for _ in range(100):
        low, span = dice.gauss(0, 1) * 10 ** dice.uniform(-4, 6), 10 ** dice.uniform(-4, 6)
        ranges.append((low, low + span))
    extents = [(0, 0, 0), (3, -4, 0), (0, 0, 1), (0.1, 0, 0.9), (5, 5, 0.001), (-2e6, 1e6, 3e7)]
    for _ in range(60):
        half = 10 ** dice.uniform(-3, 4)
        extents.append((dice.gauss(0, 1) * half, dice.gauss(0, 1) * half, half))
    return {
        "texts": [(name, text) for name in fields.defaults() for text in NASTY],
        "queries": queries,
        "rates": rates,
        "short_rates": short_rates,
        "bytes": [
            0,
            1,
            999,
            1000,
            9949,
            9999,
            10_000,
            123456,
            1 << 30,
            3_700_000_000,
            10**15,
            10**18,
            10**21,
            2 * 10**30,
        ],
        "ranges": ranges,
        "metrics": [None, 0, 1, 0.0004, 0.12345, 12.5, 999.9, 1000, 2.5e7],
        "morphs": [thousandths / 1000 for thousandths in range(1001)] + [dice.random() for _ in range(100)],
        "extents": extents,
        "turns": [(dice.gauss(0, 0.5), dice.gauss(0, 0.5)) for _ in range(100)],
        "radii": [1, 4.2, 0.74, 5.3, 37.77, 1234.5678, 98765.4321, 123456.789, 0.00123],
        "paths": [
            [],
            [0, 0],
            [1, -2, 30, 40],
            [1, -2, 30, 40, 9999999, -1000000, 1000000, 9999999, 7, 7, 8, 8, 9, 9],
        ],
    }


@pytest.fixture(scope="module")
def micropython(tmp_path_factory):
    """The path of the pinned `micropython.mjs`, its WebAssembly beside it."""
    folder = tmp_path_factory.mktemp("micropython")
    parts = [part for part in runtime.read_pins() if any("micropython" in path for path in part.files.values())]
    for path, content in runtime.part_files("site", parts).items():
        (folder / Path(path).name).write_bytes(content)
    return folder / "micropython.mjs"


def test_both_pythons_agree(micropython):
    names = [module.__name__ for module in MODULES]
    process = subprocess.run(
        [*environment.node(), str(HERE / "micropython_runner.mjs"), str(micropython), str(PY), table.__file__, *names],
        input=json.dumps(inputs()),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert process.returncode == 0, process.stderr[-2000:]
    theirs = json.loads(process.stdout)
    # By way of JSON here too, so that both get lists and the same numbers.
    ours = table.lines(*MODULES, json.loads(json.dumps(inputs())))
    assert len(ours) > 6000
    assert len(theirs) == len(ours)
    differ = [
        f"\n  CPython: {ours}\n  MicroPython: {theirs}"
        for ours, theirs in zip(ours, theirs, strict=True)
        if ours != theirs
    ]
    assert not differ, f"{len(differ)} lines differ:" + "".join(differ[:20])
