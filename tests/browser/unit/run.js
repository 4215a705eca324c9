// Works through all unit tests in turn and posts what came of each.
import { collected, setFile } from "./kit.js";

const FILES = ["board", "clock", "feed", "layout", "live", "taps"];
const results = {};

async function attempt(run) {
  try {
    document.getElementById("stage").replaceChildren();
    await run();
    return "";
  } catch (error) {
    return String(error.stack || error);
  }
}

for (const file of FILES) {
  setFile(file);
  const fault = await attempt(() => import(`./${file}.test.js`));
  if (fault) results[`${file}: could not be loaded`] = fault;
}
for (const { name, run } of collected) results[name] = await attempt(run);
await fetch("/results", { method: "POST", body: JSON.stringify(results) });
