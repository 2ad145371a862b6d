// Instances shown in openapi.json; a test validates each against its schema. The town, the people and the numbers are invented.
const title = { zh: '信访：向镇里反映问题、提建议、求助', en: 'Petition: tell the town about a problem, suggest, or ask' }
const number = 'XF26-7K3M-9QD'
const taskId = '019cacc1-7b4e-7e3a-9d43-1f0f2f9a6c11'
const documentId = '019cacc1-7b4e-7e3a-9d43-1f0f2f9a6c10'

export const exampleSummary = {
  slug: 'petition',
  title,
  summary: { zh: '向镇政府反映情况，提出意见、建议和请求。', en: 'Bring a matter to the town government.' },
  filedBy: ['anyone', 'staff'],
  provides: ['petition'],
}

const filing = {
  subject: '村道排水沟堵塞，雨天积水进屋',
  description: '从今年二月起，石上村小学往北的排水沟被泥沙堵住，两次下雨积水都漫进路边三户人家。',
  claim: '请清理排水沟，并说明以后由谁管护。',
  village: 'shishang-village',
}

export const exampleProcedure = {
  ...exampleSummary,
  version: '1.0.0',
  hash: '5f1d7a84db00d2fce00b31a7fc73224f9d1b1f5e3b8c4c1a0f6f7a3e8f0f5b1c',
  law: [{ id: 'xf-23', name: '信访工作条例', article: '第二十二条、第二十三条', mark: 'V:L' }],
  parameters: [
    { id: 'acceptance-days', value: 15, unit: 'calendar', law: 'xf-23', from: '2022-05-01', mark: 'V:L', note: '自收到之日起。', local: [] },
  ],
  deadlines: [
    {
      id: 'acceptance',
      title: { zh: '告知是否受理', en: 'Told whether it is accepted' },
      starts: 'filed',
      ends: ['acceptance-served'],
      parameter: 'acceptance-days',
      unit: 'calendar',
      binds: 'office',
      law: 'xf-23',
    },
  ],
  filing: {
    id: 'filing',
    schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      additionalProperties: false,
      required: ['subject'],
      properties: { subject: { type: 'string', minLength: 2 } },
      examples: [{ subject: filing.subject }],
    },
    texts: { zh: { 'filing.subject.label': '一句话说明是什么事' }, en: { 'filing.subject.label': 'What is it about, in one sentence' } },
  },
  forms: [],
}

export const exampleFiling = {
  procedure: 'petition',
  data: { ...filing, name: '林小满', phone: '000 0000 0001', electronicService: true },
  electronicService: true,
}
export const exampleStaffFiling = {
  procedure: 'petition',
  data: filing,
  entry: { channel: 'letter', receivedOn: '2026-03-02', evidence: '邮戳：2026年3月1日' },
}

const promise =
  'xiangli-promise/v1\nxiangli.example/qingxi/1\nleaf NozPHvvZcoK3SAoHxhvy/yq+0g8c0J9+ZQpoeCsrUyM=\ntime 2026-03-02T01:00:00Z\ninclude-by 2026-03-02T01:01:00Z\n\n— xiangli.example/qingxi/1/promise …\n'

export const exampleAcknowledgement = {
  number,
  receipt: { url: `https://xiangli.example/t/qingxi/api/v1/cases/${number}/receipt`, code: '7K3M-9QDX-1T5R-WA2C' },
  promise,
  deadlines: [
    { id: 'acceptance', rule: '信访工作条例', article: '第二十二条、第二十三条', start: '2026-03-02', due: '2026-03-17', provisional: false },
  ],
}

export const exampleReceipt = {
  format: 'xiangli-receipt/v1',
  leaf: 'xiangli-leaf/v1\ncase\n2026-03-02T01Z\ncommitment GvA1y0VfZ2PjvQz8xkDqbn0yXk6wqkcdzI3RrY7dtN8=\n',
  promise,
  proof: 'c2sp.org/tlog-proof@v1\nindex 41\n…\n',
}

export const exampleState = {
  number,
  status: 'open',
  outcome: null,
  standing: ['镇信访办正在登记。'],
  acts: [{ name: 'withdraw', label: '撤回', form: 'withdrawal' }],
}

const exampleTask = {
  id: taskId,
  element: 'Register',
  title: '登记',
  form: 'register',
  office: '清溪镇信访办公室',
  assignee: null,
  due: '2026-03-17',
  version: 1,
  mayComplete: true,
  mayClaim: true,
  mayAssign: true,
}
export const exampleTaskState = { ...exampleState, task: exampleTask, tasks: [exampleTask] }

export const exampleTaskItem = {
  id: taskId,
  version: 1,
  element: 'Register',
  title: '登记',
  form: 'register',
  number,
  procedure: title.zh,
  subject: filing.subject,
  filedOn: '2026-03-02',
  due: '2026-03-17',
  overdue: false,
  provisional: false,
  missed: false,
  assignee: null,
  office: '清溪镇信访办公室',
  place: '石上村',
  openedAt: '2026-03-02T01:00:00.000Z',
}

export const exampleDocument = {
  id: documentId,
  document: 'acceptance',
  title: '信访事项受理告知书',
  number: '清信受〔2026〕1号',
  status: 'served',
  issuedOn: '2026-03-05',
  servedOn: '2026-03-05',
  method: 'electronic',
  reason: null,
  url: `/t/qingxi/api/v1/cases/${number}/documents/${documentId}`,
}

export const exampleCase = {
  ...exampleState,
  procedure: { slug: 'petition', title: title.zh, hash: exampleProcedure.hash },
  subject: filing.subject,
  channel: 'web',
  filedAt: '2026-03-02T01:00:00.000Z',
  filedOn: '2026-03-02',
  office: '',
  place: '石上村',
  missed: false,
  parties: [{ role: 'petitioner', roleName: '信访人', name: '林小满', phone: '000 0000 0001', email: '', address: '', electronicService: true }],
  forms: [
    {
      element: 'filing',
      title: '向镇里反映问题',
      fields: [{ name: 'subject', label: '一句话说明是什么事', value: filing.subject, text: filing.subject }],
    },
  ],
  deadlines: [
    {
      id: 'acceptance',
      title: '告知是否受理',
      binds: 'office',
      law: '信访工作条例',
      article: '第二十二条、第二十三条',
      mark: 'V:L',
      amount: 15,
      unit: 'calendar',
      start: '2026-03-02',
      due: '2026-03-17',
      status: 'running',
      metOn: null,
      missed: false,
      provisional: false,
      extended: false,
      daysLeft: 15,
      explanation: { summary: '2026年3月17日前', lines: ['自2026年3月2日起15日'] },
    },
  ],
  documents: [exampleDocument],
  timeline: [{ seq: 1, type: 'event', text: '已收到', by: '当事人', recordedAt: '2026-03-02T01:00:00.000Z', effectiveOn: '2026-03-02', reason: '' }],
  messages: [{ from: 'party', text: '补充一张照片的说明。', at: '2026-03-02T02:00:00.000Z', files: [] }],
  tasks: [],
  links: [],
}
