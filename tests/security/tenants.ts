// Towns that are not one’s own, and bodies that say more than was asked.
import assert from 'node:assert/strict'
import { type Attack, attacks } from './attack.ts'
import { expectNothing, here, password, there, tinyPng } from './world.ts'

const hopping = attacks('tenants', {
  'a session of another town opens no staff page': async (world) => {
    const cookie = `xl-shiqiao.session_token=${world.people.elsewhere.browser.cookie('xl-shiqiao.session_token') ?? ''}`
    const answer = await world.ask(`${here}/workspace`, { headers: { cookie } })
    assert.equal(answer.status, 303)
  },
  'a session of another town under this town’s cookie name': async (world) => {
    const cookie = `xl-qingxi.session_token=${world.people.elsewhere.browser.cookie('xl-shiqiao.session_token') ?? ''}`
    const answer = await world.ask(`${here}/workspace`, { headers: { cookie } })
    assert.equal(answer.status, 303)
    assert.match(answer.headers.get('location') ?? '', /sign-in/)
  },
  'a receipt cookie of another town': async (world) => {
    const answer = await world.ask(`${here}/cases/${world.foreign.number}`, {
      headers: { cookie: `xl_receipt=${world.foreign.browser.cookie('xl_receipt') ?? ''}` },
    })
    expectNothing({ status: answer.status, text: await answer.text() }, [404])
  },
  'a receipt code of another town': async (world) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/track`)
    assert.equal((await visitor.post(`${here}/track`, { code: world.foreign.code, number: '' })).status, 422)
  },
  'a receipt code of another town at the API': async (world) => {
    const answer = await world.ask(`${here}/api/v1/cases/${world.foreign.number}`, { headers: { authorization: `Receipt ${world.foreign.code}` } })
    expectNothing({ status: answer.status, text: await answer.text() }, [404])
  },
  'a token of another town': async (world) => {
    const answer = await world.ask(`${here}/api/v1/tasks`, { headers: { authorization: `Bearer ${world.people.elsewhere.token}` } })
    assert.equal(answer.status, 401)
  },
  'a token with the town’s name replaced': async (world) => {
    const token = world.people.elsewhere.token.replace('xl_shiqiao_', 'xl_qingxi_')
    assert.equal((await world.ask(`${here}/api/v1/tasks`, { headers: { authorization: `Bearer ${token}` } })).status, 401)
  },
  'an account of another town cannot sign in here': async (world) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/sign-in`)
    assert.equal((await visitor.post(`${here}/sign-in`, { email: world.people.elsewhere.email, password })).status, 422)
  },
  'a file of another town by its id': async (world) =>
    expectNothing(await world.mine.browser.get(`${here}/cases/${world.mine.number}/files/${world.foreign.file}`), [404]),
  'a form token of another town': async (world) => {
    const visitor = world.visitor()
    await visitor.get(`${there}/track`)
    const token = visitor.token()
    await visitor.get(`${here}/track`)
    assert.equal((await visitor.post(`${here}/track`, { code: world.mine.code, number: '', _csrf: token })).status, 403)
  },
  'a town’s name with case, dots and encodings': async (world) => {
    for (const name of ['Qingxi', 'QINGXI', 'qingxi.', 'qingxi%20', '%71ingxi%00', 'qingxi%2f..%2fshiqiao', 'qingxi;x', "qingxi'"])
      assert.ok((await world.ask(`/t/${name}/workspace/settings`)).status >= 300, name)
  },
  'a case number of another town with this town’s officer': async (world) =>
    expectNothing(await world.people.clerk.browser.get(`${here}/workspace/cases/${world.foreign.number}`), [404]),
  'the idempotency key of a filing in another town': async (world) => {
    const body = JSON.stringify({ procedure: 'petition', data: { subject: '甲乙', description: '乙丙', claim: '丙丁' } })
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'a-key-of-somebody' }
    const [one, two] = [
      await world.ask(`${here}/api/v1/cases`, { method: 'POST', body, headers }),
      await world.ask(`${there}/api/v1/cases`, { method: 'POST', body, headers }),
    ]
    assert.deepEqual([one.status, two.status], [201, 201])
    assert.notEqual(JSON.parse(await one.text()).receipt.code, JSON.parse(await two.text()).receipt.code)
  },
})

const fields = attacks('fields', {
  '__proto__ as a field of a form': async (world) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/track`)
    await visitor.post(`${here}/track`, {
      code: 'x',
      __proto__polluted: '1',
      ['__proto__']: 'polluted',
      'constructor.prototype.x': '1',
      toString: 'x',
    })
    assert.equal(Reflect.get({}, 'polluted'), undefined)
    assert.equal(typeof {}.toString, 'function')
  },
  'a role at sign-up': async (world) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/sign-up`)
    const email = 'mallory@evil.example'
    await visitor.post(`${here}/sign-up`, {
      name: '乙',
      email,
      password,
      kind: 'staff',
      emailVerified: 'true',
      email_verified: 'true',
      role: 'admin',
      userId: world.people.admin.userId,
    })
    const users = await world.installation.identityOf('qingxi').listUsers('staff')
    assert.ok(!users.some((user) => user.email === email))
    const made = (await world.installation.identityOf('qingxi').listUsers('resident')).find((user) => user.email === email)
    assert.equal(made?.confirmed, false)
  },
  'fields of staff in a resident’s filing': async (world) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/matters/petition/new/what`)
    const answer = await visitor.post(`${here}/matters/petition/new/what`, {
      subject: '甲',
      description: '乙',
      claim: '丙',
      category: 'claim',
      urgent: 'true',
      caseId: world.victim.caseId,
      tenant_id: 'shiqiao',
      _channel: 'counter',
    })
    assert.ok([303, 422].includes(answer.status))
    assert.ok(!(await visitor.get(`${here}/matters/petition/new/check`)).text.includes('shiqiao'))
  },
  'the same field many times': async (world) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/track`)
    const answer = await visitor.post(`${here}/track`, { code: [world.victim.code, 'AAAA-AAAA-AAAA-AAAA'], number: ['', 'XF26-0000-000'] })
    assert.equal(answer.status, 422)
  },
  'a file where a text is expected': async (world) => {
    const visitor = world.visitor()
    await visitor.get(`${here}/track`)
    const answer = await visitor.post(`${here}/track`, { code: new File([world.victim.code], 'code.txt'), number: '' })
    assert.equal(answer.status, 422)
  },
  'a text where a file is expected': async (world) => {
    const { browser, number } = world.mine
    await browser.get(`${here}/cases/${number}/supplement`)
    assert.ok([303, 422].includes((await browser.post(`${here}/cases/${number}/supplement`, { text: '甲', files: '/etc/passwd' })).status))
  },
  'a verb by method override': async (world) => {
    for (const header of ['x-http-method-override', 'x-method-override', 'x-http-method'])
      assert.equal((await world.ask(`${here}/track`, { headers: { [header]: 'DELETE' } })).status, 200)
    const visitor = world.visitor()
    await visitor.get(`${here}/track`)
    assert.equal((await visitor.post(`${here}/track?_method=DELETE`, { code: 'x', _method: 'DELETE' })).status, 422)
  },
  'a picture with the ids of another case in its name': async (world) => {
    const { browser, number } = world.mine
    await browser.get(`${here}/cases/${number}/supplement`)
    const file = new File([tinyPng], `../../${world.victim.caseId}/${world.victim.file}.png`)
    assert.equal((await browser.post(`${here}/cases/${number}/supplement`, { text: '甲', files: file })).status, 303)
    const page = await browser.get(`${here}/cases/${number}`)
    assert.ok(!page.text.includes('../'))
  },
})

export const tenantAttacks: Attack[] = [...hopping, ...fields]
