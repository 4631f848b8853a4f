"""`python3 -m bench [--json FILE]`, by way of `python3 -m tools bench`: prints one table per network."""

import argparse
import datetime
import json
import sys
from pathlib import Path

from bench import driver, report, rounds

NETWORKS = ((8,), (8, 8, 8), (128, 128), (1024, 1024, 1024))


def main(arguments):
    """Measures, prints, and writes the JSON file if one is named."""
    parser = argparse.ArgumentParser(prog="python3 -m bench", description="Training speed in the browser, side by side")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers to FILE")
    options = parser.parse_args(arguments)
    document = {"date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"), "networks": []}
    with driver.opened_contenders() as (contenders, machine):
        document["machine"] = machine
        print(headline(machine), flush=True)
        for hidden_layers in NETWORKS:
            uses = rounds.time_network(contenders, rounds.network_of(hidden_layers))
            results = report.with_ratios(report.fastest_uses(driver.CONTENDERS, uses), driver.LAB)
            print("", *report.table(hidden_layers, results), sep="\n", flush=True)
            document["networks"].append({"hidden_layers": list(hidden_layers), "contenders": results, "uses": uses})
    if options.json:
        options.json.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def headline(machine):
    """What is measured, and on what, in words."""
    return (
        "One step: forward, backward and update of 40 points; tanh, softmax cross-entropy, momentum 0.9.\n"
        f"{machine['browser']}, {machine['cores']} cores ({machine['processor']}), WebGL by {machine['webgl']}"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
