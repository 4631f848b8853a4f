"""`python3 -m bench [--json FILE] [--only NAME]`, by way of `python3 -m tools bench`: measured in the browser."""

import argparse
import datetime
import json
import os
import sys
import time
from pathlib import Path

from bench import driver, frames, memory, report, rounds, soak, start, sweeps
from bench.networks import GOALS


def main(arguments):
    """Measures, prints, and writes the JSON file if one is named."""
    parser = argparse.ArgumentParser(prog="python3 -m bench", description="Training speed in the browser, side by side")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers to FILE")
    parser.add_argument("--only", choices=[*PARTS, *PAGE_PARTS], metavar="NAME", help=ONLY)
    parser.add_argument("--minutes", type=float, metavar="N", help=f"how long `soak` takes (default: {soak.MINUTES})")
    options = parser.parse_args(arguments)
    if options.minutes is not None and options.only != "soak":
        parser.error("--minutes goes with --only soak")
    document = {"date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")}
    chosen = [options.only] if options.only else [*PARTS, "start", "frames"]
    measured = [name for name in chosen if name in PARTS]
    if measured:
        measure_contenders(measured, document)
    for name in (name for name in chosen if name in PAGE_PARTS):
        began = time.perf_counter()
        document[name] = PAGE_PARTS[name](options)
        print(f"  ({name}: {time.perf_counter() - began:.0f} s)", flush=True)
    if options.json:
        options.json.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def measure_contenders(chosen, document):
    """Measures what is measured side by side in one browser, and adds it to the document."""
    uses = [use for names in driver.CONTENDERS.values() for use in names] if "compare" in chosen else []
    with driver.opened_contenders(uses or ["lab"]) as (contenders, machine):
        rate, rates = sweeps.simd_rate(contenders["lab"])
        # Numbers of a machine that is busy with other things say little: how busy, is told.
        document["machine"] = {**machine, "simd_gigaflops": rates, "load_before": os.getloadavg()}
        print(headline(machine, rates), flush=True)
        for name in chosen:
            began = time.perf_counter()
            document[name] = PARTS[name](contenders, rate)
            print(f"  ({name}: {time.perf_counter() - began:.0f} s)", flush=True)
        document["machine"]["load_after"] = os.getloadavg()


def headline(machine, rates):
    """What is measured, and on what, in words."""
    products = ", ".join(f"{report.short(rate)} ({size}³)" for size, rate in rates.items())
    return (
        "One step: forward, backward and update of 40 points; tanh, softmax cross-entropy, momentum 0.9.\n"
        f"{machine['browser']}, {machine['cores']} cores ({machine['processor']}), WebGL by {machine['webgl']}\n"
        f"The machine's own rate of matrix products in WebAssembly SIMD, one thread: {products} GFLOP/s\n"
        f"Load of the machine in the last minute, without this: {os.getloadavg()[0]:.1f}"
    )


def show(lines):
    """Prints a table, with a line above it."""
    print("", *lines, sep="\n", flush=True)


def compare(contenders, rate):
    """Every contender with every network; the machine's own rate is measured again beside each."""
    networks, standings = [], {}
    for hidden_layers in GOALS:
        rate, rates = sweeps.simd_rate(contenders["lab"])
        network = rounds.network_of(hidden_layers)
        uses = rounds.time_network(contenders, network)
        results = report.fastest_uses(driver.CONTENDERS, uses)
        results = report.with_ratios(results, driver.LAB, hidden_layers, len(network["labels"]), rate)
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


def growth(contenders, rate):
    """How the lab's step time grows."""
    sweep_results = {}
    for sweep, value, result in sweeps.growth(contenders["lab"]):
        sweep_results.setdefault(sweep, {})[value] = result
    for sweep, results in sweep_results.items():
        show(report.growth_table(sweep, results, rate))
    return sweep_results


def compile_times(contenders, rate):
    """From a change of the network to one that is ready to be trained."""
    results = {layers: (limit, result) for layers, limit, result in sweeps.compile_times(contenders["lab"])}
    show(report.compile_table(results))
    return [{"hidden_layers": layers, "limit": limit, **result} for layers, (limit, result) in results.items()]


def grid(contenders, rate):
    """The grid behind the decision boundary."""
    results = dict(sweeps.grid_times(contenders["lab"], GOALS))
    show(report.grid_table(sweeps.RESOLUTION, results))
    return [{"hidden_layers": layers, "resolution": sweeps.RESOLUTION, **result} for layers, result in results.items()]


def variants(contenders, rate):
    """Every other path through the lab: optimizers, normalizations, activations, losses."""
    results = {(title, layers): result for title, layers, result in sweeps.variants(contenders["lab"])}
    show(report.variants_table(list(sweeps.VARIANTS), sweeps.VARIED_NETWORKS, results))
    return [{"variant": title, "hidden_layers": layers, **result} for (title, layers), result in results.items()]


def page_frames(options):
    """The page itself, as it trains and draws."""
    results = dict(frames.scenes())
    for lines in report.frames_tables(results):
        show(lines)
    return results


def page_start(options):
    """How soon the page is there, and what is fetched for it."""
    result = start.measure()
    for lines in report.start_tables(result):
        show(lines)
    return result


def page_memory(options):
    """The page's memory over thousands of frames and hundreds of networks."""
    with frames.opened_browser() as program:
        readings = memory.measure(program)
    show(report.memory_table(readings))
    return [{"after": after, **heaps} for after, heaps in readings]


def page_soak(options):
    """The page, left open for an hour."""
    with frames.opened_browser() as program:
        readings = soak.measure(program, options.minutes or soak.MINUTES)
    show(report.soak_table(readings))
    return readings


# `compile` comes first: it is to find the browser as a page that was just opened does.
PARTS = {"compile": compile_times, "compare": compare, "growth": growth, "grid": grid, "variants": variants}

# In browsers of their own, after the others. `memory` takes minutes and `soak` an hour: both only where asked for.
PAGE_PARTS = {"start": page_start, "frames": page_frames, "memory": page_memory, "soak": page_soak}
ONLY = f"measure only one of {', '.join([*PARTS, *PAGE_PARTS])}; memory and soak are left out otherwise"

if __name__ == "__main__":
    main(sys.argv[1:])
