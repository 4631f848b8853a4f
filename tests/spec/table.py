"""What both Pythons must agree on: `lines(spec, axes, inputs)` computes the same table under CPython and MicroPython.

Written for MicroPython: no imports but `spec` and `axes`, which the caller hands in.
"""


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


def lines(spec, axes, inputs):
    """A list of lines, one for each thing computed from `inputs`, a dict of lists."""
    table = ["the fields are " + shown(list(spec.DEFAULTS))]
    for name in sorted(spec.CHOICES):
        table.append("the choices of " + name + " are " + shown(list(spec.CHOICES[name])))

    def add(what, function, *arguments):
        table.append(what + " " + shown(arguments) + " → " + attempt(function, *arguments))

    for name, text in inputs["texts"]:
        add("parse", spec.parse, name, text)
        table.append("changed " + name + " " + text + " → " + attempt(spec.changed, spec.DEFAULTS, name, text))
    for query in inputs["queries"]:
        add("from_query", spec.from_query, query)
        experiment, _ = spec.from_query(query)
        for name in (
            "to_query",
            "layers",
            "logits_layer",
            "shown_layer",
            "shown_dimensions",
            "parameter_count",
            "memory_needed",
            "check",
        ):
            table.append(name + " " + query + " → " + attempt(getattr(spec, name), experiment))
        table.append("same_run " + query + " → " + shown(spec.same_run(experiment, spec.DEFAULTS)))
    for number in inputs["rates"]:
        table.append(f"text_of {number:.12g} → {float(spec.text_of('learning_rate', number)):.12g}")
    for number in inputs["short_rates"]:
        add("text_of", spec.text_of, "learning_rate", number)
    for number in inputs["bytes"]:
        add("bytes_in_words", spec.bytes_in_words, number)
    for low, high in inputs["ranges"]:
        add("ticks", axes.ticks, low, high)
        add("fitted", axes.fitted, None, low, high)
        add("fitted", axes.fitted, (low - 1, high + 1), low, high)
        values = axes.ticks(low, high)
        step = values[1] - values[0] if len(values) > 1 else high - low
        for value in values:
            add("tick_text", axes.tick_text, value, step)
        axis = axes.Axis()
        axis.fit(low, high)
        axis.fit(low + 10, high + 30)
        for _ in range(3):
            add("glide", axis.glide, False)
            table.append(shown(axis.shown))
        add("glide", axis.glide, True)
        table.append(shown(axis.shown))
    add("plot_box", axes.plot_box, 400, 300)
    return table
