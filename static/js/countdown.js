/* 时限钟：按服务器时间每分钟（最后一小时每秒）更新 [data-deadline] 里的剩余时间；按工作日计的文字由服务器给出，不改写。 */
(function () {
  "use strict";
  var DAY = 86400000, HOUR = 3600000, MINUTE = 60000;
  function words(left) {
    var size = Math.abs(left);
    if (size < HOUR) {
      /* 最后一小时逐秒显示，按服务器时间。 */
      var rest = Math.floor(size / 1000);
      return (left > 0 ? "还剩 " : "已超期 ") + Math.floor(rest / 60) + " 分 " + (rest % 60) + " 秒";
    }
    var days = Math.floor(size / DAY), hours = Math.floor((size % DAY) / HOUR), minutes = Math.floor((size % HOUR) / MINUTE);
    var text = days ? days + " 天" + (hours ? " " + hours + " 小时" : "")
      : hours + " 小时" + (minutes ? " " + minutes + " 分" : "");
    return (left > 0 ? "还剩 " : "已超期 ") + text;
  }
  function state(left) { return left <= 0 ? "over" : left <= DAY ? "urgent" : left <= 7 * DAY ? "soon" : "later"; }
  function tick() {
    var soon = false;
    document.querySelectorAll("[data-deadline]").forEach(function (clock) {
      if (clock.dataset.deadline.length < 11) return; /* 只有日期：按日计，服务器已写好 */
      var left = Date.parse(clock.dataset.deadline) - window.gf.now();
      if (Math.abs(left) < HOUR + MINUTE) soon = true;
      var text = clock.querySelector("[data-left]");
      if (text && !("fixed" in clock.dataset)) text.textContent = words(left);
      clock.className = clock.className.replace(/clock-(later|soon|urgent|over)/, "clock-" + state(left));
    });
    window.setTimeout(tick, soon ? 1000 : MINUTE);
  }
  window.gf.onReady(function (scope) { if (scope === document) tick(); });
})();
