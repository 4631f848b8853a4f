// What `driver.py` calls in a page: one contender a page, opened once, then prepared and timed network by network.
import { PEERS } from "./peers.js";

let prepare;
let contender;

window.bench = {
  /** Loads the library of the contender `name`; `options.modules` are the lab's Python files. */
  async open(name, options) {
    prepare = await PEERS[name](options);
  },

  /**
   * Makes the network and trains it for about `warmUp` milliseconds, two runs at least, until compilers and caches
   * have settled. Returns the loss before the first step, and an estimate of the milliseconds that a step takes.
   */
  async prepare(network, warmUp) {
    contender = await prepare(network);
    const loss = await contender.loss();
    let steps = 1;
    let elapsed = await contender.run(steps);
    let total = elapsed;
    do {
      if (elapsed < warmUp / 4) steps *= 2;
      elapsed = await contender.run(steps);
      total += elapsed;
    } while (total < warmUp);
    return { loss, milliseconds: elapsed / steps };
  },

  /** Only of the lab: what `measure(argument)` of a Python module of the benchmark returns. */
  ask: (module, argument) => prepare.ask(module, argument),

  /** Trains `steps` steps; returns the milliseconds they took together. */
  run: (steps) => contender.run(steps),

  /** Gives the network's memory back; returns its last loss. */
  async release() {
    const loss = await contender.loss();
    await contender.dispose();
    contender = undefined;
    return loss;
  },
};
