/* 批量选择：表单 data-bulk 内，[data-bulk-all] 全选，[data-bulk-item] 行选，[data-bulk-bar] 有选中才显示。
   没有脚本时批量条一直在，勾选后照常提交。 */
(function () {
  "use strict";
  var gf = window.gf;
  function seen(box) { return box.offsetParent !== null && !box.disabled; }
  function start(area) {
    var all = area.querySelector("[data-bulk-all]");
    var bar = area.querySelector("[data-bulk-bar]");
    function items() { return Array.prototype.slice.call(area.querySelectorAll("[data-bulk-item]")); }
    function show() {
      var boxes = items().filter(seen), picked = boxes.filter(function (box) { return box.checked; }).length;
      if (all) { all.checked = boxes.length > 0 && picked === boxes.length; all.indeterminate = picked > 0 && picked < boxes.length; }
      if (bar) { bar.hidden = picked === 0; bar.querySelectorAll("[data-bulk-count]").forEach(function (out) { out.textContent = picked; }); }
      items().forEach(function (box) { var row = box.closest("tr"); if (row) row.setAttribute("aria-selected", box.checked ? "true" : "false"); });
    }
    area.addEventListener("change", function (event) {
      if (event.target === all) items().filter(seen).forEach(function (box) { box.checked = all.checked; });
      if (event.target.matches("[data-bulk-all], [data-bulk-item]")) show();
    });
    area.addEventListener("click", function (event) {
      if (!event.target.closest("[data-bulk-clear]")) return;
      items().forEach(function (box) { box.checked = false; });
      show();
      var first = items().filter(seen)[0];
      if (first) first.focus();
    });
    // 按“后退”回到本页时，浏览器在脚本之后才恢复勾选。
    window.addEventListener("pageshow", show);
    show();
  }
  gf.onReady(function (scope) {
    scope.querySelectorAll("[data-bulk]").forEach(function (area) { if (!area.gfBulk) { area.gfBulk = true; start(area); } });
  });
})();
