// Keeps the last copy of the roll page, and of nothing else, for a tablet without a network at the meeting place.
const CACHE = "phonekeep-roll";
const PAGE = "/on-site/roll";
const KEPT_AT = "/on-site/roll-kept-at";
const OLD_MS = 18 * 3600 * 1000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data.keep) event.waitUntil(keep(event.data.keep));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (address.pathname === PAGE) event.respondWith(newest(request));
  else if (address.pathname.startsWith("/static/")) event.respondWith(either(request));
});

async function newest(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) {
      const cache = await caches.open(CACHE);
      await cache.put(PAGE, answer.clone());
      await cache.put(KEPT_AT, new Response(String(Date.now())));
    }
    return answer;
  } catch (fault) {
    const [kept, at] = [await caches.match(PAGE), await caches.match(KEPT_AT)];
    if (kept && at && Date.now() - Number(await at.text()) < OLD_MS) return kept;
    await caches.delete(CACHE); // yesterday's names help nobody and lie here for anybody
    throw fault;
  }
}

async function either(request) {
  const kept = await caches.match(request);
  return kept ?? fetch(request);
}

async function keep(addresses) {
  const cache = await caches.open(CACHE);
  const wanted = new Set([PAGE, ...addresses].map((address) => new URL(address, location.origin).href));
  const kept = new URL(KEPT_AT, location.origin).href;
  for (const held of await cache.keys()) if (!wanted.has(held.url) && held.url !== kept) await cache.delete(held);
  for (const address of wanted) if (!(await cache.match(address))) await cache.add(new Request(address, { cache: "reload" })).catch(() => {});
  if (!(await cache.match(KEPT_AT))) await cache.put(KEPT_AT, new Response(String(Date.now())));
}
