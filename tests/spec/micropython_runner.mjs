// Computes the table of table.py under MicroPython: node micropython_runner.mjs MICROPYTHON.MJS SPEC.PY AXES.PY TABLE.PY
// takes the inputs as JSON on the standard input and prints the table as JSON.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [module, ...files] = process.argv.slice(2);
const { loadMicroPython } = await import(pathToFileURL(module).href);
const printed = [];
const python = await loadMicroPython({ heapsize: 32 << 20, linebuffer: true, stdout: (line) => printed.push(line) });
for (const file of files) python.FS.writeFile("/" + file.split(/[\\/]/).pop(), readFileSync(file));
python.FS.writeFile("/inputs.json", readFileSync(0));
python.runPython(`
import sys
sys.path.insert(0, "/")
import json, spec, axes, table
with open("/inputs.json") as file:
    inputs = json.load(file)
print(json.dumps(table.lines(spec, axes, inputs)))
`);
console.log(printed.join(""));
