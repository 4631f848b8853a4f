// Computes the table of table.py under MicroPython: node micropython_runner.mjs MICROPYTHON.MJS PY TABLE.PY MODULE…
// takes the inputs as JSON on the standard input and prints the table as JSON. PY is the folder of the packages that
// MicroPython reads; the modules, by their names, go to the table in their order.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const PACKAGES = ["spec", "page"];
const [module, folder, table, ...names] = process.argv.slice(2);
const { loadMicroPython } = await import(pathToFileURL(module).href);
const printed = [];
const python = await loadMicroPython({ heapsize: 32 << 20, linebuffer: true, stdout: (line) => printed.push(line) });

function copy(path) {
    python.FS.mkdir("/" + path);
    for (const entry of readdirSync(join(folder, path), { withFileTypes: true })) {
        const inside = `${path}/${entry.name}`;
        if (entry.name.endsWith(".py")) python.FS.writeFile("/" + inside, readFileSync(join(folder, inside)));
        else if (entry.isDirectory() && entry.name !== "__pycache__") copy(inside);
    }
}

for (const name of PACKAGES) copy(name);
python.FS.writeFile("/table.py", readFileSync(table));
python.FS.writeFile("/inputs.json", readFileSync(0));
python.runPython(`
import sys
sys.path.insert(0, "/")
import json, table
with open("/inputs.json") as file:
    inputs = json.load(file)
def module(name):
    __import__(name)
    return sys.modules[name]
for line in table.lines(*[module(name) for name in ${JSON.stringify(names)}], inputs):
    # By the line: a long text takes MicroPython long to put together.
    print(json.dumps(line))
`);
console.log("[" + printed.join(",\n") + "]");
