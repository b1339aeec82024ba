/* 时限钟：按服务器时间每分钟更新 [data-deadline] 里的剩余时间；按工作日计的文字由服务器给出，不改写。 */
(function () {
  "use strict";
  var DAY = 86400000, HOUR = 3600000, MINUTE = 60000;
  function words(left) {
    var size = Math.abs(left);
    var days = Math.floor(size / DAY), hours = Math.floor((size % DAY) / HOUR), minutes = Math.floor((size % HOUR) / MINUTE);
    var text = days ? days + " 天" + (hours ? " " + hours + " 小时" : "")
      : hours ? hours + " 小时" + (minutes ? " " + minutes + " 分" : "") : minutes + " 分钟";
    return (left > 0 ? "还剩 " : "已超期 ") + text;
  }
  function state(left) { return left <= 0 ? "over" : left <= DAY ? "urgent" : left <= 7 * DAY ? "soon" : "later"; }
  function tick() {
    document.querySelectorAll("[data-deadline]").forEach(function (clock) {
      if (clock.dataset.deadline.length < 11) return; /* 只有日期：按日计，服务器已写好 */
      var left = Date.parse(clock.dataset.deadline) - window.gf.now();
      var text = clock.querySelector("[data-left]");
      if (text && !("fixed" in clock.dataset)) text.textContent = words(left);
      clock.className = clock.className.replace(/clock-(later|soon|urgent|over)/, "clock-" + state(left));
    });
  }
  window.setInterval(tick, MINUTE);
})();
