// Computes the table of table.py under MicroPython: node micropython_runner.mjs MICROPYTHON.MJS TABLE.PY MODULE.PY…
// takes the inputs as JSON on the standard input and prints the table as JSON. The modules go to the table in their order.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [module, ...files] = process.argv.slice(2);
const { loadMicroPython } = await import(pathToFileURL(module).href);
const printed = [];
const python = await loadMicroPython({ heapsize: 32 << 20, linebuffer: true, stdout: (line) => printed.push(line) });
const names = files.map((file) => file.split(/[\\/]/).pop());
files.forEach((file, index) => python.FS.writeFile("/" + names[index], readFileSync(file)));
python.FS.writeFile("/inputs.json", readFileSync(0));
python.runPython(`
import sys
sys.path.insert(0, "/")
import json, table
with open("/inputs.json") as file:
    inputs = json.load(file)
modules = [__import__(name[:-3]) for name in ${JSON.stringify(names.slice(1))}]
for line in table.lines(*modules, inputs):
    # By the line: a long text takes MicroPython long to put together.
    print(json.dumps(line))
`);
console.log("[" + printed.join(",\n") + "]");
