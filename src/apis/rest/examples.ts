// Instances shown in openapi.json; a test validates each against its schema. The town, the procedure, the people and the numbers are invented.
const title = { zh: '路灯报修', en: 'Report a broken street light' }
const number = 'LD26-7K3M-9QD'
const taskId = '019cacc1-7b4e-7e3a-9d43-1f0f2f9a6c11'
const documentId = '019cacc1-7b4e-7e3a-9d43-1f0f2f9a6c10'

export const exampleSummary = {
  slug: 'street-light',
  title,
  summary: { zh: '路灯不亮或者损坏，告诉镇里。', en: 'Tell the town that a light is out or broken.' },
  filedBy: ['anyone', 'staff'],
  provides: ['street-light'],
}

const filing = {
  subject: '村口路灯不亮',
  description: '石上村小学门口的路灯从三月一日晚上起不亮。',
  village: 'shishang-village',
}

export const exampleProcedure = {
  ...exampleSummary,
  version: '1.0.0',
  hash: '5f1d7a84db00d2fce00b31a7fc73224f9d1b1f5e3b8c4c1a0f6f7a3e8f0f5b1c',
  law: [{ id: 'notice', name: '清溪镇路灯管护办法（示例）', article: '第三条', mark: 'INF' }],
  parameters: [{ id: 'repair-days', value: 15, unit: 'calendar', law: 'notice', from: '2026-01-01', mark: 'INF', note: '自收到之日起。', local: [] }],
  deadlines: [
    {
      id: 'repair',
      title: { zh: '修复', en: 'Repaired' },
      starts: 'filed',
      ends: ['repaired'],
      parameter: 'repair-days',
      unit: 'calendar',
      binds: 'office',
      law: 'notice',
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
  procedure: 'street-light',
  data: { ...filing, name: '何晓青', phone: '000 0000 0001', electronicService: true },
  electronicService: true,
}
export const exampleStaffFiling = {
  procedure: 'street-light',
  data: filing,
  entry: { channel: 'letter', receivedOn: '2026-03-02', evidence: '邮戳：2026年3月1日' },
}

const promise =
  'xiangli-promise/v1\nxiangli.example/qingxi/1\nleaf NozPHvvZcoK3SAoHxhvy/yq+0g8c0J9+ZQpoeCsrUyM=\ntime 2026-03-02T01:00:00Z\ninclude-by 2026-03-02T01:01:00Z\n\n— xiangli.example/qingxi/1/promise …\n'

export const exampleAcknowledgement = {
  number,
  receipt: { url: `https://xiangli.example/t/qingxi/api/v1/cases/${number}/receipt`, code: '7K3M-9QDX-1T5R-WA2C' },
  promise,
  deadlines: [{ id: 'repair', rule: '清溪镇路灯管护办法（示例）', article: '第三条', start: '2026-03-02', due: '2026-03-17', provisional: false }],
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
  standing: ['村镇建设办正在登记。'],
  acts: [{ name: 'withdraw', label: '撤回', form: 'withdrawal' }],
}

const exampleTask = {
  id: taskId,
  element: 'Register',
  title: '登记',
  form: 'register',
  office: '清溪镇村镇建设办公室',
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
  office: '清溪镇村镇建设办公室',
  place: '石上村',
  openedAt: '2026-03-02T01:00:00.000Z',
}

export const exampleDocument = {
  id: documentId,
  document: 'repair-note',
  title: '维修告知书',
  number: '清建修〔2026〕1号',
  status: 'served',
  issuedOn: '2026-03-05',
  servedOn: '2026-03-05',
  method: 'electronic',
  reason: null,
  url: `/t/qingxi/api/v1/cases/${number}/documents/${documentId}`,
}

export const exampleCase = {
  ...exampleState,
  procedure: { slug: 'street-light', title: title.zh, hash: exampleProcedure.hash },
  subject: filing.subject,
  channel: 'web',
  filedAt: '2026-03-02T01:00:00.000Z',
  filedOn: '2026-03-02',
  office: '',
  place: '石上村',
  missed: false,
  parties: [{ role: 'reporter', roleName: '报修人', name: '何晓青', phone: '000 0000 0001', email: '', address: '', electronicService: true }],
  forms: [
    {
      element: 'filing',
      title: '路灯报修',
      fields: [{ name: 'subject', label: '一句话说明是什么事', value: filing.subject, text: filing.subject }],
    },
  ],
  deadlines: [
    {
      id: 'repair',
      title: '修复',
      binds: 'office',
      law: '清溪镇路灯管护办法（示例）',
      article: '第三条',
      mark: 'INF',
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
