/* 评分台：焦点在评分格（input[data-score]）内时的键盘流，可关（WCAG 2.1.4）；佐证预览的缩放与翻页。
   ↑↓ 换行　Enter 到下一未评　= 采用对照分　E 下一份佐证　V 标已核验　C 写意见　R 加入退回清单　? 说明
   行 tr[data-row] 可带 data-evidence、data-verify、data-comment、data-return：该键点击或聚焦的元素选择器，缺省用 [data-key-e] 等。
   开关 [data-keys-switch]；合计 [data-score-total]、已评 [data-score-count]。合计只是即时提示，以服务器为准。 */
(function () {
  "use strict";
  var gf = window.gf, SWITCH = "gf-keys";
  function on() { try { return localStorage.getItem(SWITCH) !== "off"; } catch (e) { return true; } }

  /* 十进制按“分”为单位的整数计算，避免二进制小数的误差 */
  function cents(text) {
    var clean = text.trim().replace(/[０-９．]/g, function (c) { return String.fromCharCode(c.charCodeAt(0) - 0xFEE0); });
    if (!/^\d+(\.\d{0,2})?$/.test(clean)) return null;
    var parts = clean.split(".");
    return Number(parts[0]) * 100 + Number(((parts[1] || "") + "00").slice(0, 2));
  }
  function plain(amount) { return (amount / 100).toFixed(2); }
  function trimmed(amount) { return String(amount / 100); }

  /* 一格的报错处：用到时才有 */
  gf.faultBox = function (cell) {
    var box = document.getElementById(cell.id + "_error");
    if (!box) {
      box = document.createElement("span");
      box.className = "si-err";
      box.id = cell.id + "_error";
      (cell.closest(".stepper") || cell).insertAdjacentElement("afterend", box);
    }
    return box;
  };
  function check(cell) {
    var value = cell.value.trim(), full = cents(cell.dataset.full), amount = value === "" ? null : cents(value);
    var message = "";
    if (value !== "" && amount === null) message = "请填 0 到 " + trimmed(full) + " 的数，最多两位小数";
    else if (amount !== null && amount > full) message = "不能超过满分 " + trimmed(full);
    var row = cell.closest("[data-row]"), box = message ? gf.faultBox(cell) : document.getElementById(cell.id + "_error");
    /* 服务器不收这一行的说明，要等这一行改动后才撤下 */
    if (!message && row && row.hasAttribute("data-refused")) return amount;
    if (message) cell.setAttribute("aria-invalid", "true"); else cell.removeAttribute("aria-invalid");
    if (box) { box.textContent = message; box.hidden = !message; if (message) cell.setAttribute("aria-describedby", box.id); }
    var delta = row && row.querySelector(".dl"), absent = row && row.querySelector("input[type=checkbox]:checked[name^=n-]");
    if (delta && cell.dataset.base !== undefined && !absent) paint(delta, message ? null : amount, cents(cell.dataset.base), full);
    return message ? null : amount;
  }
  function paint(delta, amount, base, full) {
    var gap = amount === null || base === null ? null : amount - base;
    var share = gap === null ? 0 : Math.abs(gap) / full;
    var tone = share < 0.1 ? "" : gap > 0 ? " dl-up" : share >= 0.3 ? " dl-bad" : " dl-warn";
    delta.className = "dl" + tone;
    delta.textContent = gap === null ? "—" : gap === 0 ? "0" : (gap > 0 ? "+" : "−") + trimmed(Math.abs(gap));
  }

  function press(target) {
    if (target.matches("summary")) { target.parentElement.open = true; target = target.parentElement.querySelector("textarea"); }
    if (target.matches("textarea, input[type=text]")) target.focus(); else target.click();
  }
  /* 右栏里的键：右栏还在取这一行、或上一个键还没有答复时先记下，到了再做，不会落到上一行的条目上，也不会丢 */
  gf.inPanel = function (key) {
    var panel = document.querySelector("[data-panel]");
    /* 理由框常在，按 C 当场就能写，不等右栏 */
    if (key !== "c" && panel && (panel.dataset.wanted && panel.dataset.wanted !== panel.dataset.item || panel.querySelector(".htmx-request"))) { panel.dataset.then = key; return true; }
    var target = document.querySelector("[data-key-" + key + "]");
    if (target) press(target);
    return !!target;
  };

  /* 97 行只带各自的数：满分、对照分、读屏说明从同一行的单元格取，页面不必重复写 */
  function furnish(cell) {
    var row = cell.closest("tr[data-row]"), own = cell.closest("td"), beside = own && own.previousElementSibling;
    if (!row || cell.dataset.full !== undefined) return;
    var full = row.cells[1].textContent.trim(), base = beside.textContent.trim();
    cell.dataset.score = "";
    cell.dataset.full = full;
    if (cents(base) !== null) cell.dataset.base = base;
    if (!cell.id) cell.id = "id_" + cell.name;
    cell.inputMode = "decimal";
    cell.placeholder = " ";
    cell.setAttribute("aria-label", row.dataset.row + " " + row.querySelector("th a").textContent + "，满分 " + full + (cell.dataset.base === undefined ? "" : "，" + row.closest("table").tHead.rows[0].cells[beside.cellIndex].textContent + " " + base));
    cell.removeAttribute("aria-labelledby");
    var gap = own.nextElementSibling, box = document.createElement("span");
    if (gap.firstElementChild) return;
    box.className = "dl";
    box.textContent = gap.textContent;
    gap.replaceChildren(box);
  }

  function start(desk) {
    desk.querySelectorAll("tr[data-row] input.si").forEach(furnish);
    function cells() { return Array.prototype.filter.call(desk.querySelectorAll("input[data-score]:not([readonly])"), function (cell) { return cell.offsetParent !== null; }); }
    function total() {
      var sum = 0, count = 0;
      cells().forEach(function (cell) { var amount = check(cell); if (amount !== null) { sum += amount; count += 1; } });
      document.querySelectorAll("[data-score-total]").forEach(function (out) { out.textContent = plain(sum); });
      document.querySelectorAll("[data-score-count]").forEach(function (out) { out.textContent = count; });
      document.querySelectorAll("progress[data-score-progress]").forEach(function (bar) { bar.value = count; });
    }
    function go(cell) { if (cell) { cell.focus(); cell.select(); cell.scrollIntoView({ block: "nearest" }); } }
    function act(cell, key) {
      var row = cell.closest("[data-row]");
      var names = { e: "evidence", v: "verify", c: "comment", r: "return" };
      var selector = row && row.dataset[names[key]];
      var target = selector ? document.querySelector(selector) : row && row.querySelector("[data-key-" + key + "]");
      /* 去写理由：分数等理由写了再一起存，不先存一次被退 */
      if (!target && key === "c" && row && document.querySelector("[data-judge-box]")) row.dataset.hold = "1";
      if (!target) return gf.inPanel(key);
      press(target);
      return true;
    }
    desk.addEventListener("focusin", function (event) {
      var row = event.target.matches("input[data-score]") && event.target.closest("[data-row]");
      if (!row) return;
      desk.querySelectorAll("[data-row].cur").forEach(function (each) { each.classList.remove("cur"); });
      row.classList.add("cur");
    });
    desk.addEventListener("input", function (event) { if (event.target.matches("input[data-score]")) total(); });
    desk.addEventListener("keydown", function (event) {
      var cell = event.target;
      if (!cell.matches("input[data-score]") || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      var list = cells(), at = list.indexOf(cell), key = event.key.toLowerCase();
      if (event.key === "Enter") {
        event.preventDefault();
        cell.dispatchEvent(new Event("change", { bubbles: true }));
        go(list.slice(at + 1).find(function (each) { return !each.value; }) || list.find(function (each) { return !each.value; }) || list[at + 1]);
        return;
      }
      if (!on()) return;
      if (event.key === "ArrowDown") { event.preventDefault(); go(list[at + 1]); }
      else if (event.key === "ArrowUp") { event.preventDefault(); go(list[at - 1]); }
      else if (event.key === "=" && cell.dataset.base) {
        event.preventDefault();
        cell.value = trimmed(cents(cell.dataset.base));
        total();
        cell.dispatchEvent(new Event("change", { bubbles: true }));
        gf.say("已采用对照分 " + cell.value);
        go(list.slice(at + 1).find(function (each) { return !each.value; }) || list[at + 1]);
      }
      else if (key === "f") {
        /* 到筛选：离开分数格时照常保存，再按 Enter 只看有疑问的条目；已在看的回到全部 */
        event.preventDefault();
        var links = document.querySelectorAll(".tools .seg a"), doubt = document.querySelector(".tools .seg a[href$='show=doubt']");
        var to = doubt && doubt.hasAttribute("aria-current") ? links[0] : doubt;
        if (to) to.focus();
      }
      else if ("evcrm".indexOf(key) >= 0 && key.length === 1) {
        /* 单键开着时字母不是分数：没有可做的也不打进格里 */
        event.preventDefault();
        if (!act(cell, key)) gf.say("本条目没有可以用 " + key.toUpperCase() + " 键办的。");
      }
      else if (event.key === "?" || event.key === "？") { var help = document.querySelector("[data-keys-help]"); if (help) { event.preventDefault(); help.click(); } }
    });
    /* 页面刚打开、还没有点进任何一格：Enter 从第一个未评项开始 */
    document.addEventListener("keydown", function (event) {
      if (event.target !== document.body || event.key !== "Enter" || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !desk.isConnected) return;
      var list = cells();
      if (!list.length) return;
      event.preventDefault();
      go(list.find(function (each) { return !each.value; }) || list[0]);
    });
    desk.addEventListener("click", function (event) {
      var step = event.target.closest("[data-step]");
      var cell = step && step.parentElement.querySelector("input[data-score]");
      if (!cell) return;
      var amount = (cents(cell.value) || 0) + Math.round(Number(step.dataset.step) * 100);
      cell.value = trimmed(Math.max(0, Math.min(cents(cell.dataset.full), amount)));
      total();
      cell.dispatchEvent(new Event("change", { bubbles: true }));
    });
    total();
  }

  gf.onReady(function (scope) {
    scope.querySelectorAll("[data-keys-help]").forEach(function (button) {
      var keys = document.getElementById("keys");
      if (!keys || !keys.showModal) { button.hidden = true; return; }
      button.addEventListener("click", function () {
        var back = document.activeElement;
        keys.addEventListener("close", function () { if (back && back.focus) back.focus(); }, { once: true });
        keys.showModal();
      });
    });
    scope.querySelectorAll("[data-desk]").forEach(function (desk) { if (!desk.gfDesk) { desk.gfDesk = true; start(desk); } });
    scope.querySelectorAll("[data-keys-switch]").forEach(function (box) {
      box.checked = on();
      box.addEventListener("change", function () {
        try { localStorage.setItem(SWITCH, box.checked ? "on" : "off"); } catch (e) { /* 不能存就只在本页有效 */ }
        gf.say(box.checked ? "单键快捷键已打开" : "单键快捷键已关闭");
      });
    });
    scope.querySelectorAll("[data-phrase]").forEach(function (button) {
      button.addEventListener("click", function () {
        var area = document.getElementById(button.dataset.phraseInto);
        if (!area) return;
        area.value = area.value ? area.value.replace(/[。；]?$/, "；") + button.dataset.phrase : button.dataset.phrase;
        area.dispatchEvent(new Event("input", { bubbles: true }));
        area.focus();
      });
    });
  });
})();
