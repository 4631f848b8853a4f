"""What the page writes to the lab, for `micropython_runner.mjs`: `lines` runs under MicroPython and CPython."""


def lines(fields, protocol, inputs):
    """The texts of openings and requests, one of each for every learning rate, and of ids."""
    written = []
    for text in inputs["rates"]:
        experiment = fields.changed(fields.defaults(), "learning_rate", text)
        experiment = fields.changed(experiment, "hidden_layers", "8, 4")
        experiment["morph"] = fields.parse("morph", "0.07")
        opening = protocol.Opening("a", experiment, True, protocol.BUDGET)
        seen = dict.fromkeys(protocol.SEEN)
        request = protocol.Request(
            "a", 3, 12, None, protocol.live_of(experiment), 7, False, True, True, protocol.view(experiment, seen)
        )
        written.append(protocol.write_openings([opening, opening]))
        written.append(protocol.write_requests([request, request]))
    written.append(protocol.write_runs(["a", "b"]))
    written.append(read_back(fields, protocol))
    return written


class Thing:
    """Stands in for a JavaScript object."""


def read_back(fields, protocol):
    """What the page reads of an answer whose metrics cross over as numbers, in words."""
    given = Thing()
    given.run, given.epoch, given.metrics, given.milliseconds = "a", 5, [0.5, 0.25] * 3, [1] * 6
    live = protocol.live_of(fields.defaults())
    live["learning_rate"], live["l2"] = 0.125, 0.5
    given.live = protocol.write_live(live)
    answer = protocol.read_answer(given, "regression")
    parts = [answer.run, str(answer.epoch), str(answer.picture), str(answer.history)]
    parts += [name + " " + str(answer.metrics[name]) for name in answer.metrics]
    parts += [name + " " + str(answer.live[name]) for name in answer.live]
    return ", ".join(parts + list(answer.milliseconds))
