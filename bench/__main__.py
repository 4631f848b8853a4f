"""`python3 -m bench [--json FILE] [--only NAME …]`, which `python3 -m tools bench` calls: measures in the browser."""

import argparse
import datetime
import json
import os
import sys
import time
from pathlib import Path

from bench import driver, frames, memory, points, report, rounds, soak, start, sweeps
from bench.driver import ContenderError
from bench.networks import GOALS, in_words, is_small_enough
from bench.settings import PACES, THOROUGH


def main(arguments):
    """Measures, prints, and writes the JSON file if one is named. Returns the exit code.

    The exit code is 1 if a contender has failed; the standard error stream then says which one, and why.
    """
    options, settings = read(arguments)
    document = {"date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")}
    chosen = options.only or [*PARTS, "start", "frames", "points"]
    try:
        measure(chosen, document, settings)
    finally:
        # Written even after an error, because the other measurements may have taken hours.
        if options.json:
            options.json.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    failed = list(failures(document))
    for line in failed:
        print(f"error: {line}", file=sys.stderr)
    return 1 if failed else 0


def read(arguments):
    """`(options, settings)` from the command line."""
    parser = argparse.ArgumentParser(prog="python3 -m bench", description="Training speed in the browser, side by side")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers to FILE")
    parser.add_argument("--only", nargs="+", choices=[*PARTS, *PAGE_PARTS], metavar="NAME", help=ONLY)
    parser.add_argument("--pace", choices=PACES, default="thorough", help="quickest: whether it works, not how fast")
    parser.add_argument("--minutes", type=float, metavar="N", help=f"for `soak` (default: {THOROUGH.soak_minutes})")
    options = parser.parse_args(arguments)
    settings = PACES[options.pace]
    if options.minutes is None:
        return options, settings
    if options.only != ["soak"]:
        parser.error("--minutes goes with --only soak")
    return options, settings._replace(soak_minutes=options.minutes)


def measure(chosen, document, settings):
    """Measures the chosen parts, and adds each to the document by its name."""
    contenders = [name for name in chosen if name in PARTS]
    if contenders:
        measure_contenders(contenders, document, settings)
    for name in (name for name in chosen if name in PAGE_PARTS):
        began = time.perf_counter()
        document[name] = PAGE_PARTS[name](settings)
        print(f"  ({name}: {time.perf_counter() - began:.0f} s)", flush=True)


def measure_contenders(chosen, document, settings):
    """Measures the chosen `PARTS`, all in one browser, and adds them to the document.

    If the lab cannot be measured at all, the document gets an `error` with the reason, and the remaining parts are left
    out.
    """
    contenders = list(driver.CONTENDERS) if "compare" in chosen else [driver.LAB]
    with driver.opened_contenders(contenders, settings) as (uses, machine):
        document["machine"] = machine
        try:
            rate, rates = sweeps.simd_rate(uses["lab"], settings)
            # The machine's load is recorded, because numbers from a busy machine say little.
            machine.update(simd_gigaflops=rates, load_before=os.getloadavg())
            print(headline(machine, rates), flush=True)
            for name in chosen:
                began = time.perf_counter()
                document[name] = PARTS[name](uses, rate, settings)
                print(f"  ({name}: {time.perf_counter() - began:.0f} s)", flush=True)
        except ContenderError as error:
            document["error"] = f"{driver.LAB}: {error}"
        machine["load_after"] = os.getloadavg()


def failures(document):
    """A line for each failure, of a use of a contender or of a network of the lab: which one failed, and why."""
    if "error" in document:
        yield document["error"]
    for network in document.get("compare", []):
        for use, result in network["uses"].items():
            if "error" in result:
                yield f"{use}, hidden layers {in_words(network['hidden_layers'])}: {result['error']}"
    for sweep, results in document.get("growth", {}).items():
        for value, result in results.items():
            if "error" in result:
                yield f"{driver.LAB}, {sweep} {value}: {result['error']}"
    for result in document.get("variants", []):
        if "error" in result:
            place = f"{result['variant']}, hidden layers {in_words(result['hidden_layers'])}"
            yield f"{driver.LAB}, {place}: {result['error']}"


def headline(machine, rates):
    """The lines above the tables: what is measured, and on which machine."""
    products = ", ".join(f"{report.short(rate)} ({size}³)" for size, rate in rates.items())
    without = (
        f"\nLeft out, as this browser cannot run it: {', '.join(machine['missing'])}" if machine["missing"] else ""
    )
    return (
        "One step: forward, backward and update of 40 points; tanh, softmax cross-entropy, momentum 0.9.\n"
        f"{machine['browser']}, {machine['cores']} cores ({machine['processor']}), WebGL by {machine['webgl']}\n"
        f"The machine's own rate of matrix products in WebAssembly SIMD, one thread: {products} GFLOP/s\n"
        f"Load of the machine in the last minute, without this: {os.getloadavg()[0]:.1f}"
        f"{without}"
    )


def show(lines):
    """Prints a table, with a line above it."""
    print("", *lines, sep="\n", flush=True)


def compare(contenders, rate, settings):
    """Measures every contender with every network; the machine's own rate is measured again before each network."""
    networks, standings = [], {}
    taking_part = driver.taking_part(contenders)
    for hidden_layers in GOALS:
        network = rounds.network_of(hidden_layers)
        batch = len(network["labels"])
        if not is_small_enough(hidden_layers, batch, settings):
            continue
        rate, rates = sweeps.simd_rate(contenders["lab"], settings)
        uses = rounds.time_network(contenders, network, settings.contenders)
        results = report.fastest_uses(taking_part, uses)
        results = report.with_ratios(results, driver.LAB, hidden_layers, batch, rate)
        show(report.comparison_table(hidden_layers, results))
        print(f"  (SIMD rate beside it: {report.short(rate)} GFLOP/s)", flush=True)
        standings[hidden_layers] = report.speed_up(hidden_layers, results, driver.LAB)
        networks.append(
            {
                "hidden_layers": hidden_layers,
                "simd_gigaflops": rates,
                "contenders": results,
                "uses": uses,
                "standing": standings[hidden_layers],
            }
        )
    show(report.speed_up_table(standings))
    return networks


def growth(contenders, rate, settings):
    """Measures how the lab's step time grows with width, depth and batch size."""
    sweep_results = {}
    for sweep, value, result in sweeps.growth(contenders["lab"], settings):
        sweep_results.setdefault(sweep, {})[value] = result
    for sweep, results in sweep_results.items():
        show(report.growth_table(sweep, results, rate))
    return sweep_results


def compile_times(contenders, rate, settings):
    """Measures the time from a change of the network until the new one is ready to be trained."""
    results = {layers: (limit, result) for layers, limit, result in sweeps.compile_times(contenders["lab"], settings)}
    show(report.compile_table(results))
    return [{"hidden_layers": layers, "limit": limit, **result} for layers, (limit, result) in results.items()]


def grid(contenders, rate, settings):
    """Measures the time for the grid behind the decision boundary."""
    networks = [layers for layers in GOALS if is_small_enough(layers, sweeps.BATCH, settings)]
    results = dict(sweeps.grid_times(contenders["lab"], networks, settings))
    show(report.grid_table(sweeps.RESOLUTION, results))
    return [{"hidden_layers": layers, "resolution": sweeps.RESOLUTION, **result} for layers, result in results.items()]


def variants(contenders, rate, settings):
    """Measures the step time of the other optimizers, normalizations, activations and losses."""
    results = {(title, layers): result for title, layers, result in sweeps.variants(contenders["lab"], settings)}
    show(report.variants_table(list(sweeps.VARIANTS), sweeps.VARIED_NETWORKS, results))
    return [{"variant": title, "hidden_layers": layers, **result} for (title, layers), result in results.items()]


def page_frames(settings):
    """Measures the page itself while it trains and draws."""
    results = dict(frames.scenes(settings))
    for lines in report.frames_tables(results):
        show(lines)
    return results


def page_points(settings):
    """Measures the page with very many points."""
    results = points.measure(settings)
    for lines in report.frames_tables(results, f"the page with {points.rows(settings):,} points"):
        show(lines)
    return results


def page_start(settings):
    """Measures how soon the page is ready, and what is fetched for it."""
    result = start.measure(settings)
    for lines in report.start_tables(result):
        show(lines)
    return result


def page_memory(settings):
    """Measures the page's memory over thousands of frames and hundreds of networks."""
    with frames.opened_host(settings) as host:
        readings = memory.measure(host, settings)
    show(report.memory_table(readings))
    return [{"after": after, **heaps} for after, heaps in readings]


def page_soak(settings):
    """Measures the page while it is left open for an hour."""
    with frames.opened_host(settings) as host:
        readings = soak.measure(host, settings)
    show(report.soak_table(readings))
    return readings


# `compile` comes first, because it has to find the browser in the state in which a page that was just opened finds it.
PARTS = {"compile": compile_times, "compare": compare, "growth": growth, "grid": grid, "variants": variants}

# These open browsers of their own, after the others. `memory` takes minutes and `soak` an hour: both only on request.
PAGE_PARTS = {
    "start": page_start,
    "frames": page_frames,
    "points": page_points,
    "memory": page_memory,
    "soak": page_soak,
}
ONLY = f"measure only these of {', '.join([*PARTS, *PAGE_PARTS])}; memory and soak are left out otherwise"

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
