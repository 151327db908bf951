// Reload a served report when its run has changed, and keep the place and the filters.
"use strict";
(() => {
  const status = document.getElementById("following");
  const key = `tarot-bench ${location.pathname}`;
  const chosen = JSON.parse(sessionStorage.getItem(key) ?? "null");
  sessionStorage.removeItem(key);

  function controls() {
    return [...document.querySelectorAll("#problems .bar select, #problems .bar input")];
  }

  /** The controls of the table as they were before the page was loaded again. */
  function restore() {
    if (!chosen) return;
    for (const name of ["benchmark", "run"]) {
      const control = document.getElementById(name);
      const wanted = chosen.values[name];
      delete chosen.values[name];
      if (control && wanted !== undefined && control.value !== wanted) {
        control.value = wanted;
        control.dispatchEvent(new Event("change"));
        return; // the table is made again, and then this function is called again
      }
    }
    for (const control of controls()) {
      if (control.id in chosen.values) control.value = chosen.values[control.id];
    }
    document.getElementById("search").dispatchEvent(new Event("input"));
    scrollTo(0, chosen.top);
  }

  async function look() {
    let wait = 5;
    try {
      const state = await (await fetch("state")).json();
      wait = state.wait_s;
      if (state.version !== status.dataset.version) {
        const values = Object.fromEntries(controls().map((control) => [control.id, control.value]));
        sessionStorage.setItem(key, JSON.stringify({ values, top: scrollY }));
        location.reload();
        return;
      }
      status.textContent = "This page follows the run: it loads again when there are new results.";
    } catch {
      status.textContent = "The server has stopped: this page shows what it sent last.";
    }
    setTimeout(look, wait * 1000);
  }

  document.addEventListener("tarot:shown", restore);
  look();
})();
