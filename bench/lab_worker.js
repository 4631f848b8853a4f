// Runs this lab in a worker, in the same Pyodide as the page does; `peers.js` sends it `{method, argument}` and gets
// `{value}` or `{error}`. Messages about loading, `{lab}`, are not for `peers.js`.
import { loadPyodide } from "../static/interpreter.mjs";

const SITE = new URL("../", import.meta.url).href;

let python;
let steps;
let training;

const METHODS = {
  /** Starts Python with the benchmark's own modules, given by their paths in the site. */
  async open(modules) {
    const pyodide = await loadPyodide({});
    for (const path of modules) await writeModule(pyodide, path);
    python = pyodide;
    steps = pyodide.pyimport("lab_steps");
  },
  /** Returns the result of `measure` in one of the benchmark's own modules; all values are JSON. */
  ask: async ({ module, argument }) => JSON.parse(python.pyimport(module).measure(JSON.stringify(argument))),
  async prepare({ kernels, ...network }) {
    const copied = python.toPy(kernels);
    training = steps.Training(JSON.stringify(network), copied);
    copied.destroy();
  },
  run: async (count) => training.run(count),
  loss: async () => training.loss(),
  async dispose() {
    training.destroy();
  },
};

/** Copies one Python file of the site into the working directory, from where Python imports. */
async function writeModule(pyodide, path) {
  const response = await fetch(SITE + path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  pyodide.FS.writeFile(path.slice(path.lastIndexOf("/") + 1), await response.text());
}

self.onmessage = async ({ data: { method, argument } }) => {
  try {
    self.postMessage({ value: await METHODS[method](argument) });
  } catch (error) {
    // The last line of a traceback says what is wrong.
    self.postMessage({ error: String(error).trim().split("\n").at(-1) });
  }
};
