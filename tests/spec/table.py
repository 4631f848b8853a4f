"""What both Pythons must agree on: `lines` computes the same table under CPython and MicroPython.

Written for MicroPython: the caller hands in the modules.
"""


class Numbers:
    """What `paths` and `picking` need of a typed array."""

    def __init__(self, numbers):
        self.numbers = numbers

    def join(self, between):
        return between.join([str(number) for number in self.numbers])

    def subarray(self, start, end):
        return Numbers(self.numbers[start:end])


def attempt(function, *arguments):
    """What a call returns, or the words of its ValueError; any other error is for the test to see."""
    try:
        return shown(function(*arguments))
    except ValueError as error:
        return "ValueError: " + str(error)


def shown(value):
    """A value as text that does not depend on the order of a dict."""
    if isinstance(value, dict):
        return "{" + ", ".join([name + ": " + shown(value[name]) for name in sorted(value)]) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join([shown(item) for item in value]) + "]"
    if isinstance(value, float):
        # MicroPython reads and writes numbers right but for the last digit.
        return f"{value:.12g}"
    # The two write letters beyond ASCII differently in a repr.
    return "“" + value + "”" if isinstance(value, str) else repr(value)


def rounded(numbers):
    """Numbers of about 1 without what is left where they all but cancel out, and without a negative 0."""
    return [round(number, 9) + 0.0 for number in numbers]


def lines(
    fields, registry, shape, texts, links, run_words, store, axes, camera, mapping, paths, picking, rotation, inputs
):
    """A list of lines, one for each thing computed from `inputs`, a dict of lists."""
    table = ["the fields are " + shown(list(fields.defaults()))]
    for name in sorted(registry.kinds()):
        table.append("the choices of " + name + " are " + shown(list(registry.entries(name))))

    def add(what, function, *arguments):
        table.append(what + " " + shown(arguments) + " → " + attempt(function, *arguments))

    for name, text in inputs["texts"]:
        add("parse", fields.parse, name, text)
        table.append("changed " + name + " " + text + " → " + attempt(fields.changed, fields.defaults(), name, text))
    for query in inputs["queries"]:
        add("from_query", fields.from_query, query)
        experiment, _ = fields.from_query(query)
        for name in (
            "layers",
            "logits_layer",
            "shown_layer",
            "shown_morph",
            "shown_dimensions",
            "shown_neuron",
            "parameter_count",
            "memory_needed",
            "check",
        ):
            table.append(name + " " + query + " → " + attempt(getattr(shape, name), experiment))
        add("to_query", fields.to_query, experiment)
        table.append("same_run " + query + " → " + shown(fields.same_run(experiment, fields.defaults())))
        for width in range(1, 12):
            add("dimensions_of " + query, shape.dimensions_of, experiment, width)
    for number in inputs["morphs"]:
        add("rounded_morph", fields.rounded_morph, number)
        add("text_of", fields.text_of, "morph", fields.rounded_morph(number))
    for number in inputs["rates"]:
        table.append(f"text_of {number:.12g} → {float(fields.text_of('learning_rate', number)):.12g}")
    for text in inputs["short_rates"]:
        table.append("text_of " + text + " → " + fields.text_of("learning_rate", fields.parse("learning_rate", text)))
    for number in inputs["bytes"]:
        add("bytes_in_words", texts.bytes_in_words, number)
    for low, high in inputs["ranges"]:
        if high > low:
            add("labelled", axes.labelled, ((low, high), (low, low + 1.5 * (high - low))))
    for power in (0, 8, -5, 12, -30):
        add("power_text", axes.power_text, power)
    add("square", axes.square, axes.plot_box(400, 300))
    _add_camera(add, camera, inputs["extents"])
    _add_mapping(add, mapping, inputs["extents"])
    _add_rotation(table, rotation, inputs["turns"])
    for label in range(10):
        for radius in inputs["radii"]:
            add("mark", paths.mark, label, radius)
            add("plain_mark", paths.plain_mark, label, radius, label % 2 == 0)
            add("marks", paths.marks, "1 -2 9999999 3 4", label, radius)
    _add_picking(add, picking, inputs["turns"])
    for numbers in inputs["paths"]:
        table.append("data " + shown(numbers) + " → " + paths.data(Numbers(numbers)))
    _add_store(table, fields, links, store, inputs["queries"])
    for metric in inputs["metrics"]:
        for name in ("train_loss", "test_accuracy"):
            add("metric_text", run_words.metric_text, name, metric)
    return table


def _add_store(table, fields, links, store, queries):
    """Link after link, with what a person and the run do in between, and then all the way back."""
    state = store.first(fields.defaults())

    def change(origin, kind, value=None):
        nonlocal state
        state, effects = store.update(state, store.Change(origin, kind, value))
        table.append(origin + " " + kind + " → " + shown(effects) + shown(state[:2]))

    for query in queries:
        experiment, complaints, play = links.read(query)
        table.append("read " + query + " → " + shown(complaints) + shown(play))
        change(store.LINKED, store.EXPERIMENT, experiment)
        change(store.TYPED, store.PLAY)
        change(store.REPORTED, "shown")
        change(store.TYPED, store.SET, store.new_weights(state.experiment))
        change(store.PLAYHEAD, store.SET, {"layer": "fc1", "morph": 0.5})
        change(store.TYPED, store.STEP, 3)
        change(store.REPORTED, "diverged")
        change(store.TYPED, store.PAUSE, "Why.")
    while state.past:
        change(store.TYPED, store.UNDO)


def _add_picking(add, picking, places):
    """Points in leaves one after another, of which each has the box of all; and choices of them."""
    flat = [number for place in places for number in place]
    boxes = [min(flat), max(flat), min(flat), max(flat)] * ((len(places) + picking.LEAF - 1) // picking.LEAF)
    leaves = picking.Leaves(list(range(len(places))), Numbers(flat), Numbers(boxes))
    choice = ""
    for number, (x, y) in enumerate(places):
        add("nearest", leaves.nearest, x + 0.01, y - 0.02, 0.05)
        choice = picking.toggled(choice, number * 7 % len(places), len(places))
        add("size", picking.size, choice)
        add("is_chosen", picking.is_chosen, choice, number)


def _add_mapping(add, mapping, extents):
    for x, y, half in extents:
        if half:
            plot = mapping.Mapping((34, 8, 350, 374.5), x, y, half)
            add("ranges", plot.ranges)
            add("pixel", plot.pixel, x + half / 3, y - half / 7)
            add("place", plot.place, 100, 212.25)
            add("transform", plot.transform, half / 20000, 1.5, x, y)


def _add_camera(add, camera, extents):
    def state():
        return seen.shown, seen.target, seen.moved, seen.view()

    seen = camera.Camera()
    # From here on it looks on as the points move.
    for x, y, half in extents:
        add("fitted", camera.fitted, None, x, y, half)
        add("fitted", camera.fitted, (x + half / 9, y, half * 1.2), x, y, half)
        add("fitted", camera.fitted, (0, 0, 1), x, y, half)
        for numbers in ((x, y, half), (x, float("nan"), half), (x, y, float("inf"))):
            seen.fit(*numbers)
            add("fit", state)
        for _ in range(3):
            add("glide", seen.glide, False)
            add("glide", state)
        seen.zoom_by(1.25, 0.5, -0.25)
        add("zoom_by", state)
        seen.pan_by(-0.125, 0.75)
        add("pan_by", state)
        add("glide", seen.glide, True)
        add("glide", state)
        if half > 1000:
            seen.fit_all()
            add("fit_all", state)
        elif half < 0.01:
            seen.reset()
            seen.fit(x, y, half)
            add("reset", state)


def _add_rotation(table, rotation, turns):
    matrix = rotation.turned(rotation.STRAIGHT, *rotation.FIRST)
    for yaw, pitch in turns:
        before = matrix
        matrix = rotation.turned(matrix, yaw, pitch)
        skewed = [number + 0.01 * index for index, number in enumerate(matrix)]
        for result in (matrix, rotation.product(before, matrix), rotation.orthonormal(skewed)):
            table.append("turned " + shown([yaw, pitch]) + " → " + shown(rounded(result)))
