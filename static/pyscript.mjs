// PyScript without the one thing that it makes out of text: a hook for workers, which would give them a module that
// nothing here imports. The page's policy forbids that.

import { hooks } from "../vendor/pyscript/core.js";

hooks.worker.onBeforeRunAsync.clear();
