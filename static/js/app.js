/* 全站：偏好切换、菜单、错误汇总、离开提醒、重复提交、字数、打印、htmx 令牌、中文字形检测。
   全部由 data 属性驱动；没有脚本时对应的链接与表单照常工作。对外只有 window.gf。 */
(function () {
  "use strict";
  var root = document.documentElement;
  var gf = (window.gf = window.gf || {});

  /** 给读屏播报一句话。 */
  gf.say = function (text) {
    var live = document.getElementById("live");
    if (!live) return;
    live.textContent = "";
    window.setTimeout(function () { live.textContent = text; }, 30);
  };
  /** 防跨站令牌：来自页面，不读 cookie。 */
  gf.token = function () {
    var meta = document.querySelector("meta[name=csrf-token]");
    return meta ? meta.content : "";
  };
  /** 服务器时间（毫秒）。页面没有给出时用本机时间。 */
  var served = Date.parse(root.dataset.now || "");
  var offset = isNaN(served) ? 0 : served - Date.now();
  gf.now = function () { return Date.now() + offset; };
  /** 初始化：立即对整页，以后对 htmx 换入的片段。 */
  var starters = [];
  gf.onReady = function (start) { starters.push(start); if (document.readyState !== "loading") start(document); };
  function run(scope) { starters.forEach(function (start) { start(scope); }); }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", function () { run(document); });
  document.addEventListener("htmx:load", function (event) { if (event.target !== document.body) run(event.target); });
  document.addEventListener("htmx:configRequest", function (event) { event.detail.headers["X-CSRFToken"] = gf.token(); });

  /* 偏好：立即生效并写 cookie，值与 /preferences/ 写的相同 */
  document.addEventListener("submit", function (event) {
    var form = event.target.closest("form[data-preference]");
    if (!form) return;
    event.preventDefault();
    var name = form.dataset.preference;
    var button = form.querySelector("button[name]");
    var value = button.value;
    document.cookie = name + "=" + value + "; path=/; max-age=31536000; samesite=lax" + (location.protocol === "https:" ? "; secure" : "");
    if (name === "theme") { root.dataset.theme = value; root.dataset.bsTheme = value; }
    if (name === "size") root.dataset.size = value;
    var on = value === "dark" || value === "large";
    document.querySelectorAll("form[data-preference=" + name + "] button[name]").forEach(function (each) {
      each.setAttribute("aria-pressed", on ? "true" : "false");
      each.value = name === "theme" ? (on ? "light" : "dark") : (on ? "normal" : "large");
    });
    gf.say(name === "theme" ? (on ? "已切换为深色" : "已切换为浅色") : (on ? "已切换为大字版" : "已切换为标准字号"));
  });

  /* 退出登录、没有登录的页面：本机为断网现场留的页面（desk-worker.js）一并清掉；没传上去的照片和打分不动 */
  function forgetPages() {
    try {
      if (window.caches) window.caches.delete("gf-desk");
      if (navigator.serviceWorker && navigator.serviceWorker.controller) navigator.serviceWorker.controller.postMessage({ forget: true });
    } catch (e) { /* 本机不给用缓存：也就没有留 */ }
    try {
      Object.keys(localStorage).forEach(function (key) { if (key.indexOf("gf-stored/") === 0) localStorage.removeItem(key); });
    } catch (e) { /* 同上 */ }
  }
  document.addEventListener("submit", function (event) { if (event.target.matches("form[action*='/logout/']")) forgetPages(); });
  gf.onReady(function (scope) { if (scope === document && !document.querySelector("form[action*='/logout/']")) forgetPages(); });

  /* 展开的菜单：Esc、点外面、焦点离开时收起 */
  function closeMenus(except) {
    document.querySelectorAll("details[data-menu][open]").forEach(function (menu) { if (menu !== except) menu.open = false; });
  }
  document.addEventListener("click", function (event) { closeMenus(event.target.closest("details[data-menu]")); });
  document.addEventListener("focusin", function (event) { closeMenus(event.target.closest("details[data-menu]")); });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    var menu = document.querySelector("details[data-menu][open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  /* 菜单弹层里的背景遮罩也是 details 的一部分：点在遮罩上视为点外面 */
  document.addEventListener("click", function (event) {
    if (event.target.matches("details[data-menu][open]")) event.target.open = false;
  });

  /* “/” 聚焦搜索框（不在输入时） */
  document.addEventListener("keydown", function (event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    var box = document.querySelector("[data-search-key]");
    if (box) { event.preventDefault(); box.focus(); }
  });

  /* 表单：只提交一次；Ctrl+Enter 提交；有未存的改动时离开要提醒 */
  var dirty = new Set();
  gf.markDirty = function (form) { dirty.add(form); };
  gf.markClean = function (form) { dirty.delete(form); };
  document.addEventListener("input", function (event) {
    var form = event.target.form;
    if (form && form.matches("[data-guard]")) dirty.add(form);
  });
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) { event.preventDefault(); return; }
    dirty.delete(form);
    if (!form.matches("[data-once]") || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    form.querySelectorAll("button[type=submit]").forEach(function (button) { button.setAttribute("aria-busy", "true"); });
  });
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      form.querySelectorAll("[aria-busy]").forEach(function (button) { button.removeAttribute("aria-busy"); });
    });
  });
  window.addEventListener("beforeunload", function (event) {
    if (!dirty.size) return;
    event.preventDefault();
    event.returnValue = "";
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || !event.ctrlKey) return;
    var form = event.target.form;
    var button = form && form.querySelector("[data-ctrl-enter]");
    if (button) { event.preventDefault(); button.click(); }
  });

  /* 改了筛选就提交 */
  document.addEventListener("change", function (event) {
    var form = event.target.form;
    if (form && form.matches("[data-autosubmit]")) { if (form.requestSubmit) form.requestSubmit(); else form.submit(); }
  });
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) window.print();
    var copy = event.target.closest("[data-copy]");
    if (copy && navigator.clipboard) navigator.clipboard.writeText(copy.dataset.copy).then(function () { gf.say("已复制"); });
    var toggle = event.target.closest("[data-toggle-class]");
    if (toggle) {
      var target = document.getElementById(toggle.getAttribute("aria-controls"));
      var on = target && target.classList.toggle(toggle.dataset.toggleClass);
      toggle.setAttribute("aria-expanded", on ? "true" : "false");
    }
  });

  gf.onReady(function (scope) {
    var summary = scope.querySelector("[data-errsum]");
    if (summary) summary.focus();
    scope.querySelectorAll("textarea[data-count]").forEach(function (area) {
      var out = document.createElement("span");
      out.className = "count num";
      area.insertAdjacentElement("afterend", out);
      var show = function () { out.textContent = area.value.length + " / " + area.maxLength + " 字"; };
      area.addEventListener("input", show);
      show();
    });
    scope.querySelectorAll("[data-scroll-current]").forEach(function (box) {
      var current = box.querySelector("[aria-current]");
      if (!current) return;
      // The list item first: in the pipeline it is the positioned parent of its link.
      var item = current.closest("li") || current;
      box.scrollLeft = item.offsetLeft - box.offsetLeft - 40;
      box.scrollTop = item.offsetTop - box.offsetTop - box.clientHeight / 2;
    });
  });

  /* 本机没有中文字形时才载入自带的切片字体：画“国”与一个必然缺字的码位，两者相同即缺字 */
  (function () {
    var canvas = document.createElement("canvas");
    canvas.width = canvas.height = 20;
    var pen = canvas.getContext("2d", { willReadFrequently: true });
    if (!pen) return;
    function picture(text) {
      pen.clearRect(0, 0, 20, 20);
      pen.font = "16px sans-serif";
      pen.fillText(text, 1, 16);
      return Array.prototype.join.call(pen.getImageData(0, 0, 20, 20).data);
    }
    if (picture("国") !== picture("\u{10FFFD}") && picture("国") !== picture("绿")) return;
    var link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = root.dataset.cjk;
    document.head.appendChild(link);
  })();
})();
