"use strict";
(() => {
  const form = document.querySelector(".filter");
  const rows = [...document.querySelectorAll("[data-status]")];
  const none = document.querySelector(".none");
  const show = () => {
    const wanted = form.elements.show.value;
    const words = form.elements.find.value.toLowerCase().split(/\s+/);
    let left = 0;
    for (const row of rows) {
      const fits = (wanted === "all" || row.dataset.status.split(" ").includes(wanted))
        && words.every((word) => row.dataset.text.includes(word));
      row.hidden = !fits;
      if (fits && row.tagName === "TR") left += 1;
    }
    form.elements.count.textContent = left === 1 ? "1 rule" : left + " rules";
    none.hidden = left > 0;
  };
  const open = () => {
    const rule = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (rule && rule.tagName === "DETAILS") {
      rule.open = true;
      rule.scrollIntoView();
    }
  };
  form.hidden = false;
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", open);
  show();
  open();
})();
