// Two models side by side: the paired comparison of `tarot_bench.metrics.comparison`, over the problems of both.
"use strict";
(() => {
  const { chunk, data, element, field, percent } = tarot;
  const MOST = 500;
  const groups = data();
  const panel = document.getElementById("compare");
  if (!groups.length) return;

  // ---- statistics, as in tarot_bench.metrics.intervals

  /** The sum of numbers with Neumaier's correction. */
  function sum(numbers) {
    let total = 0, lost = 0;
    for (const number of numbers) {
      const next = total + number;
      lost += Math.abs(total) >= Math.abs(number) ? (total - next) + number : (number - next) + total;
      total = next;
    }
    return total + lost;
  }

  /** The 97.5 % point of Student's t (Abramowitz & Stegun, 26.7.5). */
  function quantile(df) {
    if (df === 1) return Math.tan(Math.PI * 0.475);
    if (df === 2) return 0.95 * Math.sqrt(2 / (1 - 0.95 ** 2));
    const z = 1.959963984540054;
    return sum([
      z,
      (z ** 3 + z) / 4 / df,
      (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96 / df ** 2,
      (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384 / df ** 3,
      (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160 / df ** 4,
    ]);
  }

  /** The mean of differences with its 95 % interval over problems (`mean_difference`). */
  function meanDifference(differences) {
    const count = differences.length;
    const value = sum(differences) / count;
    if (count === 1) return { value, low: -1, high: 1 };
    const equal = differences.every((each) => each === differences[0]);
    const seen = equal ? [...differences, 1, -1] : differences;
    const centre = sum(seen) / seen.length;
    const variance = sum(seen.map((each) => (each - centre) ** 2)) / (seen.length - 1);
    const half = quantile(count - 1) * Math.sqrt(variance / seen.length);
    return { value, low: Math.max(centre - half, -1), high: Math.min(centre + half, 1) };
  }

  /** The problems of both models in one scope, as triples of place, first and second rate. */
  function paired(first, second) {
    return first.map((rate, place) => [place, rate, second[place]]).filter(([, a, b]) => a !== null && b !== null);
  }

  // ---- the parts of the page

  function rate([value, low, high]) {
    const style = `--value:${100 * value}%;--low:${100 * low}%;--width:${100 * (high - low)}%`;
    return element("span.rate", { style }, element("b", {}, percent(value)), " ",
      element("small", {}, `[${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`));
  }

  const signed = (share) => `${share < 0 ? "−" : "+"}${Math.abs(100 * share).toFixed(1)}`;

  function difference({ value, low, high }) {
    const kind = low > 0 ? "second" : high < 0 ? "first" : "neither";
    const style = `--value:${50 + 50 * value}%;--low:${50 + 50 * low}%;--width:${50 * (high - low)}%`;
    return element("span.rate.change", { style, "data-value": value, "data-low": low, "data-high": high, "data-better": kind },
      element("b", {}, `${signed(value)} pp`), " ", element("small", {}, `[${signed(low)}, ${signed(high)}]`));
  }

  const link = (model) => element("a", { href: `models/${model.slug}/index.html` }, model.name);

  function table(a, b, first, second) {
    const head = ["tests", link(a), link(b), "B minus A", "A more often", "B more often", "problems"];
    const rows = Object.keys(first).filter((scope) => scope in second).map((scope) => {
      const pairs = paired(first[scope], second[scope]);
      if (!pairs.length) return null;
      const ahead = [pairs.filter(([, x, y]) => x > y).length, pairs.filter(([, x, y]) => y > x).length];
      const cells = [rate(a.rates[scope]), rate(b.rates[scope]), difference(meanDifference(pairs.map(([, x, y]) => y - x))),
        `${ahead[0]}`, `${ahead[1]}`, `${pairs.length}`];
      return element("tr", { "data-scope": scope }, element("th", { scope: "row" }, scope),
        ...cells.map((cell) => element("td", {}, cell)));
    });
    return element("div.scroll", { tabindex: "0", role: "region", "aria-label": "Rates of both models" },
      element("table.pair", {}, element("thead", {}, element("tr", {}, ...head.map((title, place) =>
        element("th", { scope: "col" }, place === 1 ? "A: " : place === 2 ? "B: " : null, title)))),
      element("tbody", {}, ...rows)));
  }

  /** The problems that one model solves in some sample, and the other in none. */
  function only(title, model, names, places) {
    const { benchmark } = groups[group()];
    const shown = (name) => (model.samples
      ? element("a", { href: `models/${model.slug}/samples.html#${new URLSearchParams({ problem: name, benchmark })}` }, name) : name);
    const items = places.slice(0, MOST).map((place) => element("li", {}, shown(names[place])));
    if (places.length > MOST) items.push(element("li.muted", {}, `and ${places.length - MOST} more`));
    return element("section.only", {}, element("h2", {}, `${title} (${places.length})`),
      items.length ? element("ul", { tabindex: "0" }, ...items) : element("p.muted", {}, "No problem."));
  }

  async function draw(number, one, other) {
    const { models } = groups[number];
    const [names, first, second] = await Promise.all(
      [`problems.${number}`, `rates.${number}.${one}`, `rates.${number}.${other}`].map(chunk));
    const scope = "strict" in first ? "strict" : "original";
    const pairs = paired(first[scope], second[scope]);
    const places = (keep) => pairs.filter(([, a, b]) => keep(a, b)).map(([place]) => place);
    document.getElementById("pair").replaceChildren(
      table(models[one], models[other], first, second),
      element("p.muted", {}, "B minus A: in percentage points, with the paired 95 % interval; bold where that does not hold 0. " +
        "More often: problems of which this model passes a larger share of its samples."),
      element("div.sides", {},
        only(`Only A, ${models[one].name}, solves`, models[one], names, places((a, b) => a > 0 && b === 0)),
        only(`Only B, ${models[other].name}, solves`, models[other], names, places((a, b) => b > 0 && a === 0))));
  }

  // ---- what is compared: the part after # names it

  const control = (name) => document.getElementById(name);

  function choice(label, name, items) {
    const select = element("select", { id: name });
    items.forEach((item, number) => select.append(element("option", { value: number }, item)));
    return field(label, select);
  }

  function chooseModels(number) {
    const names = groups[number].models.map((model) => model.name);
    control("models").replaceChildren(choice("A", "a", names), choice("B", "b", names),
      element("button", { type: "button", id: "swap", onclick: swap }, "Swap"));
    control("b").value = 1;
  }

  const group = () => +(control("group")?.value ?? 0);

  function show() {
    const [number, one, other] = [group(), +control("a").value, +control("b").value];
    const pair = [one, other].map((place) => groups[number].models[place].slug).join(",");
    history.replaceState(null, "", `#compare=${pair}&benchmark=${encodeURIComponent(groups[number].benchmark)}`);
    return draw(number, one, other);
  }

  function swap() {
    [control("a").value, control("b").value] = [control("b").value, control("a").value];
    show();
  }

  /** Choose what the address names, as far as it is there. */
  function restore() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const slugs = (asked.get("compare") ?? "").split(",");
    const place = (number, slug) => groups[number].models.findIndex((model) => model.slug === slug);
    const fits = (each, number) => place(number, slugs[0]) >= 0 && [null, each.benchmark].includes(asked.get("benchmark"));
    const found = groups.findIndex(fits);
    if (found >= 0 && control("group")) control("group").value = found;
    chooseModels(Math.max(found, 0));
    if (found < 0) return;
    const [one, other] = slugs.map((slug) => place(found, slug));
    control("a").value = one;
    control("b").value = other >= 0 ? other : one === 0 ? 1 : 0;
  }

  panel.append(
    element("div.bar", {}, groups.length > 1 ? choice("Benchmark", "group", groups.map((each) => each.title)) : null,
      element("div.bar", { id: "models" })),
    element("div", { id: "pair", "aria-live": "polite" }));
  restore();
  panel.addEventListener("change", (event) => {
    if (event.target.id === "group") chooseModels(group());
    show();
  });
  addEventListener("hashchange", () => { restore(); show(); });
  show();
})();
