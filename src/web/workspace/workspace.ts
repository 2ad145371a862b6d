// Every staff page and its guard.
import type { Route } from '#http/route.ts'
import { inboxPage } from './inbox.tsx'

export const workspaceRoutes: Route[] = [{ method: 'get', path: '', guard: 'staff', handle: inboxPage }]
