// Lists that can be filtered and sorted. What is chosen stands in the address after #, so that it can be sent on.
"use strict";

const gouji = {
  tables: {},
  names: {},
  add(table, rows) {
    this.tables[table] = (this.tables[table] || []).concat(rows);
  },
};

const PAGE = 50;
const ON_PAPER = 1000;
const UNKNOWN = "-";

const LISTS = {
  findings: {
    fields: ["id", "severity", "year", "region", "organisation", "document_id", "document", "rule", "cause",
      "zh", "en", "difference", "size", "page", "form", "status"],
    facets: { severity: "程度 severity", year: "年度 year", region: "地区 region", cause: "成因 cause",
      rule: "规则 rule", status: "状态 status" },
    texts: { q: ["查找 search", ["id", "organisation", "document", "rule", "zh", "en", "form"]],
      organisation: ["单位 body", ["organisation"]] },
    columns: [
      ["severity", "程度", "severity", (row, cell) => cell.append(tag("severity", row("severity"))), "nowrap sev"],
      ["year", "年度", "year", (row, cell) => cell.append(row("year") ?? "—"), "nowrap year"],
      ["organisation", "单位和文件", "body, document", (row, cell) => cell.append(row("organisation") ?? "—",
        line(link(`documents/${row("document_id")}.html#f-${row("id")}`, row("document")))), "body"],
      ["zh", "发现", "finding", (row, cell) => cell.append(
        link(`findings/${row("id")}.html`, row("zh")), line(english(row("en")))), "what"],
      ["size", "差额", "difference", (row, cell) => cell.append(row("difference")), "amount"],
      ["rule", "规则", "rule", (row, cell) => cell.append(
        row("rule"), " ", make("small", {}, label("rule", row("rule"))[0])), "which"],
      ["cause", "成因", "cause", (row, cell) => cell.append(...both(label("cause", row("cause")))), "nowrap cause"],
    ],
  },
  documents: {
    fields: ["id", "document", "organisation", "year", "kind", "region", "status", "forms_read",
      "forms_unreadable", "forms_missing", "cells", "proved", "contradicted", "error", "warning", "info",
      "problem_errors", "problem_warnings"],
    facets: { year: "年度 year", kind: "种类 kind", region: "地区 region", status: "状态 status" },
    texts: { q: ["查找 search", ["id", "document", "organisation"]], organisation: ["单位 body", ["organisation"]] },
    columns: [
      ["document", "文件", "document", (row, cell) => cell.append(link(`documents/${row("id")}.html`, row("document"))), "what"],
      ["organisation", "单位", "body", (row, cell) => cell.append(row("organisation") ?? "—"), "body"],
      ["year", "年度", "year", (row, cell) => cell.append(row("year") ?? "—"), "nowrap"],
      ["kind", "种类", "kind", (row, cell) => cell.append(...both(label("kind", row("kind")))), "nowrap"],
      ["status", "状态", "status", (row, cell) => cell.append(...both(label("status", row("status")))), "nowrap"],
      ["forms_read", "已读表", "forms read", number("forms_read"), "amount"],
      ["forms_missing", "缺表", "missing", number("forms_missing"), "amount"],
      ["forms_unreadable", "读不出", "unreadable", number("forms_unreadable"), "amount"],
      ["cells", "数字", "figures", number("cells"), "amount"],
      ["proved", "已证", "proved", number("proved"), "amount"],
      ["contradicted", "矛盾", "contradicted", number("contradicted"), "amount"],
      ["error", "错误", "errors", number("error"), "amount"],
      ["warning", "警示", "warnings", number("warning"), "amount"],
      ["info", "提示", "info", number("info"), "amount"],
    ],
  },
};

function number(field) {
  return (row, cell) => cell.append(make("span", { className: row(field) ? "" : "zero" }, row(field).toLocaleString("en")));
}

function make(kind, properties = {}, ...children) {
  const node = Object.assign(document.createElement(kind), properties);
  node.append(...children);
  return node;
}

function link(href, text) {
  return make("a", { href }, text);
}

function line(node) {
  return make("div", {}, node);
}

function english(text) {
  return make("small", { lang: "en" }, text);
}

function both([chinese, foreign]) {
  return foreign ? [chinese, " ", english(foreign)] : [chinese];
}

function label(group, code) {
  if (code === UNKNOWN || code === null) return ["未知", "unknown"];
  if (code === "waived") return ["已豁免", "waived"];
  const known = group === "status" ? { ...gouji.names.version_status, ...gouji.names.status } : gouji.names[group];
  return (known || {})[code] || [String(code), ""];
}

function tag(group, code) {
  return make("span", { className: `tag s-${code}` }, ...both(label(group, code)));
}

class List {
  constructor(place) {
    const name = place.dataset.table;
    this.list = LISTS[name];
    this.rows = gouji.tables[name] || [];
    this.at = Object.fromEntries(this.list.fields.map((field, index) => [field, index]));
    this.filters = make("form", { className: "filters" });
    this.count = make("p", { className: "count", role: "status" });
    this.body = make("tbody");
    this.head = make("tr");
    this.pager = make("nav", { className: "pager", ariaLabel: "分页 pages" });
    const table = make("table", { className: `list ${name}` }, make("thead", {}, this.head), this.body);
    place.append(this.filters, this.count, make("div", { className: "scroll" }, table), this.pager);
    this.controls();
    this.headings();
    window.addEventListener("hashchange", () => this.show(true));
    window.addEventListener("beforeprint", () => this.show(false, ON_PAPER));
    window.addEventListener("afterprint", () => this.show());
    this.show(location.hash.includes("="));
  }

  get chosen() {
    return new URLSearchParams(location.hash.slice(1));
  }

  choose(changes) {
    const chosen = this.chosen;
    for (const [key, value] of Object.entries(changes)) {
      if (value) chosen.set(key, value);
      else chosen.delete(key);
    }
    const hash = chosen.toString();
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
    this.show();
  }

  controls() {
    this.filters.addEventListener("submit", (event) => event.preventDefault());
    for (const [key, [title]] of Object.entries(this.list.texts)) {
      const input = make("input", { name: key, type: "search", autocomplete: "off" });
      input.addEventListener("input", () => this.choose({ [key]: input.value.trim(), page: "" }));
      this.filters.append(make("label", { className: "wide" }, title, input));
    }
    for (const [facet, title] of Object.entries(this.list.facets)) {
      const select = make("select", { name: facet }, make("option", { value: "" }, "全部 all"));
      for (const [value, count] of this.values(facet)) {
        const said = label(facet, value).join(" ").trim();
        const text = facet === "rule" ? `${value} ${said}`.slice(0, 60) : said;
        select.append(make("option", { value }, `${text} (${count.toLocaleString("en")})`));
      }
      select.addEventListener("change", () => this.choose({ [facet]: select.value, page: "" }));
      this.filters.append(make("label", {}, title, select));
    }
    this.clear = make("button", { type: "button" }, "清除 clear");
    this.clear.addEventListener("click", () => {
      history.replaceState(null, "", location.pathname + location.search);
      this.clear.focus();
      this.show();
    });
    this.filters.append(this.clear);
  }

  values(facet) {
    const counts = new Map();
    for (const row of this.rows) {
      const value = row[this.at[facet]] ?? UNKNOWN;
      counts.set(value, (counts.get(value) || 0) + 1);
    }
    const known = Object.keys(gouji.names[facet] || {});
    const order = (value) => (facet === "year" ? -value : known.includes(value) ? known.indexOf(value) : String(value));
    return [...counts].sort(([a], [b]) => (order(a) < order(b) ? -1 : 1));
  }

  headings() {
    for (const [field, chinese, foreign, , kind] of this.list.columns) {
      const button = make("button", { type: "button" }, ...both([chinese, foreign]));
      button.addEventListener("click", () => {
        const now = this.chosen.get("sort");
        this.choose({ sort: now === field ? `-${field}` : field, page: "" });
      });
      const cell = make("th", { className: kind || "" }, button);
      cell.dataset.field = field;
      this.head.append(cell);
    }
  }

  selected(chosen) {
    const tests = [];
    for (const facet of Object.keys(this.list.facets)) {
      const value = chosen.get(facet);
      if (value) tests.push((row) => String(row[this.at[facet]] ?? UNKNOWN) === value);
    }
    for (const [key, [, fields]] of Object.entries(this.list.texts)) {
      const text = (chosen.get(key) || "").toLowerCase();
      const holds = (value) => (text === UNKNOWN ? value === null : String(value ?? "").toLowerCase().includes(text));
      if (text) tests.push((row) => fields.some((field) => holds(row[this.at[field]])));
    }
    return this.rows.filter((row) => tests.every((test) => test(row)));
  }

  said(chosen) {
    const facets = Object.entries(this.list.facets).filter(([facet]) => chosen.get(facet));
    const texts = Object.entries(this.list.texts).filter(([key]) => chosen.get(key));
    return [...facets.map(([facet, title]) => `${title}: ${label(facet, chosen.get(facet)).join(" ").trim()}`),
      ...texts.map(([key, [title]]) => `${title}: ${chosen.get(key)}`)];
  }

  sorted(rows, order) {
    const index = this.at[order.replace(/^-/, "")];
    if (index === undefined) return rows;
    const turn = order.startsWith("-") ? -1 : 1;
    const compare = (a, b) => (a === b ? 0 : a === null ? -1 : b === null ? 1 : a < b ? -1 : 1);
    return [...rows].sort((a, b) => turn * compare(a[index], b[index]));
  }

  show(scroll = false, most = PAGE) {
    const chosen = this.chosen;
    for (const control of this.filters.elements) {
      if (control.name && document.activeElement !== control) control.value = chosen.get(control.name) || "";
    }
    const rows = this.sorted(this.selected(chosen), chosen.get("sort") || "");
    const pages = Math.max(1, Math.ceil(rows.length / PAGE));
    const page = Math.min(pages, Math.max(1, Number(chosen.get("page")) || 1));
    const start = most < rows.length ? (page - 1) * PAGE : 0;
    this.count.textContent = [`${rows.length.toLocaleString("en")} / ${this.rows.length.toLocaleString("en")} 条 rows`,
      ...this.said(chosen)].join(" · ");
    this.body.replaceChildren(...rows.slice(start, start + most).map((row) => this.row(row)));
    for (const cell of this.head.children) {
      const order = chosen.get("sort");
      const sorted = order === cell.dataset.field ? "ascending" : order === `-${cell.dataset.field}` ? "descending" : "none";
      cell.setAttribute("aria-sort", sorted);
    }
    this.clear.disabled = !chosen.toString();
    this.turn(page, pages);
    if (scroll) this.filters.scrollIntoView();
  }

  row(values) {
    const line = make("tr");
    for (const [, chinese, , fill, kind] of this.list.columns) {
      const cell = make("td", { className: kind || "" });
      cell.dataset.label = chinese;
      fill((field) => values[this.at[field]], cell);
      line.append(cell);
    }
    return line;
  }

  turn(page, pages) {
    const step = (text, to) => {
      const button = make("button", { type: "button", disabled: to < 1 || to > pages }, text);
      button.addEventListener("click", () => this.choose({ page: to === 1 ? "" : String(to) }));
      return button;
    };
    this.pager.replaceChildren(step("上一页 back", page - 1), `${page} / ${pages}`, step("下一页 next", page + 1));
  }
}

for (const place of document.querySelectorAll(".browse")) {
  window.addEventListener("DOMContentLoaded", () => new List(place));
}
