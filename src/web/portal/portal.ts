// All pages for residents, by address below `/t/:tenant`.
import type { Route } from '#http/route.ts'
import { checkPage, sendFiling } from './check-page.tsx'
import { filedPage, promiseFile, slipPage, slipPdf, slipPicture } from './filed.tsx'
import { filingPage, filingPost, filingStart, restart } from './filing.tsx'
import { matterPage } from './matter-page.tsx'
import { resumePage, resumePost, savedPage } from './resume.tsx'
import { mattersPage, startPage } from './start-page.tsx'

export const portalRoutes: Route[] = [
  { method: 'get', path: '', guard: 'public', handle: startPage },
  { method: 'get', path: '/', guard: 'public', handle: startPage },
  { method: 'get', path: '/matters', guard: 'public', handle: mattersPage },
  { method: 'get', path: '/matters/:slug', guard: 'public', handle: matterPage },
  { method: 'get', path: '/matters/:slug/new', guard: 'public', handle: filingStart },
  { method: 'get', path: '/matters/:slug/new/check', guard: 'public', handle: checkPage },
  { method: 'post', path: '/matters/:slug/new/check', guard: 'public', handle: sendFiling },
  { method: 'get', path: '/matters/:slug/new/:page', guard: 'public', handle: filingPage },
  { method: 'post', path: '/matters/:slug/new/:page', guard: 'public', handle: filingPost },
  { method: 'get', path: '/matters/:slug/saved', guard: 'public', handle: savedPage },
  { method: 'post', path: '/matters/:slug/restart', guard: 'public', handle: restart },
  { method: 'get', path: '/resume', guard: 'public', handle: resumePage },
  { method: 'post', path: '/resume', guard: 'public', handle: resumePost },
  { method: 'get', path: '/filed', guard: 'public', handle: filedPage },
  { method: 'get', path: '/filed/promise.txt', guard: 'public', handle: promiseFile },
  { method: 'get', path: '/filed/slip', guard: 'public', handle: slipPage },
  { method: 'get', path: '/filed/slip.svg', guard: 'public', handle: slipPicture },
  { method: 'get', path: '/filed/slip.pdf', guard: 'public', handle: slipPdf },
]
