// The log in plain words: how long it is, what was signed last, which keys to write down, and how to check a receipt elsewhere.
import { dateIn } from '#kernel/clock.ts'
import { findLastAudit } from '#kernel/ledger/nightly-audit.ts'
import { latestCheckpoint, listLogs, logStatus, openLogReader, type WitnessStatus } from '#kernel/ledger/reads.ts'
import { DomainError } from '#kernel/errors.ts'
import type { Visit } from '#http/visit.ts'
import { Details } from '#ui/components/details.tsx'
import { SummaryList } from '#ui/components/summary-list.tsx'
import { defineTexts } from '#ui/texts.ts'
import { portalPage } from './frame.tsx'

const texts = defineTexts({
  zh: {
    title: '我们的记录，您可以核对',
    lead: '您提交的每一件事、我们的每一个决定和送达，都按先后顺序记进一本账。这本账只能往后添，不能改、不能删；改过一个字，谁都看得出来。',
    what1: '账里只有每条记录的“指纹”和时间，没有姓名、电话，也没有您写的内容。别人看账，看不到您的事。',
    what2: '每隔一会儿，我们在账上签一次名。签了名，就不能再说“没有这回事”。',
    what4: '我们的签名还交给邻近单位见证。他们只看账有没有改过，看不到您的事；谁拿出两本不一样的账，他们会发现。',
    what3: '您提交时拿到的承诺和回执证明，可以在任何电脑上和这本账核对，不需要相信我们，也不需要联网到我们这里。',
    size: '已经记了',
    sizeValue: '{size} 条',
    queued: '正在排队',
    queuedValue: '{count} 条，最早的等了 {seconds} 秒',
    audit: '最近一次自查',
    auditNone: '还没有自查过。',
    auditFine: '{day} 核对了前 {size} 条和所有事项，没有发现问题。',
    auditAlarm: '{day} 核对了前 {size} 条和所有事项，发现 {count} 处不符，正在查明。',
    witnesses: '邻近单位的见证',
    witnessesNone: '还没有单位见证。',
    witnessed: '{name}：已见证到第 {size} 条（{day}）',
    witnessWaits: '{name}：还没有见证',
    witnessLate: '，最近一次没有联系上或者没有签',
    origin: '账本名称',
    checkpoint: '最近一次签名',
    none: '还没有签过名。',
    keys: '请抄下这些公钥',
    keysText: '公钥用来认出我们的签名。请现在抄下来、拍下来，或者和邻居、报社、其他机关抄的比对。以后核对时用您自己抄的，不要用网上临时给的。',
    how: '怎样核对一份回执',
    how1: '在事项页面下载“回执证明”。',
    howPage: '打开核验页，放进回执和抄下的公钥。存下来断网也能用：',
    howPageLink: '核验回执',
    how2: '懂电脑的人也可以用命令核验：把抄下的公钥存成 keys.txt（一行一个），在任何装有 Node 的电脑上运行（不会连接我们的服务器）：',
    how3: '每一步对不对得上，都会用白话告诉您。核对不上，请把结果和回执一起交给上级机关或者法院，这就是证据。',
    links: '给懂技术的人',
    linkCheckpoint: '最新签名（checkpoint）',
    linkKeys: '公钥（vkeys）',
    linkStatus: '状态（JSON）',
    linkPolicy: '核对用的见证规则（tlog-policy）',
    linkEvidence: '我们见证邻居时发现的矛盾（JSON）',
    format: '格式是公开标准 C2SP tlog-tiles，任何人都可以写程序监督。',
  },
  en: {
    title: 'Our record, for you to check',
    lead: 'Everything you file and everything we decide and serve is entered in order in one record. It can only grow: a changed or missing entry is seen by anybody.',
    what1: 'The record holds only a fingerprint and the hour of each entry: no name, no phone number, nothing you wrote.',
    what2: 'Every little while we sign it. Once signed, nobody can say that it never happened.',
    what4:
      'Neighbouring authorities witness our signature. They see only that the record was not changed, nothing of your matters; two different records would be noticed.',
    what3: 'The promise and the receipt that you get can be checked against it on any computer, without trusting us and without asking our server.',
    size: 'Entries',
    sizeValue: '{size}',
    queued: 'Waiting',
    queuedValue: '{count}, the oldest for {seconds} seconds',
    audit: 'Our last check of ourselves',
    auditNone: 'None yet.',
    auditFine: 'On {day}, the first {size} entries and every case were checked, and nothing was wrong.',
    auditAlarm: 'On {day}, the first {size} entries and every case were checked: {count} things do not fit and are being looked into.',
    witnesses: 'Witnessed by neighbours',
    witnessesNone: 'Nobody yet.',
    witnessed: '{name}: up to entry {size} ({day})',
    witnessWaits: '{name}: not yet',
    witnessLate: ', the last attempt failed',
    origin: 'Name of the record',
    checkpoint: 'Signed last',
    none: 'Nothing was signed yet.',
    keys: 'Write these keys down',
    keysText:
      'The keys tell our signature from others. Write them down or photograph them now, or compare with what a neighbour, a newspaper or another authority wrote down. When you check later, use your own copy.',
    how: 'How to check a receipt',
    how1: 'Download the receipt on the page of your matter.',
    howPage: 'Open the checking page and put in the receipt and the key that you wrote down; saved, it works without a network:',
    howPageLink: 'Check a receipt',
    how2: 'Or by a command: save the keys that you wrote down as keys.txt, one a line. On any computer with Node, run this (it does not contact us):',
    how3: 'Both say in plain words which steps hold. A receipt that fails is evidence: take it, with the result, to the superior authority or a court.',
    links: 'For technicians',
    linkCheckpoint: 'Newest checkpoint',
    linkKeys: 'Keys (vkeys)',
    linkStatus: 'Status (JSON)',
    linkPolicy: 'Policy for verifiers (tlog-policy)',
    linkEvidence: 'Contradictions that we found as a witness (JSON)',
    format: 'The format is the open standard C2SP tlog-tiles; anybody may write a monitor.',
  },
})

/** The town's day of a leaf's UTC hour. */
const dayOf = (zone: string, hour: string) => dateIn(zone, new Date(hour.replace('Z', ':00:00Z')))

/** One line for each witness: how far it cosigned, when, and whether the last attempt failed. */
function witnessLines({ language, ctx }: Visit, witnesses: WitnessStatus[]) {
  const t = texts(language)
  if (witnesses.length === 0) return t('witnessesNone')
  return (
    <ul class="govuk-list">
      {witnesses.map(({ name, size, cosignedAt, failure }) => (
        <li class="xl-break">
          {size === null || cosignedAt === null
            ? t('witnessWaits', { name })
            : t('witnessed', { name, size, day: dateIn(ctx.zone, new Date(cosignedAt)) })}
          {failure !== null && t('witnessLate')}
        </li>
      ))}
    </ul>
  )
}

/** `GET /integrity` */
export async function integrityPage(visit: Visit): Promise<Response> {
  const { base, language, ctx } = visit
  const t = texts(language)
  const reader = openLogReader(ctx.db, ctx.tenant)
  const status = await logStatus(reader, ctx.clock)
  const [log] = await listLogs(reader)
  const audit = await findLastAudit(ctx)
  const checkpoint = await latestCheckpoint(reader, status.epoch).catch((error: unknown) => {
    if (error instanceof DomainError && error.kind === 'not_found') return undefined
    throw error
  })
  return portalPage(
    visit,
    { title: t('title'), path: '/integrity', active: 'integrity' },
    <>
      <h1 class="govuk-heading-xl">{t('title')}</h1>
      <p class="govuk-body-l">{t('lead')}</p>
      <ul class="govuk-list govuk-list--bullet">
        <li>{t('what1')}</li>
        <li>{t('what2')}</li>
        <li>{t('what4')}</li>
        <li>{t('what3')}</li>
      </ul>
      <SummaryList
        rows={[
          { key: t('size'), value: t('sizeValue', { size: status.size }) },
          { key: t('queued'), value: t('queuedValue', { count: status.queued, seconds: status.oldestQueuedSeconds }) },
          {
            key: t('audit'),
            value: audit
              ? t(audit.alarms === 0 ? 'auditFine' : 'auditAlarm', { day: dayOf(ctx.zone, audit.hour), size: audit.size, count: audit.alarms })
              : t('auditNone'),
          },
          { key: t('witnesses'), value: witnessLines(visit, status.witnesses) },
          { key: t('origin'), value: <span class="xl-break">{status.origin}</span> },
        ]}
      />
      <h2 class="govuk-heading-m">{t('checkpoint')}</h2>
      {checkpoint ? <pre class="xl-typed xl-break govuk-!-margin-bottom-6">{checkpoint.note}</pre> : <p class="govuk-body">{t('none')}</p>}
      <h2 class="govuk-heading-m">{t('keys')}</h2>
      <p class="govuk-body">{t('keysText')}</p>
      <SummaryList
        rows={(log?.keys ?? []).filter(({ dropped }) => !dropped).map((key) => ({ key: key.role, value: <code class="xl-break">{key.vkey}</code> }))}
      />
      <h2 class="govuk-heading-m">{t('how')}</h2>
      <ol class="govuk-list govuk-list--number">
        <li>{t('how1')}</li>
        <li>
          {t('howPage')}{' '}
          <a class="govuk-link" href={`${base}/verify#receipt`}>
            {t('howPageLink')}
          </a>
        </li>
        <li>
          {t('how2')}
          <pre class="xl-typed xl-break">npx xiangli verify receipt.json --vkey keys.txt</pre>
        </li>
        <li>{t('how3')}</li>
      </ol>
      <Details summary={t('links')}>
        <ul class="govuk-list">
          <li>
            <a class="govuk-link" href={`${base}/ledger/checkpoint`} data-turbo="false">
              {t('linkCheckpoint')}
            </a>
          </li>
          <li>
            <a class="govuk-link" href={`${base}/ledger/vkeys`} data-turbo="false">
              {t('linkKeys')}
            </a>
          </li>
          <li>
            <a class="govuk-link" href={`${base}/ledger/status`} data-turbo="false">
              {t('linkStatus')}
            </a>
          </li>
          <li>
            <a class="govuk-link" href={`${base}/ledger/policy`} data-turbo="false">
              {t('linkPolicy')}
            </a>
          </li>
          <li>
            <a class="govuk-link" href="/witness/evidence" data-turbo="false">
              {t('linkEvidence')}
            </a>
          </li>
        </ul>
        <p>{t('format')}</p>
      </Details>
    </>,
  )
}
