"""Turns timings into the fastest use of each contender, ratios, and tables to read."""

import math

from bench.networks import GOALS, gigaflops, in_words
from bench.start import VISITS


def fastest_uses(contenders, results):
    """For each contender the result of its fastest use, with the name of that use as `use`; an `error` if all failed.

    `contenders` maps a contender to its uses, `results` a use to its result.
    """
    chosen = {}
    for contender, uses in contenders.items():
        measured = [use for use in uses if "error" not in results[use]]
        if measured:
            use = min(measured, key=lambda use: results[use]["us_per_step"])
            chosen[contender] = {**results[use], "use": use}
        else:
            chosen[contender] = {"error": "; ".join(dict.fromkeys(results[use]["error"] for use in uses))}
    return chosen


def with_ratios(results, lab, hidden_layers, batch, rate):
    """The results, each with its ratios to the fastest peer and to the machine.

    `speed_against_fastest_peer` is its steps per second divided by those of the fastest contender other than `lab`;
    `gigaflops` counts the matrix products, see `networks.operations`; `share_of_simd` is `gigaflops` divided by `rate`.
    """
    fastest = fastest_peer(results, lab)
    completed = {}
    for name, result in results.items():
        completed[name] = {**result, **gigaflops(result, hidden_layers, batch)}
        if "error" not in result:
            completed[name]["share_of_simd"] = completed[name]["gigaflops"] / rate
            if fastest:
                ratio = result["steps_per_second"] / results[fastest]["steps_per_second"]
                completed[name]["speed_against_fastest_peer"] = ratio
    return completed


def fastest_peer(results, lab):
    """The name of the fastest contender other than `lab`; None if none could be measured."""
    peers = [name for name, result in results.items() if name != lab and "error" not in result]
    return min(peers, key=lambda name: results[name]["us_per_step"], default=None)


def speed_up(hidden_layers, results, lab):
    """The lab's ratio to the fastest peer, beside its goals, as a dict; None if either was not measured."""
    peer = fastest_peer(results, lab)
    if peer is None or "error" in results[lab]:
        return None
    ratio = results[lab]["speed_against_fastest_peer"]
    least, aim = GOALS[hidden_layers]
    return {
        "fastest_peer": peer,
        "speed_up": ratio,
        "at_least": least,
        "aim": aim,
        "met": ratio >= least,
        "aim_met": ratio >= aim,
    }


def comparison_table(hidden_layers, results):
    """One contender a line."""
    rows = []
    for name, result in results.items():
        if "error" in result:
            rows.append((name, result["error"]))
            continue
        use = result["use"].rpartition("-")
        shown = f"{name}, {use[2]}" if use[0] else name
        ratio = result.get("speed_against_fastest_peer")
        rows.append(
            (
                shown,
                short(result["us_per_step"]),
                short(result["steps_per_second"]),
                "" if ratio is None else f"{short(ratio)} ×",
                short(result["gigaflops"]),
                percent(result["share_of_simd"]),
            )
        )
    header = ("µs per step", "steps/s", "of fastest peer", "GFLOP/s", "of SIMD rate")
    return table(f"hidden layers {in_words(hidden_layers)}", header, rows)


def speed_up_table(networks):
    """One network a line; `networks` maps hidden layers to the result of `speed_up`."""
    rows = []
    for hidden_layers, standing in networks.items():
        if standing is None:
            rows.append((in_words(hidden_layers), "not measured"))
            continue
        goals = [
            f"{standing[goal]} × {'met' if standing[met] else 'MISSED'}"
            for goal, met in (("at_least", "met"), ("aim", "aim_met"))
        ]
        rows.append((in_words(hidden_layers), f"{short(standing['speed_up'])} ×", *goals, standing["fastest_peer"]))
    return table("this lab against the fastest peer", ("speed-up", "at least", "aim", "fastest peer"), rows)


def growth_table(sweep, results, rate):
    """One network a line; `results` maps what grows to the lab's result."""
    rows = []
    for value, result in results.items():
        if "error" in result:
            rows.append((str(value), result["error"]))
        else:
            speed = result["gigaflops"]
            rows.append((str(value), short(result["us_per_step"]), short(speed), percent(speed / rate)))
    return table(sweep, ("µs per step, best", "GFLOP/s", "of SIMD rate"), rows)


def variants_table(titles, networks, results):
    """One variant a line, two columns a network; `results` is by title and hidden layers."""
    rows = []
    for title in titles:
        cells = []
        for hidden_layers in networks:
            result, usual = results[title, hidden_layers], results[titles[0], hidden_layers]
            if "error" in result or "error" in usual:
                cells += [result.get("error", "?")[:16], ""]
            else:
                ratio = result["us_per_step"] / usual["us_per_step"]
                cells += [short(result["us_per_step"]), f"{ratio:.2f} ×"]
        rows.append((title, *cells))
    header = [cell for hidden_layers in networks for cell in (in_words(hidden_layers), "of as above")]
    return table("µs per step, best round, by hidden layers", header, rows)


def compile_table(results):
    """Total times, one network a line; then one stage a line. `results` maps hidden layers to `(limit, result)`."""
    rows = []
    for hidden_layers, (limit, result) in results.items():
        allowed = "" if limit is None else f"{limit} {'met' if result['milliseconds'] <= limit else 'MISSED'}"
        times = [short(number) for number in (result["milliseconds"], min(result["all"]), result["first"])]
        rows.append((in_words(hidden_layers), *times, allowed, f"{result['bytes']:,}"))
    lines = table(
        "compile, hidden layers", ("median ms", "fastest ms", "the first ms", "limit ms", "module bytes"), rows
    )
    stages = list(next(iter(results.values()))[1]["stages"])
    rows = [(stage, *(short(result["stages"][stage]) for _, result in results.values())) for stage in stages]
    return [*lines, "", *table("of these, median ms", [in_words(each) for each in results], rows)]


def grid_table(resolution, results):
    """One network a line; `results` maps hidden layers to what lab_grid.py measures."""
    rows = [(in_words(each), short(result["milliseconds"]), short(result["first"])) for each, result in results.items()]
    return table(f"grid {resolution} × {resolution}, hidden layers", ("median ms", "the first ms"), rows)


def frames_tables(results, title="the page, flat out"):
    """How smoothly the page draws: rates, then milliseconds by part. `results` maps a scene to its summary."""
    seen = [
        (
            scene,
            f"{result['frames_per_second']:.1f}",
            f"{result['drawings_per_second']:.1f}",
            f"{result['steps_per_second']:,.0f}",
            percent(result["share_of_worker"]),
            f"{result['bytes_per_drawing']:,.0f}",
            str(result["resolution"]),
            f"{result['longest_task']:.0f}" if result["longest_task"] else "below 50",
        )
        for scene, result in results.items()
    ]
    header = ("frames/s", "drawings/s", "steps/s", "views of worker", "bytes a drawing", "squares", "longest task, ms")
    tables = [table(title, header, seen)]
    for thread, each in (("page", "a frame"), ("worker", "a drawing")):
        parts = list(next(iter(results.values()))[thread])
        rows = [(scene, *(f"{result[thread][part]:.2f}" for part in parts)) for scene, result in results.items()]
        tables.append(table(f"milliseconds of the {thread}, {each}", parts, rows))
    return tables


def memory_table(readings):
    """Megabytes by heap after each of a list of `(what has happened, bytes by heap)`."""
    heaps = list(readings[0][1])
    rows = [(after, *(f"{sizes[heap] / 1e6:.2f}" for heap in heaps)) for after, sizes in readings]
    return table("megabytes in use after", heaps, rows)


def start_tables(result):
    """How soon the page is ready, one stage a line; then what is fetched for it, one file a line."""
    stages = [(title, *(f"{result[visit][title]:,.0f}" for visit in VISITS)) for title in result["cold"]]
    longest = [
        f"{milliseconds:.0f}" if milliseconds else "below 50" for milliseconds in result["longest_task"].values()
    ]
    total = ("in all", *(sum(row[column] for row in result["files"]) for column in (1, 2)))
    rows = [(path, f"{size:,}", f"{sent:,}") for path, size, sent in [*result["files"], total]]
    return [
        table(
            "milliseconds since navigation",
            [title for title, _ in VISITS.values()],
            [*stages, ("longest task", *longest)],
        ),
        table("fetched for it", ("bytes", "as gzip sends them"), rows),
    ]


def soak_table(readings):
    """The readings of a page that was left open, one a line."""
    heaps = list(readings[0]["heaps"])
    rows = [
        (
            f"{reading['minute']:.0f}",
            f"{reading['networks']:,}",
            f"{reading['steps']:,}",
            str(reading["workers"]),
            reading["state"],
            *(f"{reading['heaps'][heap] / 1e6:.2f}" for heap in heaps),
        )
        for reading in readings
    ]
    return table("after minutes", ("networks", "steps", "workers", "state", *(f"{heap} MB" for heap in heaps)), rows)


def table(title, header, rows):
    """Lines of text: the first column left-aligned, all others right-aligned; a short row is a name and a message."""
    full = [row for row in rows if len(row) == len(header) + 1]
    first = max(len(title), *(len(row[0]) + 2 for row in rows), 34)
    widths = [max(map(len, column)) + 3 for column in zip(header, *(row[1:] for row in full), strict=True)]

    def line(name, cells):
        return f"{name:<{first}}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))

    others = [line(f"  {row[0]}", row[1:]) if row in full else f"  {row[0]:<{first}}{row[1]}" for row in rows]
    return [line(title, header), *others]


def percent(share):
    """A share as a percentage with three significant digits."""
    return f"{short(100 * share)} %"


def short(number):
    """A number that is not negative, with three significant digits and no exponent."""
    if number < 1e-9:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(number)))
    return f"{number:,.{digits}f}"
