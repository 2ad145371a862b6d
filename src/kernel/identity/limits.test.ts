import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestDatabase, type TestDatabase } from '#tests/support/database.ts'
import { openTown, password } from './fixture.ts'
import { purgeLimits, takeAllowance, takeOnce, toAddressGroup } from './limits.ts'
import { createToken, findTokenUser, listTokens, revokeToken } from './tokens.ts'

let testing: TestDatabase
before(async () => {
  testing = await openTestDatabase()
  await openTown(testing.database, 'qingxi')
  await openTown(testing.database, 'baiyun')
})
after(() => testing.close())

const at = new Date('2026-11-23T08:00:10Z')
const later = (seconds: number) => new Date(at.getTime() + seconds * 1000)
const take = (bucket: string, limit: number, now = at, tenant = 'qingxi') =>
  takeAllowance(testing.database.db, tenant, { bucket, limit, windowSeconds: 60 }, now)

describe('a rate limit', () => {
  test('allows exactly ten of twenty takes that come at once', async () => {
    const taken = await Promise.all(Array.from({ length: 20 }, () => take('race', 10)))
    assert.equal(taken.filter((each) => each.allowed).length, 10)
  })

  test('says when the window ends, and then allows again', async () => {
    assert.deepEqual(await take('window', 1), { allowed: true, retryAfterSeconds: 0 })
    assert.deepEqual(await take('window', 1), { allowed: false, retryAfterSeconds: 50 })
    assert.deepEqual(await take('window', 1, later(50)), { allowed: true, retryAfterSeconds: 0 })
  })

  test('of nothing allows nothing, and towns do not share', async () => {
    assert.equal((await take('nothing', 0)).allowed, false)
    assert.equal((await take('shared', 1)).allowed, true)
    assert.equal((await take('shared', 1, at, 'baiyun')).allowed, true)
  })

  test('is purged when its window is over, and not before', async () => {
    await purgeLimits(testing.database.db, 'baiyun', later(100_000))
    await take('purge', 1, at, 'baiyun')
    assert.equal(await purgeLimits(testing.database.db, 'baiyun', later(49)), 0)
    assert.equal(await purgeLimits(testing.database.db, 'baiyun', later(50)), 1)
  })

  test('gives one use to the first of many, and another when that one has expired', async () => {
    const use = { bucket: 'once', seconds: 30 }
    const uses = await Promise.all(Array.from({ length: 5 }, () => takeOnce(testing.database.db, 'qingxi', use, at)))
    assert.equal(uses.filter(Boolean).length, 1)
    assert.equal(await takeOnce(testing.database.db, 'qingxi', use, later(29)), false)
    assert.equal(await takeOnce(testing.database.db, 'qingxi', use, later(30)), true)
  })

  test('counts the addresses of one IPv6 subscriber as one', () => {
    assert.equal(toAddressGroup('192.0.2.1'), '192.0.2.1')
    assert.equal(toAddressGroup('::ffff:192.0.2.1'), '192.0.2.1')
    assert.equal(toAddressGroup('2001:db8:1:2::1'), '2001:db8:1:2::/64')
    assert.equal(toAddressGroup('2001:0DB8:1:2:a:b:c:d'), '2001:db8:1:2::/64')
    assert.equal(toAddressGroup('2001:db8::1'), '2001:db8:0:0::/64')
    assert.equal(toAddressGroup('fe80::1%eth0'), 'fe80:0:0:0::/64')
  })
})

describe('a bearer token', () => {
  async function newUser(email: string) {
    const { identity } = await openTown(testing.database, 'qingxi')
    const { userId } = await identity.createUser({ email, password, name: '某某', kind: 'staff' })
    return { identity, userId }
  }
  const find = (token: string, now = at, tenant = 'qingxi') => findTokenUser(testing.database.db, tenant, token, now)

  test('finds its user in its town, until it expires', async () => {
    const { userId } = await newUser('token@example.org')
    const { token, tokenId } = await createToken(testing.database.db, 'qingxi', { userId, name: '数据共享', expiresAt: later(60) }, at)
    assert.match(token, /^xl_qingxi_[\w-]{43}$/)
    assert.deepEqual(await find(token), { tokenId, userId, kind: 'staff' })
    assert.equal(await find(token, later(60)), undefined)
    assert.equal(await find(token, at, 'baiyun'), undefined)
    assert.equal(await find(token.replace('qingxi', 'baiyun'), at, 'baiyun'), undefined)
    assert.equal(await find(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`), undefined)
  })

  test('ends when its owner revokes it or the account is closed', async () => {
    const { identity, userId } = await newUser('revoked@example.org')
    const [one, two] = await Promise.all(['one', 'two'].map((name) => createToken(testing.database.db, 'qingxi', { userId, name }, at)))
    assert.equal(await revokeToken(testing.database.db, 'qingxi', { userId: 'other', tokenId: one?.tokenId ?? '' }, at), false)
    assert.equal(await revokeToken(testing.database.db, 'qingxi', { userId, tokenId: one?.tokenId ?? '' }, at), true)
    assert.equal(await find(one?.token ?? ''), undefined)
    assert.ok(await find(two?.token ?? ''))
    const ended = new Map((await listTokens(testing.database.db, 'qingxi', userId)).map((entry) => [entry.name, entry.revokedAt !== null]))
    assert.deepEqual([ended.size, ended.get('one'), ended.get('two')], [2, true, false])
    await identity.setDisabled(userId, true)
    assert.equal(await find(two?.token ?? ''), undefined)
  })

  test('needs a name', async () => {
    await assert.rejects(createToken(testing.database.db, 'qingxi', { userId: 'x', name: ' ' }, at), { code: 'token.name_missing' })
  })
})
