// The table of problems and the drill-down of a report.
"use strict";
(() => {
  const { chunk, data, difference, element, field, percent, table } = tarot;
  const benchmarks = data();
  const state = { benchmark: 0, run: 0, table: null, rows: [], opened: null };
  const panel = document.getElementById("problems");
  const detail = document.getElementById("problem");

  const chosen = () => benchmarks[state.benchmark];
  const run = () => chosen().runs[state.run];

  // ---- the table

  function option(label, items, name, onchange) {
    const select = element("select", { id: name, onchange });
    items.forEach((item, number) => select.append(element("option", { value: number }, item)));
    return field(label, select);
  }

  function controls() {
    const redraw = () => filter();
    const bar = element("div.bar", { role: "search" });
    if (benchmarks.length > 1) {
      bar.append(option("Benchmark", benchmarks.map((each) => each.name), "benchmark", (event) => show(+event.target.value, 0)));
    }
    if (chosen().runs.length > 1) {
      bar.append(option("Run", chosen().runs.map((each) => each.label), "run", (event) => show(state.benchmark, +event.target.value)));
    }
    bar.append(
      field("Search", element("input", { id: "search", type: "search", oninput: redraw })),
      option("Solved", ["all", "by every sample", "by some samples", "by no sample", ...pairs().map(([label]) => label)], "solved", redraw),
      option("With a failure in", ["any tier or none", ...run().tiers], "failing", redraw),
      option("With the verdict", ["any", ...verdicts()], "verdict", redraw),
    );
    const tags = [...new Set(state.rows.flatMap((row) => [row.difficulty, ...row.tags]).filter(Boolean))].sort();
    if (tags.length) bar.append(option("Difficulty or tag", ["any", ...tags], "tag", redraw));
    bar.append(element("span.muted", { id: "count", role: "status" }));
    return bar;
  }

  /** The filters that compare the run shown with the others. */
  function pairs() {
    return chosen().runs.flatMap((other, number) => (number === state.run ? [] : [
      [`here, not by ${other.label}`, (row) => differs(row, number) && rate(row) > rate(row, number)],
      [`by ${other.label}, not here`, (row) => differs(row, number) && rate(row) < rate(row, number)],
    ]));
  }

  const differs = (row, number) => rate(row) !== null && rate(row, number) !== null;

  const verdicts = () => [...new Set(state.rows.flatMap((row) => Object.keys(row.runs[state.run]?.verdicts ?? {})))].sort();

  function rate(row, number = state.run) {
    const found = row.runs[number];
    return found && found.graded ? found.solved / found.graded : null;
  }

  function columns() {
    const share = (cell) => percent(cell.getValue());
    const made = [
      { title: "Problem", field: "id", minWidth: 170, widthGrow: 3, formatter: (cell) => link(cell.getRow().getData()) },
      { title: "Solved", field: "solved", formatter: share, hozAlign: "right" },
      ...run().tiers.map((tier) => ({ title: tier, field: `tiers.${tier}`, formatter: share, hozAlign: "right" })),
      { title: "Verdicts", field: "said", widthGrow: 2, minWidth: 140 },
    ];
    if (state.rows.some((row) => row.difficulty)) made.push({ title: "Difficulty", field: "difficulty" });
    chosen().runs.forEach((other, number) => {
      if (number !== state.run) made.push({ title: other.label, field: `others.${number}`, formatter: share, hozAlign: "right" });
    });
    // Columns that do not fit, as on a phone, are hidden from the right; none is squeezed.
    const least = (title) => Math.min(160, Math.max(92, 34 + 8.5 * title.length));
    return made.map((column) => ({ minWidth: least(column.title), headerWordWrap: true, resizable: false, ...column }));
  }

  const link = (row) => element("a", { href: `#${state.benchmark}/${state.run}/${row.number}/0` }, row.id);

  function lines() {
    return state.rows.map((row, number) => {
      const found = row.runs[state.run];
      const tiers = {};
      for (const [tier, passed] of Object.entries(found?.tiers ?? {})) tiers[tier] = passed / found.graded;
      const others = Object.fromEntries(chosen().runs.map((_, other) => [other, rate(row, other)]));
      const said = Object.entries(found?.verdicts ?? {}).map(([verdict, count]) => `${verdict} ${count}`).join(", ");
      return { number, id: row.id, difficulty: row.difficulty, solved: rate(row), tiers, said, others };
    });
  }

  function filter() {
    const value = (name) => +(document.getElementById(name)?.value ?? 0);
    const text = document.getElementById("search").value.trim().toLowerCase();
    const solved = value("solved");
    const conditions = [null, (r) => rate(r) === 1, (r) => rate(r) > 0 && rate(r) < 1, (r) => rate(r) === 0, ...pairs().map(([, keep]) => keep)];
    const tier = run().tiers[value("failing") - 1];
    const verdict = verdicts()[value("verdict") - 1];
    const tag = value("tag") ? document.getElementById("tag").selectedOptions[0].textContent : null;
    const keep = (line) => {
      const row = state.rows[line.number];
      const found = row.runs[state.run];
      return (!text || row.id.toLowerCase().includes(text))
        && (!solved || conditions[solved](row))
        && (!tier || (found?.tiers[tier] ?? found?.graded) < found?.graded)
        && (!verdict || found?.verdicts[verdict])
        && (!tag || row.difficulty === tag || row.tags.includes(tag));
    };
    state.table.setFilter(keep);
    const left = state.table.getDataCount("active");
    document.getElementById("count").textContent = `${left} of ${state.rows.length} problems`;
  }

  async function show(benchmark, number) {
    state.benchmark = benchmark;
    state.run = number;
    state.rows = await chunk(chosen().rows);
    const place = element("div");
    panel.replaceChildren(element("h2", {}, `Problems of ${chosen().name}`), controls(), place);
    for (const [name, value] of [["benchmark", benchmark], ["run", number]]) {
      const select = document.getElementById(name);
      if (select) select.value = value;
    }
    state.table = await table(place, {
      columns: columns(), data: lines(), height: Math.min(34 * 16, 60 + 38 * state.rows.length), layout: "fitColumns",
      responsiveLayout: "hide", placeholder: "No problem fits these filters.",
    });
    filter();
    document.dispatchEvent(new Event("tarot:shown"));
  }

  // ---- the drill-down

  /** The address of a problem by its name, as other pages link it, becomes that of its place. */
  async function located() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const benchmark = benchmarks.findIndex((each) => each.name === (asked.get("benchmark") ?? benchmarks[0].name));
    if (!asked.has("problem") || benchmark < 0) return;
    if (benchmark !== state.benchmark) await show(benchmark, 0);
    const problem = state.rows.findIndex((row) => row.id === asked.get("problem"));
    if (problem >= 0) history.replaceState(null, "", `#${benchmark}/${state.run}/${problem}/0`);
  }

  async function open() {
    await located();
    const match = /^#(\d+)\/(\d+)\/(\d+)\/(\d+)$/.exec(location.hash);
    if (!match) { detail.replaceChildren(); state.opened = null; return; }
    const [benchmark, number, problem, sample] = match.slice(1).map(Number);
    if (benchmark !== state.benchmark || number !== state.run) await show(benchmark, number);
    const row = state.rows[problem];
    const found = row?.runs[state.run];
    if (!found) { detail.replaceChildren(element("p", {}, "This run does not have that problem.")); return; }
    const asked = await entry(found.asked);
    const samples = await entry(found.place);
    const same = state.opened === row.id;
    state.opened = row.id;
    const heading = element("h2", { tabindex: "-1" }, row.id);
    detail.replaceChildren(
      heading,
      element("p.muted", {}, `${run().label}: ${found.solved} of ${found.graded} graded samples pass every test. Checker ${asked.checker}, limit ${asked.limits.cpu_s} CPU s.`),
      unfold("Statement", pre(asked.statement), true),
      unfold("Prompt", pre(asked.prompt)),
      picker(samples, sample, (next) => { location.hash = `#${benchmark}/${number}/${problem}/${next}`; }),
      samples.length ? drawn(row, asked, samples[Math.min(sample, samples.length - 1)]) : element("p", {}, "No sample was answered yet."),
    );
    (same && document.getElementById("sample") || heading).focus({ preventScroll: same });
    if (!same) detail.scrollIntoView();
  }

  async function entry([name, number]) {
    return (await chunk(name))[number];
  }

  const pre = (text) => element("pre", { tabindex: "0" }, text);

  function unfold(title, content, isOpen = false) {
    return element("details", isOpen ? { open: "" } : {}, element("summary", {}, title), content);
  }

  const passed = (sample) => sample.results?.every(([verdict]) => verdict === "PASSED");

  function picker(samples, current, choose) {
    if (samples.length < 2) return null;
    const select = element("select", { id: "sample", onchange: (event) => choose(event.target.value) });
    samples.forEach((sample, place) => {
      const failed = sample.results?.find(([verdict]) => verdict !== "PASSED");
      select.append(element("option", { value: place }, `sample ${sample.index}: ${passed(sample) ? "passes" : failed ? failed[0] : "not graded"}`));
    });
    select.value = current;
    return element("div.bar", {}, field("Sample", select));
  }

  function drawn(row, asked, sample) {
    const box = element("article.sample", {}, element("h3", {}, `Sample ${sample.index}`));
    if (sample.tokens) {
      box.append(element("p.muted", {}, `${sample.outcome}${sample.finish ? `, ended with ${sample.finish}` : ""}; ${sample.tokens[0]} tokens in, ${sample.tokens[1]} out. ${sample.note}`));
    }
    if (sample.how) box.append(element("p", {}, `Code: ${sample.how}.`));
    if (sample.code) box.append(unfold("Extracted code", pre(sample.code), true));
    if (sample.text !== undefined) box.append(unfold("Raw answer", pre(sample.text), !sample.code));
    (sample.results ?? []).forEach((result, place) => box.append(test(asked.tests[place], result, place)));
    box.append(bug(row, sample));
    return box;
  }

  function test(asked, [verdict, cpu, said, actual], place) {
    const good = verdict === "PASSED";
    const box = element("div.test", {}, element("h4", {}, `Test ${place + 1}, ${asked?.tier ?? ""}: `, element(good ? "span.good" : "span.bad", {}, verdict)));
    box.append(element("p.muted", {}, `${cpu} CPU s. ${said}`));
    if (!asked) return box;
    if (asked.reason) box.append(element("p", {}, `Why this test: ${asked.reason}`));
    box.append(unfold("Input", pre(asked.input)));
    if (actual !== undefined) box.append(unfold("Expected (−) and actual (+) output", difference(asked.output, actual), true));
    else if (asked.kind !== "suite") box.append(unfold("Expected output", pre(asked.output)));
    if (actual === undefined && verdict === "WRONG_ANSWER" && asked.kind !== "suite") {
      box.append(element("p.muted", {}, "The actual output is not in this report: `tarot-bench report --outputs N` runs more failed tests again."));
    }
    return box;
  }

  /** A text as one word of a shell. */
  const word = (text) => (/^[\w/.:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

  /** What a bug report needs. */
  function bug(row, sample) {
    const { path, model, setting } = run();
    const text = [
      `problem: ${row.id}`, `sample: ${sample.index}`, `model: ${model}`, `benchmark: ${chosen().name}`,
      `data: ${setting.data} ${setting.revision ?? ""} (digest ${setting.data_digest})`,
      `settings digest: ${setting.settings_digest}`, `tarot-bench: ${setting.tarot_bench}`,
      `sampling: ${JSON.stringify(setting.sampling)}`,
      `show it again: tarot-bench explain ${word(path)} ${word(row.id)} ${sample.index}`,
    ].join("\n");
    return unfold("Text for a bug report", pre(text));
  }

  addEventListener("hashchange", open);
  show(0, 0).then(open);
})();
