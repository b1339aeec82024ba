/* 现场核实断网时仍能打开评分台、现场核查表：只管本脚本所在路径之下的页面，由现场页面自己登记（onsite.js）。
   留在本机的只有最近三件的页面和页面用的样式、脚本；一天后不再使用；退出登录、打开未登录的页面或会话失效时清掉（app.js、下文 drop）。
   有网时一律以服务器为准，网络不通才用本机的一份。写入不经过这里：打分与照片由 score.js、onsite.js 存本机、有网补传。 */
"use strict";
const PAGES = "gf-desk", PARTS = "gf-desk-parts", MOST = 3, DAY = 24 * 3600 * 1000, AT = "X-Kept-At";
const DESK = /^\/(d\/scoring\/[0-9a-z]+|[dm]\/inspections\/[0-9a-z]+\/checklist)\/$/;

let forgotten = 0;

self.addEventListener("install", (event) => { event.waitUntil(self.skipWaiting()); });
self.addEventListener("activate", (event) => { event.waitUntil(self.clients.claim()); });

/* 同一件的各种筛选各是一页；键带查询串，清理时按件算 */
async function keepPage(url, response) {
  const box = await caches.open(PAGES), headers = new Headers(response.headers);
  /* 内容已经解压：这两项不再成立 */
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  headers.set(AT, String(Date.now()));
  /* 留的一份自己说得出自己是留的 */
  const text = (await response.text()).replace("<html ", "<html data-copy ");
  await box.put(url, new Response(text, { status: 200, headers }));
  const cases = [];
  for (const request of (await box.keys()).reverse()) {
    const path = new URL(request.url).pathname;
    if (cases.indexOf(path) < 0) cases.push(path);
    if (cases.indexOf(path) >= MOST) await box.delete(request);
  }
}
async function drop(url) {
  const box = await caches.open(PAGES);
  await box.delete(url, { ignoreSearch: true });
}
async function keptPage(url) {
  const box = await caches.open(PAGES), found = (await box.match(url)) || (await box.match(url, { ignoreSearch: true }));
  if (!found) return null;
  if (Date.now() - Number(found.headers.get(AT)) < DAY) return found;
  await box.delete(url, { ignoreSearch: true });
  return null;
}
function usable(response) { return response.ok && !response.redirected && /text\/html/.test(response.headers.get("Content-Type") || ""); }
function notKept() {
  const page = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>没有网络</title><h1>没有网络</h1><p>本机没有存这一页。有网络时打开过的评分页、核查表可以断网继续使用；已存在本机的打分和照片不会丢失，有网络后自动上传。</p><p><a href=\"\">重试</a></p></html>";
  return new Response(page, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}
async function page(request) {
  const url = new URL(request.url), desk = DESK.test(url.pathname);
  let response;
  try { response = await fetch(request); } catch (broken) { return (desk && (await keptPage(request.url))) || notKept(); }
  if (desk && usable(response)) await keepPage(request.url, response.clone());
  /* 转到登录页（跳转不透明）、无权或不存在：本机的一份也不再留 */
  else if (desk && (response.type === "opaqueredirect" || response.redirected || (response.status >= 400 && response.status < 500))) await drop(request.url);
  return response;
}
async function part(request) {
  const box = await caches.open(PARTS);
  try {
    const response = await fetch(request);
    if (response.ok) await box.put(request, response.clone());
    return response;
  } catch (broken) {
    const found = await box.match(request, { ignoreVary: true });
    if (found) return found;
    throw broken;
  }
}
self.addEventListener("fetch", (event) => {
  const request = event.request, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(part(request));
});

/* 第一次打开时页面和样式脚本没有经过这里：页面把用到的地址交来，补留一份 */
self.addEventListener("message", (event) => {
  if (event.data && event.data.forget) { forgotten += 1; event.waitUntil(caches.delete(PAGES)); return; }
  const list = event.data && event.data.keep, mine = forgotten;
  if (!Array.isArray(list)) return;
  event.waitUntil(Promise.all(list.map(async (address) => {
    const url = new URL(address, self.location.origin);
    if (url.origin !== self.location.origin) return;
    try {
      if (DESK.test(url.pathname)) {
        const response = await fetch(url.href, { credentials: "same-origin", redirect: "follow" });
        /* 取页面的时候人已经退出：不留 */
        if (usable(response) && mine === forgotten) await keepPage(url.href, response);
      } else if (url.pathname.startsWith("/static/")) {
        const box = await caches.open(PARTS), response = await fetch(url.href);
        if (response.ok) await box.put(url.href, response);
      }
    } catch (broken) { /* 没有网络：下次打开再留 */ }
  })).then(() => { if (event.source) event.source.postMessage({ kept: true }); }));
});
