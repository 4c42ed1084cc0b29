"use strict";

// Sorting and filtering. Without this script everything can be read as well.

const byText = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }).compare;

for (const button of document.querySelectorAll("th[aria-sort] button")) {
  button.addEventListener("click", () => {
    const header = button.parentElement;
    const sorts = header.getAttribute("aria-sort");
    // Numbers begin with the largest, names with A; what is unknown is always last.
    const isNumber = header.classList.contains("number");
    const first = isNumber ? "descending" : "ascending";
    const second = isNumber ? "ascending" : "descending";
    const order = sorts === first ? second : first;
    for (const other of header.parentElement.children) {
      other.setAttribute("aria-sort", other === header ? order : "none");
    }
    const sign = order === "ascending" ? 1 : -1;
    const column = header.cellIndex;
    const body = header.closest("table").tBodies[0];
    const keys = [...body.rows].map((row) => {
      const cell = row.cells[column];
      const key = isNumber ? cell.dataset.value : cell.textContent;
      return { row, key: key === undefined || key === "" ? null : isNumber ? Number(key) : key };
    });
    keys.sort((a, b) => {
      if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
      return sign * (isNumber ? a.key - b.key : byText(a.key, b.key));
    });
    body.append(...keys.map(({ row }) => row));
  });
}

for (const filter of document.querySelectorAll(".filter")) {
  const input = filter.querySelector("input[type=search]");
  const differs = filter.querySelector("input[type=checkbox]");
  const list = document.getElementById(input.dataset.filters);
  const rows = [...list.querySelectorAll("[data-row]")];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const apply = () => {
    const words = input.value.toLowerCase().split(/\s+/);
    let shown = 0;
    rows.forEach((row, index) => {
      const fits =
        words.every((word) => texts[index].includes(word)) &&
        !(differs?.checked && !row.hasAttribute("data-differs"));
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    filter.querySelector("output").textContent = `${shown} of ${rows.length}`;
  };
  filter.addEventListener("input", apply);
  filter.hidden = false;
  apply();
}

// A bar leads to its finding, also where a filter hides it.
addEventListener("hashchange", () => {
  const target = document.getElementById(location.hash.slice(1));
  if (target?.hidden) {
    target.hidden = false;
    target.scrollIntoView();
  }
});
