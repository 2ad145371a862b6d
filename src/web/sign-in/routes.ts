// The ways to sign in beside the password, and the page on which one keeps them. Part of the portal's list of routes.
import type { Route } from '#http/route.ts'
import { newPasskeyPage, newPasskeyPost } from './add-passkey.tsx'
import { againPage, againPost } from './again.tsx'
import { codeEnterPost, codeRequestPage, codeRequestPost } from './by-code.tsx'
import { passkeyPage, passkeyPost } from './by-passkey.tsx'
import { providerReturn, providerStart } from './by-provider.tsx'
import { contactPage, contactPost } from './contact.tsx'
import { securityPage, securityPost } from './security.tsx'

export const signInRoutes: Route[] = [
  { method: 'get', path: '/sign-in/by-code', guard: 'public', handle: codeRequestPage },
  { method: 'post', path: '/sign-in/by-code', guard: 'public', handle: codeRequestPost },
  { method: 'post', path: '/sign-in/by-code/enter', guard: 'public', handle: codeEnterPost },
  { method: 'get', path: '/sign-in/passkey', guard: 'public', handle: passkeyPage },
  { method: 'post', path: '/sign-in/passkey', guard: 'public', handle: passkeyPost },
  { method: 'get', path: '/sign-in/with/:provider', guard: 'public', handle: providerStart },
  { method: 'get', path: '/sign-in/with/:provider/return', guard: 'public', handle: providerReturn },
  { method: 'get', path: '/sign-in/again', guard: 'account', handle: againPage },
  { method: 'post', path: '/sign-in/again', guard: 'account', handle: againPost },
  { method: 'get', path: '/account/security', guard: 'account', handle: securityPage },
  { method: 'post', path: '/account/security', guard: 'account', handle: securityPost },
  { method: 'get', path: '/account/passkey', guard: 'account', handle: newPasskeyPage },
  { method: 'post', path: '/account/passkey', guard: 'account', handle: newPasskeyPost },
  { method: 'get', path: '/account/contact', guard: 'resident', handle: contactPage },
  { method: 'post', path: '/account/contact', guard: 'resident', handle: contactPost },
]
