/* 材料查看器（c-viewer）：原地换页、缩放、适宽、旋转、全屏、缩略图、跳到引用页；看一页时先取下一页。
   键盘：焦点在页面上时 ←/→ 或 PgUp/PgDn 换页，Home/End 首末页，+/−/0 缩放与适宽，E 下一份，V 已核验，Esc 回评分格。
   没有脚本时每个按钮都是普通链接。服务器说明某页为什么没有时，原因写在页面下方，可重试或下载原件。 */
(function () {
  "use strict";
  var gf = window.gf, WINDOW = 12, refocus = false;

  /** 聚焦而不让浏览器滚动整个评分台；只滚动右栏本身。 */
  function attend(stage) {
    var column = stage.closest("[data-panel]");
    stage.focus({ preventScroll: !!column });
    if (column) column.scrollTop += stage.getBoundingClientRect().top - column.getBoundingClientRect().top - 48;
  }
  function start(box) {
    var stage = box.querySelector("[data-viewer-stage]");
    if (!stage) { if (refocus) focusEmpty(box); return; }
    var picture = box.querySelector("[data-viewer-image]"), wait = box.querySelector("[data-viewer-wait]");
    var problem = box.querySelector("[data-viewer-error]"), reason = box.querySelector("[data-viewer-reason]");
    var thumbs = box.querySelector("[data-viewer-thumbs]"), input = box.querySelector("[data-viewer-form] input");
    var base = box.dataset.base, pages = Number(box.dataset.pages), here = Number(box.dataset.page);
    var name = stage.getAttribute("aria-label").replace(/ 页面$/, "");
    var alone = location.pathname === base + "view/";
    var zoom = Number((stage.className.match(/zoom-(\d)/) || [0, 0])[1]), turn = 0;

    function source(number, size) { return base + "pages/" + number + ".jpg?size=" + size; }
    function address(number, at) {
      var url = new URL(box.dataset.query, location.origin);
      url.searchParams.set("page", number);
      if (at) url.searchParams.set("zoom", at); else url.searchParams.delete("zoom");
      return url.pathname + url.search;
    }
    function able(link, href) {
      if (!link) return;
      if (href) { link.href = href; link.removeAttribute("aria-disabled"); link.removeAttribute("role"); }
      else { link.removeAttribute("href"); link.setAttribute("aria-disabled", "true"); link.setAttribute("role", "link"); }
    }
    function look() {
      stage.className = stage.className.replace(/ ?(zoom|turn)-\d/g, "") + (zoom ? " zoom-" + zoom : "") + (turn ? " turn-" + turn : "");
      able(box.querySelector("[data-viewer-act=out]"), zoom ? address(here, zoom - 1) : "");
      able(box.querySelector("[data-viewer-act=in]"), zoom < 2 ? address(here, zoom + 1) : "");
      var fit = box.querySelector("[data-viewer-act=fit]");
      if (fit) fit.href = address(here, 0);
    }
    function list() {
      if (!thumbs) return;
      var first = Math.floor((here - 1) / WINDOW) * WINDOW + 1, links = thumbs.querySelectorAll("a");
      if (Number(links[0].dataset.viewerPage) !== first) {
        var pattern = links[0].parentNode, count = Math.min(WINDOW, pages - first + 1);
        thumbs.replaceChildren();
        for (var at = 0; at < count; at += 1) {
          var made = pattern.cloneNode(true), link = made.querySelector("a");
          link.dataset.viewerPage = first + at;
          link.href = address(first + at, zoom);
          link.className = "";
          link.querySelector("img").src = source(first + at, "thumb");
          link.querySelector(".num").textContent = first + at;
          thumbs.append(made);
        }
        links = thumbs.querySelectorAll("a");
      }
      links.forEach(function (link) {
        if (Number(link.dataset.viewerPage) === here) { link.setAttribute("aria-current", "page"); thumbs.scrollLeft = link.parentNode.offsetLeft - thumbs.offsetLeft - thumbs.clientWidth / 2; }
        else link.removeAttribute("aria-current");
      });
    }
    function load() {
      problem.hidden = true;
      wait.hidden = false;
      stage.setAttribute("aria-busy", "true");
      picture.alt = name + " 第 " + here + " 页";
      if (zoom) picture.removeAttribute("srcset");
      else picture.srcset = source(here, "s") + " 800w, " + source(here, "m") + " 1240w, " + source(here, "l") + " 1860w";
      picture.src = source(here, zoom ? "l" : "m");
    }
    function go(number, quiet) {
      number = Math.max(1, Math.min(pages, number || 1));
      if (number === here) { input.value = here; return; }
      here = number;
      box.dataset.page = here;
      input.value = here;
      able(box.querySelector("[data-viewer-step='-1']"), here > 1 ? address(here - 1, zoom) : "");
      able(box.querySelector("[data-viewer-step='1']"), here < pages ? address(here + 1, zoom) : "");
      look();
      list();
      load();
      stage.scrollTop = 0;
      if (alone) history.replaceState(null, "", address(here, zoom));
      if (!quiet) gf.say("第 " + here + " 页，共 " + pages + " 页");
    }
    function magnify(to) {
      to = Math.max(0, Math.min(2, to));
      if (to === zoom) return;
      var sharper = !zoom !== !to;
      zoom = to;
      look();
      if (sharper) load();
      gf.say(zoom ? "已放大" : "适合宽度");
    }
    function act(what) {
      if (what === "in") magnify(zoom + 1);
      if (what === "out") magnify(zoom - 1);
      if (what === "fit") { turn = 0; look(); magnify(0); }
      if (what === "turn") { turn = (turn + 1) % 4; look(); }
      if (what === "full") { if (document.fullscreenElement) document.exitFullscreen(); else if (box.requestFullscreen) box.requestFullscreen(); }
      if (what === "again") { picture.removeAttribute("src"); load(); }
    }
    picture.addEventListener("load", function () {
      wait.hidden = true;
      problem.hidden = true;
      stage.removeAttribute("aria-busy");
      if (here < pages) { var next = new Image(); next.src = source(here + 1, "m"); }
    });
    picture.addEventListener("error", function () {
      wait.hidden = true;
      stage.removeAttribute("aria-busy");
      reason.textContent = "第 " + here + " 页没有显示出来。";
      problem.hidden = false;
      fetch(source(here, zoom ? "l" : "m"), { headers: { Accept: "application/json" }, credentials: "same-origin" })
        .then(function (answer) { return answer.ok ? {} : answer.json(); })
        .then(function (body) { if (body.error) reason.textContent = body.error; })
        .catch(function () { reason.textContent = "网络中断，第 " + here + " 页没有取到。"; });
    });
    if (picture.complete && picture.naturalWidth) wait.hidden = true;
    box.addEventListener("click", function (event) {
      var step = event.target.closest("[data-viewer-step]"), button = event.target.closest("[data-viewer-act]");
      var leaf = event.target.closest("[data-viewer-page]"), cited = event.target.closest("[data-viewer-go]");
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (step) { event.preventDefault(); go(here + Number(step.dataset.viewerStep)); }
      else if (button) { event.preventDefault(); act(button.dataset.viewerAct); }
      else if (leaf) { event.preventDefault(); go(Number(leaf.dataset.viewerPage)); }
      else if (cited) { event.preventDefault(); go(Number(new URL(cited.href).searchParams.get("page"))); }
      else if (!event.isTrusted && event.target === stage) attend(stage); /* 评分台按 E */
    });
    box.querySelector("[data-viewer-form]").addEventListener("submit", function (event) { event.preventDefault(); go(Number(input.value)); attend(stage); });
    input.addEventListener("change", function () { go(Number(input.value)); });
    stage.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      var key = event.key, done = true;
      if (key === "PageDown" || key === "ArrowRight") go(here + 1);
      else if (key === "PageUp" || key === "ArrowLeft") go(here - 1);
      else if (key === "Home") go(1);
      else if (key === "End") go(pages);
      else if (key === "+" || key === "=") magnify(zoom + 1);
      else if (key === "-") magnify(zoom - 1);
      else if (key === "0") act("fit");
      else done = others(key);
      if (done) { event.preventDefault(); event.stopPropagation(); }
    });
    if (refocus) { refocus = false; attend(stage); }
  }
  /* 评分台右栏：下一份、已核验、回到评分格 */
  function others(key) {
    var small = key.toLowerCase(), target = null;
    if (small === "e") { target = document.querySelector("[data-next-file]"); refocus = !!target; }
    if (small === "v") { target = document.querySelector("[data-key-v]"); refocus = !!target; }
    if (key === "Escape" && !document.fullscreenElement) { var row = document.querySelector("[data-row].cur input[data-score]"); if (row) { row.focus(); return true; } }
    if (target) target.click();
    return !!target;
  }
  function focusEmpty(box) { var empty = box.querySelector("[tabindex]"); refocus = false; if (empty) empty.focus(); }

  document.addEventListener("keydown", function (event) {
    if (event.target.matches && event.target.matches(".pv-none") && others(event.key)) event.preventDefault();
  });
  document.addEventListener("click", function (event) {
    if (!event.isTrusted && event.target.matches && event.target.matches(".pv-none")) event.target.focus();
  });
  gf.onReady(function (scope) {
    var found = scope.matches && scope.matches("[data-viewer]") ? [scope] : scope.querySelectorAll("[data-viewer]");
    found.forEach(function (box) { if (!box.gfViewer) { box.gfViewer = true; start(box); } });
  });
})();
