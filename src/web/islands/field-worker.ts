// The service worker of the visits: the empty page, its style and its script from the phone's own store. It never keeps an answer of the server.
/** Set in front of this script by the server: the page first, then what it loads. */
declare const shell: string[]
type Waiting = Event & { waitUntil(work: Promise<unknown>): void }
type Fetching = Waiting & { request: Request; respondWith(answer: Promise<Response>): void }
type Worker = {
  addEventListener(name: 'install' | 'activate', heard: (event: Waiting) => void): void
  addEventListener(name: 'fetch', heard: (event: Fetching) => void): void
  skipWaiting(): Promise<void>
  clients: { claim(): Promise<void> }
}
// The global of a worker; the types at hand are those of a page.
const worker = globalThis as unknown as Worker
const prefix = 'xiangli-field '
const name = prefix + shell.join(' ')

export async function keep(): Promise<void> {
  const cache = await caches.open(name)
  // A page of sign-in in its place would lock everybody out: a redirect fails the installation, and the worker before stays.
  await Promise.all(shell.map(async (address) => cache.put(address, await fetchWhole(address))))
  await worker.skipWaiting()
}

async function fetchWhole(address: string): Promise<Response> {
  const response = await fetch(address, { cache: 'no-cache', redirect: 'error' })
  if (!response.ok) throw new Error(`${address}: ${response.status}`)
  return response
}

async function forget(): Promise<void> {
  for (const known of await caches.keys()) if (known.startsWith(prefix) && known !== name && sameTown(known)) await caches.delete(known)
  await worker.clients.claim()
}

/** Towns on one host keep their own. */
const sameTown = (known: string): boolean => known.slice(prefix.length).split(' ')[0] === shell[0]

const find = async (request: Request): Promise<Response> => (await (await caches.open(name)).match(request, { ignoreSearch: true })) ?? fetch(request)

worker.addEventListener('install', (event) => event.waitUntil(keep()))
worker.addEventListener('activate', (event) => event.waitUntil(forget()))
worker.addEventListener('fetch', (event) => {
  const isOurs = event.request.method === 'GET' && shell.includes(new URL(event.request.url).pathname)
  if (isOurs) event.respondWith(find(event.request))
})
