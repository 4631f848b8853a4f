"""Turns timings into the fastest use of each contender, ratios, and a table to read."""

import math


def fastest_uses(contenders, results):
    """For each contender the result of its fastest use, with that use's name as `use`; an `error` where all failed.

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


def with_ratios(results, lab):
    """The results, each with `speed_against_fastest_peer`: its steps per second over those of the fastest but `lab`."""
    peers = [result["steps_per_second"] for name, result in results.items() if name != lab and "error" not in result]
    if not peers:
        return results
    return {
        name: result
        if "error" in result
        else {**result, "speed_against_fastest_peer": result["steps_per_second"] / max(peers)}
        for name, result in results.items()
    }


def table(hidden_layers, results):
    """Lines of text: one contender a line, with its time, its speed, and that over the fastest peer's."""
    title = "hidden layers " + (", ".join(map(str, hidden_layers)) or "none")
    lines = [f"{title:<34}{'µs per step':>14}{'steps/s':>12}{'of fastest peer':>18}"]
    for name, result in results.items():
        if "error" in result:
            lines.append(f"  {name:<32}  {result['error']}")
            continue
        use = result["use"].rpartition("-")
        shown = f"{name}, {use[2]}" if use[0] else name
        numbers = [short(result["us_per_step"]), short(result["steps_per_second"])]
        share = result.get("speed_against_fastest_peer")
        numbers.append("" if share is None else f"{short(share)} ×")
        lines.append(f"  {shown:<32}{numbers[0]:>14}{numbers[1]:>12}{numbers[2]:>18}")
    return lines


def short(number):
    """A positive number with three digits that count, and no exponent."""
    digits = max(0, 2 - math.floor(math.log10(number)))
    return f"{number:,.{digits}f}"
