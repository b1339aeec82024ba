/* 首屏之前：标记有脚本；“跟随系统”时定深浅，避免闪烁。 */
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");
  if (root.dataset.theme === "auto" && window.matchMedia && matchMedia("(prefers-color-scheme: dark)").matches) {
    root.dataset.bsTheme = "dark";
  }
})();
