// The tables of the start page: sorted, filtered and shown by views. What they hold is read from the plain tables.
"use strict";
(() => {
  const { element, field } = tarot;
  const ROW = 50;
  const MOST = 16 * 44;
  const narrow = matchMedia("(max-width: 40rem)").matches;
  const SIZES = [["up to 4 B", 0, 4], ["4 to 15 B", 4, 15], ["15 to 80 B", 15, 80], ["above 80 B", 80, Infinity]];
  const places = [...document.querySelectorAll(".entries")];
  const sections = [...document.querySelectorAll("section[id^=group-]")];
  if (!places.length) return;

  // ---- a table

  function columnsOf(place) {
    return [...place.querySelectorAll("th")].map((header, number) => ({
      title: header.textContent, view: header.dataset.view, width: +header.dataset.width, hint: header.title,
      field: `c${number}`,
    }));
  }

  function linesOf(place) {
    return [...place.querySelectorAll("tbody tr")].map((row) => {
      const line = { ...row.dataset, cells: [...row.cells] };
      line.cells.forEach((cell, number) => {
        const value = cell.dataset.sort;
        line[`c${number}`] = value === "" ? null : isNaN(value) ? value : +value;
      });
      return line;
    });
  }

  /** Empty cells last, whatever the direction. */
  function ordered(a, b, ...rest) {
    const direction = rest[3];
    if (a === null || b === null) return a === b ? 0 : (a === null ? 1 : -1) * (direction === "desc" ? -1 : 1);
    return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
  }

  function shown(cell) {
    const number = +cell.getField().slice(1);
    return element("div.inner", {}, ...[...cell.getData().cells[number].childNodes].map((node) => node.cloneNode(true)));
  }

  async function made(place) {
    const columns = columnsOf(place);
    const lines = linesOf(place);
    const kind = place.dataset.kind;
    const label = place.getAttribute("aria-label");
    const name = columns.findIndex((column) => column.title === "model");
    place.replaceChildren(element("div"));
    for (const attribute of ["tabindex", "role", "aria-label"]) place.removeAttribute(attribute);
    const table = await tarot.table(place.firstChild, {
      data: lines, layout: "fitColumns", rowHeight: ROW, placeholder: "No entry fits these filters.",
      ...(lines.length * ROW > MOST ? { height: MOST } : {}), // only long tables scroll
      columns: columns.map((column, number) => ({
        title: column.title, field: column.field, visible: !column.view || column.view === value("view"), minWidth: narrow && number <= name ? 0.8 * column.width : column.width, widthGrow: number === name ? 3 : 1,
        headerTooltip: column.hint, ...(column.title === "band" ? { maxWidth: 84 } : {}), headerWordWrap: true, resizable: false, sorter: ordered, formatter: shown,
        frozen: number <= name, headerSortStartingDir: typeof lines[0][column.field] === "number" && number > name ? "desc" : "asc",
      })),
    });
    place.firstChild.setAttribute("aria-label", label);
    return { place, kind, table, columns };
  }

  // ---- the filters

  function choice(label, name, options) {
    const select = element("select", { id: name });
    for (const [value, text] of options) select.append(element("option", { value }, text));
    return field(label, select);
  }

  const views = [...new Set(places.flatMap((place) => columnsOf(place).map((column) => column.view)))].filter(Boolean);

  function controls() {
    const named = (values) => [["", "any"], ...values.map((value) => [value, value])];
    const bar = element("div.bar", { role: "search" },
      field("Search", element("input", { id: "search", type: "search" })),
      choice("Show", "view", views.map((view) => [view, view])),
      sections.length > 1 && choice("Benchmark", "group", [["", "all"],
        ...sections.map((section) => [section.id, section.querySelector("h2").textContent])]) || null,
      choice("Verified", "kind", [["", "all"], ["verified", "verified"], ["stated", "not verified"]]),
      choice("Size", "size", [["", "any"], ...SIZES.map(([text], number) => [number, text]), ["unknown", "unknown"]]),
      choice("Weights", "weights", named(["open", "closed", "unknown"])),
      choice("Reasoning", "reasoning", named(["yes", "no", "unknown"])),
      field("Runs since", element("input", { id: "since", type: "date" })),
      element("span.muted", { id: "count", role: "status" }));
    return bar;
  }

  const value = (name) => document.getElementById(name)?.value ?? "";

  function keeps(line) {
    const same = (wanted, known) => !wanted || (wanted === "unknown" ? known === "" : known === wanted);
    const size = value("size");
    const sized = size === "" || (size === "unknown" ? line.size === ""
      : line.size !== "" && +line.size > SIZES[size][1] && +line.size <= SIZES[size][2]);
    return sized && line.search.includes(value("search").trim().toLowerCase())
      && same(value("weights"), line.weights) && same(value("reasoning"), line.reasoning)
      && (!value("since") || line.date >= value("since"));
  }

  function filter(tables) {
    let left = 0, all = 0;
    for (const { place, kind, table } of tables) {
      const section = place.closest("section");
      const wanted = (!value("group") || section.id === value("group")) && (!value("kind") || value("kind") === kind);
      table.setFilter((line) => wanted && keeps(line));
      left += table.getDataCount("active");
      all += table.getDataCount();
    }
    for (const section of sections) section.hidden = Boolean(value("group")) && section.id !== value("group");
    document.getElementById("count").textContent = `${left} of ${all} entries`;
  }

  function look(tables) {
    for (const { table, columns } of tables) {
      table.blockRedraw();
      for (const column of columns) {
        if (column.view) table[column.view === value("view") ? "showColumn" : "hideColumn"](column.field);
      }
      table.restoreRedraw();
      table.redraw(true);
    }
  }

  // ---- a view has an address: the part after # holds the controls

  const names = ["search", "view", "group", "kind", "size", "weights", "reasoning", "since"];

  function restore() {
    for (const [name, chosen] of new URLSearchParams(location.hash.slice(1))) {
      if (names.includes(name) && document.getElementById(name)) document.getElementById(name).value = chosen;
    }
  }

  function keep() {
    const chosen = names.filter((name) => value(name) && !(name === "view" && value(name) === views[0]));
    const hash = new URLSearchParams(chosen.map((name) => [name, value(name)])).toString();
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  }

  document.getElementById("filters").append(controls());
  restore();
  Promise.all(places.map(made)).then((tables) => {
    filter(tables);
    document.querySelector("#filters .bar").addEventListener("input", (event) => {
      if (event.target.id === "view") look(tables);
      filter(tables);
      keep();
    });
  });
})();
