import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Actor, HeldPost } from '../context.ts'
import { actingPost, orderingPost } from './acting-post.ts'

const post = (postId: string, duty: string, organizationId: string): HeldPost => ({ postId, duty, organizationId, kind: 'own', acting: false })
const both: Actor = {
  kind: 'staff',
  userId: 'u',
  name: '方木',
  posts: [
    post('farm-clerk', 'handler', 'agriculture'),
    post('petition-clerk', 'petition-clerk', 'petition-office'),
    post('watch', 'supervisor', 'supervision'),
  ],
}
const thing = { handlingOffice: 'petition-office', readers: ['org:petition-office', 'duty:supervisor'], placeId: null, sealedClass: null }

test('a record names the post that opened the case, not the first that a person holds', () => {
  assert.equal(actingPost(both, thing), 'petition-clerk')
  assert.equal(actingPost(both, { ...thing, handlingOffice: 'emergency' }), 'petition-clerk', 'no post of the body at work: one that opens the case')
  assert.equal(actingPost(both, { ...thing, readers: ['duty:supervisor'] }), 'watch')
  assert.equal(actingPost(both, { ...thing, readers: [] }), 'petition-clerk', 'an open break-glass: the body at work')
  assert.equal(actingPost({ ...both, posts: both.posts.slice(0, 1) }, { ...thing, readers: [] }), 'farm-clerk')
})

test('work is done in the post that the task is for', () => {
  assert.equal(actingPost(both, { ...thing, task: { duties: ['handler'], organizationId: 'agriculture' } }), 'farm-clerk')
})

test('an order comes from the post above, and residents act in none', () => {
  assert.equal(orderingPost(both, ['head', 'watch']), 'watch')
  assert.equal(orderingPost(both, ['head']), null)
  assert.equal(actingPost({ kind: 'anonymous' }, thing), null)
  assert.equal(orderingPost({ kind: 'anonymous' }, ['watch']), null)
})
