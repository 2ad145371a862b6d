// Posts and who holds them. Everybody on the staff may read it; the IT administrator changes it, with a reason each time.
import { mayInTown } from '#kernel/access/rule.ts'
import { appointHolder, endHolder, type Holder, listHolders } from '#kernel/access/holders.ts'
import type { DomainError } from '#kernel/errors.ts'
import { forbidden } from '#kernel/errors.ts'
import type { Post } from '#kernel/towns/towns.ts'
import { today } from '#kernel/towns/towns.ts'
import type { User } from '#kernel/identity/identity.ts'
import type { HttpContext } from '#http/route.ts'
import { seeOther } from '#http/page.ts'
import { requireRecentSignIn } from '#http/recent.ts'
import type { Visit } from '#http/visit.ts'
import { Button } from '#ui/components/button.tsx'
import { Details } from '#ui/components/details.tsx'
import { Form } from '#ui/components/form.tsx'
import { Input } from '#ui/components/input.tsx'
import { NotificationBanner } from '#ui/components/notification-banner.tsx'
import { Select } from '#ui/components/select.tsx'
import { Table } from '#ui/components/table.tsx'
import { Tag } from '#ui/components/tag.tsx'
import { errorsByField } from '#ui/form/form-texts.ts'
import type { FormBody } from '#ui/form/parse-form-body.ts'
import { defineTexts } from '#ui/texts.ts'
import { one, readPost, work, workPage } from './frame.tsx'
import { Refusal } from './grouped-fields.tsx'
import { isRefusal, refusalStatus } from './refusals.ts'

const texts = defineTexts({
  zh: {
    title: '岗位与人员',
    post: '岗位',
    body: '单位',
    holders: '任职的人',
    nobody: '空缺',
    acting: '代理',
    from: '自 {date}',
    to: '至 {date}',
    change: '结束任职',
    appoint: '任命',
    appointDo: '任命',
    invite: '邀请新同事',
    inviteText: '系统发一封邮件，由本人设置密码。链接七天内有效。',
    inviteDo: '发邀请',
    user: '人员',
    kind: '方式',
    holder: '任职',
    startOn: '开始日期',
    endOn: '最后一天',
    reason: '理由',
    reasonHint: '例如任免文号',
    termHint: '代理必须填；任职有任期的也填。',
    handOver: '移交工作',
    end: '结束任职',
    name: '姓名',
    email: '邮箱',
    done: '已经变更。',
    invited: '邀请已发出。',
    dateHint: '如 2026-03-01',
    account: '手机丢了、离职',
    accountText: '重置：去掉验证器、通行密钥和备用码，并退出所有设备，本人用密码登录后重新设置。停用：不能再登录，任职要另外结束。',
    reset: '重置第二重验证',
    close: '停用账号',
    reopen: '恢复账号',
    closed: '已停用',
  },
  en: {
    title: 'Posts and people',
    post: 'Post',
    body: 'Body',
    holders: 'Held by',
    nobody: 'vacant',
    acting: 'acting',
    from: 'since {date}',
    to: 'until {date}',
    change: 'End an appointment',
    appoint: 'Appoint',
    appointDo: 'Appoint',
    invite: 'Invite a colleague',
    inviteText: 'A mail is sent; the person sets the password. The link is good for seven days.',
    inviteDo: 'Invite',
    user: 'Person',
    kind: 'As',
    holder: 'holder',
    startOn: 'From',
    endOn: 'Last day',
    reason: 'Reason',
    reasonHint: 'for example the number of the decision',
    termHint: 'Needed for somebody who acts; also for a term of office.',
    handOver: 'Hand over work',
    end: 'End it',
    name: 'Name',
    email: 'E-mail',
    done: 'Changed.',
    invited: 'The invitation is sent.',
    dateHint: 'like 2026-03-01',
    account: 'A lost phone, a colleague who left',
    accountText:
      'Reset: takes away app, passkeys and recovery codes and signs out everywhere; the person signs in with the password and sets up anew. Close: no sign-in any more; appointments are ended separately.',
    reset: 'Reset the second factor',
    close: 'Close the account',
    reopen: 'Reopen the account',
    closed: 'closed',
  },
})

type State = { body?: FormBody; error?: DomainError }

export const peoplePage = (visit: Visit, context: HttpContext): Promise<Response> => show(visit, context, {})

export async function peoplePost(visit: Visit, context: HttpContext): Promise<Response> {
  const body = await readPost(visit, context)
  const text = (name: string) => one(body, name).trim()
  try {
    if (!mayInTown(visit.ctx.actor, 'posts.keep')) throw forbidden('post.it_admin', 'Only the IT administrator changes who holds a post.')
    switch (text('_act')) {
      case 'appoint':
        await appointHolder(visit.ctx, {
          postId: text('postId'),
          userId: text('userId'),
          from: text('from'),
          ...(text('to') === '' ? {} : { to: text('to') }),
          kind: text('kind') === 'acting' ? 'acting' : 'holder',
          reason: text('reason'),
        })
        break
      case 'end': {
        const [postId = '', userId = '', from = ''] = text('appointment').split('|')
        await endHolder(visit.ctx, { postId, userId, from, on: text('on'), reason: text('reason') })
        break
      }
      case 'reset':
      case 'close':
      case 'reopen':
        await changeAccount(visit, text('_act'), text('userId'))
        break
      case 'invite':
        await visit.identity.inviteStaff({ name: text('name'), email: text('email'), language: visit.language })
        return seeOther(work(visit, '/people?did=invited'))
    }
    return seeOther(work(visit, '/people?did=done'))
  } catch (error) {
    if (!isRefusal(error)) throw error
    return show(visit, context, { body, error })
  }
}

/** A colleague's way in is taken or given back: only by somebody who is surely at the keyboard, and never one's own. */
async function changeAccount(visit: Visit, act: string, userId: string): Promise<void> {
  const own = requireRecentSignIn(visit)
  const user = await visit.identity.findUser(userId)
  if (user?.kind !== 'staff' || userId === own.userId)
    throw forbidden('post.own_account', 'Choose a colleague: one’s own account is another’s to change.')
  if (act === 'reset') await visit.identity.resetSecondFactor(userId)
  else await visit.identity.setDisabled(userId, act === 'close')
}

async function show(visit: Visit, context: HttpContext, state: State): Promise<Response> {
  const t = texts(visit.language)
  const holders = await listHolders(visit.ctx)
  const users = await visit.identity.listUsers('staff')
  const names = new Map(users.map((user) => [user.userId, user.name]))
  const mayChange = mayInTown(visit.ctx.actor, 'posts.keep')
  const did = context.req.query('did')
  return workPage(
    visit,
    context,
    {
      title: t('title'),
      active: 'people',
      path: work(visit, '/people'),
      ...(state.error ? { status: refusalStatus(state.error), hasErrors: true } : {}),
    },
    <>
      {state.error && <Refusal error={state.error} language={visit.language} />}
      {(did === 'done' || did === 'invited') && <NotificationBanner type="success" text={t(did)} />}
      <h1 class="govuk-heading-l">{t('title')}</h1>
      <p class="govuk-body">
        <a class="govuk-link" href={work(visit, '/people/hand-over')}>
          {t('handOver')}
        </a>
      </p>
      {mayChange && <Changes visit={visit} users={users} holders={holders} names={names} state={state} />}
      <Table
        class="xl-table--dense xl-table--stack"
        head={[t('post'), t('body'), t('holders')]}
        rows={postsInOrder(visit).map((post) => [
          post.title[visit.language],
          visit.town.organizations.get(post.organization)?.name[visit.language] ?? post.organization,
          { content: <Holders visit={visit} holders={holders.filter((holder) => holder.postId === post.id)} names={names} /> },
        ])}
      />
    </>,
  )
}

const postsInOrder = (visit: Visit): Post[] =>
  [...visit.town.organizations.keys()].flatMap((body) => [...visit.town.posts.values()].filter((post) => post.organization === body))

function Holders({ visit, holders, names }: { visit: Visit; holders: Holder[]; names: Map<string, string> }) {
  const t = texts(visit.language)
  if (holders.length === 0) return <Tag colour="yellow">{t('nobody')}</Tag>
  return (
    <>
      {holders.map((holder) => (
        <span class="xl-block">
          {names.get(holder.userId) ?? holder.userId} {holder.kind === 'acting' && <Tag colour="teal">{t('acting')}</Tag>}{' '}
          <span class="xl-fine xl-fine--inline">
            {t('from', { date: holder.from })} {holder.to && t('to', { date: holder.to })}
          </span>
        </span>
      ))}
    </>
  )
}

type ChangesProps = { visit: Visit; users: User[]; holders: Holder[]; names: Map<string, string>; state: State }

function Changes({ visit, users, holders, names, state }: ChangesProps) {
  const t = texts(visit.language)
  const action = work(visit, '/people')
  const posts = postsInOrder(visit).map((post) => ({ value: post.id, text: post.title[visit.language] }))
  const people = users.filter((user) => !user.disabledAt).map((user) => ({ value: user.userId, text: user.name }))
  const ends = holders.map((holder) => ({
    value: `${holder.postId}|${holder.userId}|${holder.from}`,
    text: `${visit.town.posts.get(holder.postId)?.title[visit.language] ?? holder.postId} · ${names.get(holder.userId) ?? holder.userId}`,
  }))
  const typed = (act: string) => (state.body && one(state.body, '_act') === act ? state.body : undefined)
  const fieldOf =
    (act: string) =>
    (name: string, otherwise = '') => {
      const body = typed(act)
      const error = body ? errorsByField(state.error?.fields ?? [])[name] : undefined
      return { name, id: `${act}-${name}`, value: body ? one(body, name) : otherwise, ...(error ? { error } : {}) }
    }
  const [appoint, end, invite] = [fieldOf('appoint'), fieldOf('end'), fieldOf('invite')]
  return (
    <div class="xl-pair">
      <Details summary={t('appoint')} open={typed('appoint') !== undefined}>
        <Form action={action}>
          <Select {...appoint('postId')} label={t('post')} items={posts} />
          <Select {...appoint('userId')} label={t('user')} items={people} />
          <Select
            {...appoint('kind')}
            label={t('kind')}
            items={[
              { value: 'holder', text: t('holder') },
              { value: 'acting', text: t('acting') },
            ]}
          />
          <Input {...appoint('from', today(visit.ctx))} label={t('startOn')} type="date" class="govuk-input--width-10" />
          <Input {...appoint('to')} label={t('endOn')} hint={t('termHint')} type="date" class="govuk-input--width-10" />
          <Input {...appoint('reason')} label={t('reason')} hint={t('reasonHint')} />
          <Button name="_act" value="appoint" preventDoubleClick>
            {t('appointDo')}
          </Button>
        </Form>
      </Details>
      <Details summary={t('change')} open={typed('end') !== undefined}>
        <Form action={action}>
          <Select {...end('appointment')} label={t('holders')} items={ends} />
          <Input {...end('on', today(visit.ctx))} label={t('endOn')} type="date" class="govuk-input--width-10" />
          <Input {...end('reason')} label={t('reason')} hint={t('reasonHint')} />
          <Button name="_act" value="end" class="govuk-button--warning" preventDoubleClick>
            {t('end')}
          </Button>
        </Form>
      </Details>
      <Details summary={t('account')} open={typed('reset') !== undefined || typed('close') !== undefined || typed('reopen') !== undefined}>
        <p class="govuk-body-s">{t('accountText')}</p>
        <Form action={action}>
          <Select
            name="userId"
            id="account-userId"
            label={t('user')}
            items={users.map((user) => ({ value: user.userId, text: user.disabledAt ? `${user.name}（${t('closed')}）` : user.name }))}
          />
          {(['reset', 'close', 'reopen'] as const).map((act) => (
            <Button name="_act" value={act} class={act === 'reopen' ? 'govuk-button--secondary' : 'govuk-button--warning'} preventDoubleClick>
              {t(act)}
            </Button>
          ))}
        </Form>
      </Details>
      <Details summary={t('invite')} open={typed('invite') !== undefined}>
        <p class="govuk-body-s">{t('inviteText')}</p>
        <Form action={action}>
          <Input {...invite('name')} label={t('name')} autocomplete="off" />
          <Input {...invite('email')} label={t('email')} type="email" autocomplete="off" />
          <Button name="_act" value="invite" preventDoubleClick>
            {t('inviteDo')}
          </Button>
        </Form>
      </Details>
    </div>
  )
}
