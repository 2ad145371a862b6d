// Every component with an example, for looking at, for axe and for screenshots.
import { BackLink, Breadcrumbs } from './components/breadcrumbs.tsx'
import { Button } from './components/button.tsx'
import { Checkboxes } from './components/checkboxes.tsx'
import { CopyCode } from './components/copy-code.tsx'
import { DateInput } from './components/date-input.tsx'
import { DeadlineCard } from './components/deadline-card.tsx'
import { Details } from './components/details.tsx'
import { ErrorSummary } from './components/error-summary.tsx'
import { FileUpload } from './components/file-upload.tsx'
import { Form } from './components/form.tsx'
import { Input } from './components/input.tsx'
import { InsetText } from './components/inset-text.tsx'
import { NotificationBanner } from './components/notification-banner.tsx'
import { pageItems, Pagination } from './components/pagination.tsx'
import { Panel } from './components/panel.tsx'
import { Radios } from './components/radios.tsx'
import { SearchBox } from './components/search-box.tsx'
import { Select } from './components/select.tsx'
import { StatusLight } from './components/status-light.tsx'
import { SummaryList } from './components/summary-list.tsx'
import { Tag } from './components/tag.tsx'
import { Textarea } from './components/textarea.tsx'
import { Timeline } from './components/timeline.tsx'
import { WarningText } from './components/warning-text.tsx'
import { DiagramFigure } from './diagram/diagram-figure.tsx'
import { FormFields } from './form/form-fields.tsx'
import { errorLinks } from './form/form-texts.ts'
import { sampleForm, sampleTexts } from './gallery-sample.ts'
import { Page } from './layout.tsx'
import type { PageProps } from './layout.tsx'
import type { Child } from './html.ts'

export type GalleryProps = Pick<PageProps, 'language' | 'large' | 'nonce'> & { definitions: unknown }

const portalNav = [
  { id: 'home', text: '首页', href: '/' },
  { id: 'services', text: '办事服务', href: '/services' },
  { id: 'cases', text: '我的办件', href: '/cases' },
  { id: 'open', text: '信息公开', href: '/open' },
  { id: 'help', text: '咨询帮助', href: '/help' },
]
const errors = { phone: '', date: '', kind: '请选择会员类别' }
const form = { schema: sampleForm, texts: sampleTexts, textPrefix: 'club.join' }
const services = ['信访与诉求', '社会救助', '调解纠纷', '居住证', '信息公开申请', '就业与培训']
const texts = [
  '提意见、反映问题、查询进度',
  '低保、临时救助、残疾人生活补贴',
  '邻里、土地、家庭纠纷',
  '新来的居民在这里登记',
  '向镇政府申请公开政府信息',
  '岗位、技能培训、创业支持',
]

/** The residents' half of the gallery. */
export function Gallery(props: GalleryProps) {
  return (
    <Page
      {...props}
      title="组件陈列"
      tenantName="清溪镇"
      path="/gallery"
      homeHref="/"
      nav={portalNav}
      active="services"
      width="wide"
      signInHref="/sign-in"
      clearAction="/clear"
      csrf="token"
      before={<Breadcrumbs items={[{ text: '首页', href: '/' }, { text: '办事服务', href: '/services' }, { text: '组件陈列' }]} />}
      footerLinks={[
        { text: '无障碍说明', href: '/accessibility' },
        { text: '隐私与数据章程', href: '/charter' },
        { text: '联系我们', href: '/contact' },
      ]}
      footer={<p>清溪镇人民政府主办 · 本页为示例</p>}
    >
      <h1 class="govuk-heading-xl">您想办什么事？</h1>
      <SearchBox action="/search" label="搜索服务、政策或办件编号" />
      <Cards />
      <Section title="办件与期限">
        <div class="xl-cards">
          <DeadlineCard title="作出受理决定" due="2026-03-17" daysLeft={9} soonWithin={3} state="running" why={<Why />} />
          <DeadlineCard title="答复申请人" due="2026-03-10" daysLeft={2} soonWithin={3} state="running" isProvisional why={<Why />} />
          <DeadlineCard title="送达决定书" due="2026-03-04" daysLeft={-4} soonWithin={3} state="running" why={<Why />} />
        </div>
        <CopyCode code="7K3M-9QDX-1T5R-WA2C" />
        <SummaryList rows={summaryRows} />
        <Timeline label="办理经过" items={timeline} />
      </Section>
      <Section title="流程图">
        <DiagramFigure
          definitions={props.definitions}
          marks={{ Applied: 'done', Check: 'done', Complete: 'done', Fee: 'done', Decide: 'overdue', Tell: 'available', Warn: 'active' }}
        />
      </Section>
      <Section title="表单">
        <ErrorSummary errors={errorLinks({ ...form, errors })} disableAutoFocus />
        <Form action="/gallery" hasFiles>
          <FormFields
            {...form}
            errors={errors}
            values={{ name: '王小溪', 'date-year': '2026', 'date-month': '13', kind: 'child', days: ['weekend'], 'photos-kept': ['f1'] }}
            fileNames={{ f1: '院墙.jpg' }}
            options={{
              places: [
                { value: 'p1', text: '上溪村' },
                { value: 'p2', text: '下溪村' },
              ],
            }}
          />
          <div class="govuk-button-group">
            <Button preventDoubleClick>提交</Button>
            <Button class="govuk-button--secondary" type="button">
              保存草稿
            </Button>
            <Button class="govuk-button--warning" type="button">
              撤回申请
            </Button>
            <a class="govuk-link" href="/cancel">
              取消
            </a>
          </div>
        </Form>
      </Section>
      <Section title="其他组件">
        <OtherPieces />
      </Section>
    </Page>
  )
}

const Section = (props: { title: string; children?: Child }) => (
  <section>
    <h2 class="govuk-heading-l">{props.title}</h2>
    {props.children}
  </section>
)

const Cards = () => (
  <ul class="xl-cards">
    {services.map((name, index) => (
      <li class="xl-card">
        <h2 class="xl-card__title">
          <a class="govuk-link" href={`/services/${index}`}>
            {name}
          </a>
        </h2>
        <p class="xl-card__text">{texts[index]}</p>
      </li>
    ))}
  </ul>
)

const Why = () => <>自 2026 年 3 月 2 日收到之日起 15 日；其间没有放假顺延。依据：示例办法第五条。</>

const summaryRows = [
  { key: '事项', value: '反映下溪村灌溉渠渗漏', actions: { items: [{ href: '#change', text: '修改', hiddenText: '事项' }] } },
  { key: '办理单位', value: '农业农村办公室' },
  { key: '状态', value: <StatusLight light="amber" /> },
]

const timeline = [
  { title: '已收到', at: '2026年3月2日 09:00', datetime: '2026-03-02T09:00+08:00', by: '本人网上提交' },
  {
    title: '已受理',
    at: '2026年3月4日 15:20',
    datetime: '2026-03-04T15:20+08:00',
    by: '接待岗',
    body: <p class="govuk-body">决定受理，并转农业农村办公室办理。</p>,
  },
  { title: '正在实地查看', state: 'now' as const, stateText: '正在办理' },
  { title: '答复', state: 'later' as const, stateText: '以后' },
]

function OtherPieces() {
  return (
    <>
      <NotificationBanner text="3 月 20 日起，便民服务中心周六上午开放。" />
      <Panel title="已提交" headingLevel={3}>
        回执码
        <br />
        <strong>7K3M-9QDX-1T5R-WA2C</strong>
      </Panel>
      <InsetText>办理不收取任何费用。</InsetText>
      <WarningText>提交后不能自行修改事实部分。</WarningText>
      <Details summary="需要带什么材料">
        <p class="govuk-body">身份证或者居住证。没有带的，可以现场承诺。</p>
      </Details>
      <p class="govuk-body">
        <Tag>受理中</Tag> <Tag colour="green">已办结</Tag> <Tag colour="yellow">待补充</Tag> <Tag colour="red">不予受理</Tag>{' '}
        <Tag colour="grey">草稿</Tag> <Tag colour="purple">复查</Tag> <Tag colour="teal">联办</Tag>
      </p>
      <p class="govuk-body">
        <StatusLight light="green" />　<StatusLight light="amber" />　<StatusLight light="red" />　<StatusLight light="grey" />
      </p>
      <Input name="code" label="回执码" hint="十六位，分四组" class="govuk-input--width-20" />
      <Textarea name="note" label="备注" rows={3} />
      <Select
        name="place"
        label="地点"
        items={[
          { value: 'a', text: '上溪村' },
          { value: 'b', text: '下溪村' },
        ]}
      />
      <Radios
        name="way"
        fieldset={{ legend: '怎样通知您' }}
        items={[
          { value: 'sms', label: '短信' },
          { value: 'post', label: '邮寄', hint: '约三天' },
        ]}
        class="govuk-radios--small"
      />
      <Checkboxes
        name="topics"
        fieldset={{ legend: '订阅' }}
        items={[
          { value: 'w', label: '停水停电' },
          { value: 'j', label: '招聘' },
        ]}
      />
      <DateInput id="born" namePrefix="born" fieldset={{ legend: '日期' }} />
      <FileUpload name="proof" label="证明材料" multiple />
      <Pagination previous={{ href: '?page=3' }} next={{ href: '?page=5' }} items={pageItems(4, 12, (page) => `?page=${page}`)} />
      <Pagination landmarkLabel="上一篇和下一篇" previous={{ href: '#a', labelText: '申请条件' }} next={{ href: '#b', labelText: '所需材料' }} />
      <BackLink href="/services" />
    </>
  )
}
