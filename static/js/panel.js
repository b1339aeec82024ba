/* 填报页共用：自动保存的结果写回隐藏域；冲突与错误的说明放到 [data-problems=表单 id]；
   “保留我的”以新版本号覆盖保存；Alt+↑/↓ 切换上一项、下一项；按钮在表单之外（底栏）时 Ctrl+Enter 也有效。
   没有脚本时这些都由整页提交完成。 */
(function () {
  "use strict";
  var gf = window.gf;
  var waiting = new WeakMap();

  function box(form) { return document.querySelector("[data-problems=" + CSS.escape(form.id) + "]"); }
  function fill(form, fields) {
    Object.keys(fields || {}).forEach(function (name) {
      var field = form.elements[name];
      if (field && field.type === "hidden") field.value = fields[name];
    });
  }
  function mark(form, errors) {
    form.querySelectorAll("[data-refused]").forEach(function (field) {
      field.removeAttribute("data-refused");
      field.removeAttribute("aria-invalid");
    });
    Object.keys(errors || {}).forEach(function (name) {
      var field = name && document.getElementById("id_" + name);
      if (!field || !form.contains(field)) return;
      field.setAttribute("data-refused", "");
      field.setAttribute("aria-invalid", "true");
    });
  }
  function show(form, body) {
    var place = box(form);
    /* 这段 HTML 由本站服务器用模板生成，已转义。 */
    if (!place) return;
    place.replaceChildren();
    if (body && body.html) place.insertAdjacentHTML("beforeend", body.html);
    place.hidden = !place.firstElementChild;
  }
  document.addEventListener("gf:saved", function (event) {
    var form = event.target;
    if (!form.matches || !form.matches("form")) return;
    fill(form, event.detail.fields);
    mark(form, {});
    show(form, null);
  });
  document.addEventListener("gf:conflict", function (event) {
    waiting.set(event.target, event.detail.fields || {});
    show(event.target, event.detail);
    var place = box(event.target);
    if (place) place.scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("gf:refused", function (event) {
    mark(event.target, event.detail.body.errors);
    show(event.target, event.detail.body);
  });
  document.addEventListener("click", function (event) {
    var drop = event.target.closest("[data-drop-mine]");
    if (drop) {
      var mine = document.getElementById(drop.closest("[data-problems]").dataset.problems);
      if (mine && mine.gfSaver) { mine.gfSaver.forget(); gf.markClean(mine); }
      return;
    }
    var keep = event.target.closest("[data-keep-mine]");
    if (!keep) return;
    var form = document.getElementById(keep.closest("[data-problems]").dataset.problems);
    fill(form, waiting.get(form));
    if (form.gfSaver) form.gfSaver.insist(); else form.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("keydown", function (event) {
    var target = null;
    if (event.altKey && !event.ctrlKey && event.key === "ArrowUp") target = document.querySelector("[data-key-up]");
    if (event.altKey && !event.ctrlKey && event.key === "ArrowDown") target = document.querySelector("[data-key-down]");
    if (event.ctrlKey && event.key === "Enter" && !(event.target.form && event.target.form.querySelector("[data-ctrl-enter]"))) target = document.querySelector(".actbar [data-ctrl-enter]");
    if (!target) return;
    event.preventDefault();
    target.click();
  });
  /* 指标目录的检索：边输入边筛；没有脚本时整页提交。 */
  document.addEventListener("input", function (event) {
    var box = event.target.closest("[data-tree-search]");
    if (!box) return;
    var word = box.value.trim().toLowerCase();
    document.querySelectorAll(".gf-tree details").forEach(function (branch) {
      var shown = 0;
      branch.querySelectorAll("a").forEach(function (leaf) {
        leaf.hidden = Boolean(word) && leaf.textContent.toLowerCase().indexOf(word) < 0;
        if (!leaf.hidden) shown += 1;
      });
      branch.hidden = Boolean(word) && !shown;
      if (word) branch.open = shown > 0;
    });
  });
})();
