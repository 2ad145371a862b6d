// Guessing, and learning who has an account.
import assert from 'node:assert/strict'
import { verifyLimits } from './limits-of.ts'
import { freshResident } from './people.ts'
import { type Attack, attacks } from './attack.ts'
import { here, password, signIn } from './world.ts'

const guessing = attacks('guessing', {
  'an unknown address and a wrong password get one answer': async (world) => {
    const texts = []
    for (const email of [world.people.resident.email, 'nobody@qingxi.example']) {
      const visitor = world.visitor()
      await visitor.get(`${here}/sign-in`)
      const answer = await visitor.post(`${here}/sign-in`, { email, password: 'not the right one at all' })
      texts.push(`${answer.status} ${plain(answer.text).replaceAll(email, '')}`)
    }
    assert.equal(texts[0], texts[1])
  },
  'a known and an unknown address get one answer to a reset, in even time': async (world) => {
    const answers = []
    for (const email of [world.people.resident.email, 'nobody2@qingxi.example']) {
      const visitor = world.visitor()
      await visitor.get(`${here}/account/reset`)
      const begun = performance.now()
      const answer = await visitor.post(`${here}/account/reset`, { email })
      answers.push(`${answer.status} ${plain(answer.text)}`)
      assert.ok(performance.now() - begun >= 590, 'never sooner than the even time')
    }
    assert.equal(answers[0], answers[1])
  },
  'a known and an unknown address get one answer to signing up': async (world) => {
    const answers = []
    for (const email of [world.people.resident.email, 'new-person@qingxi.example']) {
      const visitor = world.visitor()
      await visitor.get(`${here}/sign-up`)
      const answer = await visitor.post(`${here}/sign-up`, { email, password: 'some words that nobody used 9', name: '甲' })
      answers.push(`${answer.status} ${plain(answer.text)}`)
    }
    assert.equal(answers[0], answers[1])
  },
  'signing up with an address that is taken changes nothing of its owner': async (world) => {
    const { email, browser } = await freshResident(world)
    const visitor = world.visitor()
    await visitor.get(`${here}/sign-up`)
    await visitor.post(`${here}/sign-up`, { email, password: 'a password of the attacker 7', name: '别人' })
    assert.equal((await signIn(world.visitor(), here, email)).status, 303)
    assert.equal((await browser.get(`${here}/account`)).status, 200)
  },
  'a case that is not mine and one that does not exist look the same': async (world) => {
    const one = await world.mine.browser.get(`${here}/cases/${world.victim.number}`)
    const two = await world.mine.browser.get(`${here}/cases/XF26-0000-000`)
    assert.equal(plain(one.text).replaceAll(world.victim.number, ''), plain(two.text).replaceAll('XF26-0000-000', ''))
  },
  'a password guessed again and again locks the account, however its address is written': async (world) => {
    const { email } = await freshResident(world)
    const identity = world.installation.identityOf('qingxi')
    const spellings = [email, email.toUpperCase(), ` ${email} `, email.replace('@', '＠'), email.replace('fresh', 'ｆresh'), email]
    for (const spelling of spellings)
      await identity.signIn({ email: spelling, password: 'wrong wrong wrong', headers: new Headers(), address: '192.0.2.99' }).catch(() => undefined)
    await assert.rejects(identity.signIn({ email, password, headers: new Headers(), address: '192.0.2.98' }), { code: 'sign_in.locked' })
  },
  'receipt codes guessed at the page': (world) => verifyLimits(world, 'codesTried'),
  'receipt codes guessed at the API': (world) => verifyLimits(world, 'wrongReceiptCodes'),
  'draft codes guessed': (world) => verifyLimits(world, 'drafts'),
  'checking codes guessed': (world) => verifyLimits(world, 'documentsVerified'),
  'mails sent through us to somebody': (world) => verifyLimits(world, 'accountMails'),
  'a receipt code with look-alike letters opens nothing of another': async (world) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/track`)
    for (const code of [
      world.victim.code.slice(0, -1),
      `${world.victim.code}0`,
      world.victim.code.split('').toReversed().join(''),
      '%',
      '_'.repeat(16),
      '*',
    ])
      assert.equal((await visitor.post(`${here}/track`, { code, number: '' })).status, 422, code)
  },
})

/** A page without what differs by chance: tokens and nonces. */
const plain = (text: string) =>
  text.replaceAll(/(name="_csrf" value|name="csrf-token" content|name="csp-nonce" content)="[^"]*"/g, '').replaceAll(/value="[^"]*"/g, '')

export const guessingAttacks: Attack[] = [...guessing]
