import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkCsrf, type CsrfCheck, issueCsrf, newAnonymousId } from './csrf.ts'
import { secret } from './fixture.ts'

const binding = newAnonymousId()
const origins = ['https://town.example']
const post =
  (headers: Record<string, string>, more: Partial<CsrfCheck> = {}) =>
  () =>
    checkCsrf({ secret, binding, method: 'POST', headers: new Headers(headers), token: issueCsrf(secret, binding), origins, ...more })
const stale = { code: 'csrf.stale', kind: 'forbidden' }
const foreign = { code: 'csrf.foreign_origin', kind: 'forbidden' }

test('a form of our own passes, in old and new browsers', () => {
  assert.doesNotThrow(post({ 'sec-fetch-site': 'same-origin', origin: 'https://town.example' }))
  assert.doesNotThrow(post({ 'sec-fetch-site': 'same-origin', origin: 'null' }))
  assert.doesNotThrow(post({ origin: 'https://town.example' }))
  assert.doesNotThrow(post({ referer: 'https://town.example/t/qingxi/' }))
  assert.doesNotThrow(post({}))
})

test('a form of another site is refused even with a good token', () => {
  assert.throws(post({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }), foreign)
  assert.throws(post({ 'sec-fetch-site': 'same-site', origin: 'https://other.town.example' }), foreign)
  assert.throws(post({ 'sec-fetch-site': 'cross-site' }), foreign)
  assert.throws(post({ origin: 'null' }), foreign)
  assert.throws(post({ origin: 'http://town.example' }), foreign)
  assert.throws(post({ referer: 'https://evil.example/?https://town.example' }), foreign)
})

test('a token is good for its own session and secret only', () => {
  const own = { 'sec-fetch-site': 'same-origin' }
  assert.throws(post(own, { binding: newAnonymousId() }), stale)
  assert.throws(post(own, { binding: undefined }), stale)
  assert.throws(post(own, { token: undefined }), stale)
  assert.throws(post(own, { token: 'x' }), stale)
  assert.throws(post(own, { token: issueCsrf(`${secret}2`, binding) }), stale)
})

test('each form gets another token', () => {
  assert.notEqual(issueCsrf(secret, binding), issueCsrf(secret, binding))
})

test('reading needs no token', () => {
  assert.doesNotThrow(post({ 'sec-fetch-site': 'cross-site' }, { method: 'GET', token: undefined }))
  assert.throws(post({ 'sec-fetch-site': 'cross-site' }, { method: 'delete', token: undefined }), foreign)
})
