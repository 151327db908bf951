// What every page shares: its data, its theme, and small helpers. All text goes through textContent.
"use strict";
const tarot = (() => {
  const decoded = new Map();

  /** The data that came with the page. */
  function data() {
    return JSON.parse(document.getElementById("data").textContent);
  }

  /** A compressed part of the data, decoded on first use. */
  function chunk(name) {
    if (!decoded.has(name)) decoded.set(name, decode(name));
    return decoded.get(name);
  }

  async function decode(name) {
    const held = document.querySelector(`script[data-chunk="${CSS.escape(name)}"]`);
    if (!held) throw new Error(`this page has no data named ${name}`);
    const bytes = Uint8Array.from(atob(held.textContent), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).json();
  }

  /** A new element: its tag with classes, as in "p.muted"; its attributes; its children (texts or elements). */
  function element(kind, attributes = {}, ...children) {
    const [tag, ...classes] = kind.split(".");
    const made = document.createElement(tag);
    if (classes.length) made.className = classes.join(" ");
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value !== null && value !== undefined) made.setAttribute(name, value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  /** A share as per cent. */
  function percent(share) {
    return share === null || share === undefined ? "" : `${(100 * share).toFixed(1)} %`;
  }

  /** Two texts as one block in which removed and added lines are marked. */
  function difference(expected, actual) {
    const block = element("pre", { tabindex: "0", role: "group", "aria-label": "Difference between expected and actual output" });
    for (const part of Diff.diffLines(expected, actual, { ignoreNewlineAtEof: true })) {
      const sign = part.added ? "+ " : part.removed ? "- " : "  ";
      const text = part.value.replace(/\n$/, "").split("\n").map((line) => sign + line).join("\n") + "\n";
      block.append(part.added ? element("ins", {}, text) : part.removed ? element("del", {}, text) : text);
    }
    return block;
  }

  /** A table (Tabulator) whose headers sort with the keyboard, too. */
  async function table(place, options) {
    // Tabulator takes titles for HTML. With `autoResize` it replaces the rows when the table scrolls into view, so that
    // a click on one of them is lost.
    const columns = options.columns.map((column) => ({ ...column, title: element("span", {}, column.title).innerHTML }));
    const made = new Tabulator(place, { ...options, columns, autoResize: false });
    await new Promise((resolve) => made.on("tableBuilt", resolve));
    for (const header of place.querySelectorAll(".tabulator-col.tabulator-sortable")) {
      header.tabIndex = 0;
      header.addEventListener("keydown", (event) => { if (event.key === "Enter") header.click(); });
    }
    // A focusable part of a grid needs a role; the links in the rows can be focused, and scroll it.
    place.querySelector(".tabulator-tableholder").removeAttribute("tabindex");
    let width = place.clientWidth;
    new ResizeObserver(() => {
      if (place.clientWidth === width) return;
      width = place.clientWidth;
      if (width) made.redraw(true); // none while it is hidden
    }).observe(place);
    return made;
  }

  /** A control with its label. */
  function field(label, control) {
    return element("div.field", {}, element("label", { for: control.id }, label), control);
  }

  function themed() {
    const button = document.getElementById("theme");
    const dark = () => (document.documentElement.dataset.theme
      || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
    const label = () => { button.textContent = dark() ? "Light theme" : "Dark theme"; };
    button.addEventListener("click", () => {
      document.documentElement.dataset.theme = dark() ? "light" : "dark";
      label();
    });
    label();
  }

  /** A button below every figure that saves its chart, with the ink of the light theme. */
  function savable() {
    for (const figure of document.querySelectorAll("figure[id]")) {
      const save = () => {
        const drawn = figure.querySelector("svg").cloneNode(true);
        const text = new XMLSerializer().serializeToString(drawn).replaceAll("currentColor", "#222222");
        const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
        element("a", { href: address, download: `${figure.id}.svg` }).click();
        setTimeout(() => URL.revokeObjectURL(address), 60_000);
      };
      figure.append(element("button", { type: "button", onclick: save }, "Save as SVG"));
    }
  }

  themed();
  savable();
  return { chunk, data, difference, element, field, percent, table };
})();
