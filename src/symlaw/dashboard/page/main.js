// Which page is shown: the part of the address after # says it.

import { el, show } from "./dom.js";
import { answerPage } from "./answer.js";
import { comparePage } from "./compare.js";
import { examplesPage } from "./examples.js";
import { runPage } from "./run.js";
import { runsPage } from "./runs.js";
import { startPage } from "./start.js";

const main = document.getElementById("main");
// Pages that the bar links to, beside the list of runs.
const OWN = ["new", "examples"];
let leave = () => {};

function pageOf(parts) {
  if (parts[0] === "run" && parts[1]) return [`Run ${parts[1]}`, (place) => runPage(place, parts[1])];
  if (parts[0] === "answer" && parts[1]) return [`Run ${parts[1]}`, (place) => answerPage(place, parts[1])];
  if (parts[0] === "new") return ["New search", startPage];
  if (parts[0] === "examples") return ["Programs from examples", examplesPage];
  if (parts[0] === "compare" && parts[2])
    return ["Two runs", (place) => comparePage(place, parts[1], parts[2])];
  return ["Runs", runsPage];
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function turn() {
  if (!location.hash.startsWith("#/") && location.hash) return;
  leave();
  const parts = location.hash.slice(2).split("/").map(decoded);
  const [title, page] = pageOf(parts);
  document.title = `${title} – symlaw`;
  for (const link of document.querySelectorAll("nav a")) {
    const here = link.getAttribute("href") === (OWN.includes(parts[0]) ? `#/${parts[0]}` : "#/");
    link.toggleAttribute("aria-current", here);
  }
  const place = el("div", { class: "page" });
  show(main, place);
  leave = page(place) || (() => {});
}

// The token has become a cookie: it need not stay in the address and the history.
if (location.search) history.replaceState(null, "", `/${location.hash}`);
window.addEventListener("hashchange", turn);
turn();
