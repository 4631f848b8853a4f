// The functions that `driver.py` calls in a page: each page has one contender, which is opened once, then prepared and
// timed network by network.
import { PEERS } from "./peers.js";

let prepare;
let contender;

/**
 * Kernels to start a network from, the same numbers every time: uniform with the variance 2 / inputs (He et al., 2015),
 * from a linear congruential generator with the constants of Numerical Recipes.
 */
function initialKernels({ hiddenLayers, classes }) {
  const widths = [2, ...hiddenLayers, classes];
  let state = 1;
  return widths.slice(1).map((outputs, index) => {
    const range = Math.sqrt(6 / widths[index]);
    return Float32Array.from({ length: widths[index] * outputs }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return range * (state / 2 ** 31 - 1);
    });
  });
}

window.bench = {
  /** Loads the library of the contender `name`; `options.modules` are the lab's Python files. */
  async open(name, options) {
    prepare = await PEERS[name](options);
  },

  /**
   * Makes the network, trains `steps` steps, and then for about `warmUp` milliseconds, two runs at least, until
   * compilers and caches have settled. Returns the losses before the first step and after `steps`, and an estimate of
   * the milliseconds that a step takes.
   */
  async prepare(network, steps, warmUp) {
    contender = await prepare({ ...network, kernels: initialKernels(network) });
    const losses = [await contender.loss()];
    await contender.run(steps);
    losses.push(await contender.loss());
    let count = 1;
    let elapsed = await contender.run(count);
    let total = elapsed;
    do {
      if (elapsed < warmUp / 4) count *= 2;
      elapsed = await contender.run(count);
      total += elapsed;
    } while (total < warmUp || !elapsed);
    return { losses, milliseconds: elapsed / count };
  },

  /** Only for the lab: returns the result of `measure(argument)` in a Python module of the benchmark. */
  ask: (module, argument) => prepare.ask(module, argument),

  /** Trains `steps` steps; returns the milliseconds that they took in total. */
  run: (steps) => contender.run(steps),

  /** Frees the network's memory; returns its last loss. */
  async release() {
    const loss = await contender.loss();
    await contender.dispose();
    contender = undefined;
    return loss;
  },
};
