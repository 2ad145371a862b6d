// The privacy notice: who, why, which kinds, how long, which rights (个人信息保护法 Art 17; 网络数据安全管理条例 Art 21).
// What each form asks for and why comes from the packages themselves, so that it cannot differ from what is asked.
import { listProcedures } from '#kernel/procedures/packages.ts'
import type { Package } from '#kernel/procedures/load-package.ts'
import type { Visit } from '#http/visit.ts'
import { Details } from '#ui/components/details.tsx'
import { Table } from '#ui/components/table.tsx'
import { defineTexts } from '#ui/texts.ts'
import { portalPage } from './frame.tsx'
import { sayer } from './matter-page.tsx'
import { citation, formSource, markText } from './words.ts'

const texts = defineTexts({
  zh: {
    title: '隐私与您的权利',
    lead: '我们只收办这件事要用的信息，只用来办这件事。',
    who: '谁在处理您的信息',
    whoText: '{office}。联系电话 {phone}，地址见“电话和办公时间”。',
    what: '收什么、为什么',
    whatText: '每件事项问什么、为什么问、依据哪条法律，列在下面。不必填的可以不填。',
    field: '问什么',
    why: '为什么',
    law: '依据',
    how: '怎么保管',
    how1: '内容和联系方式都加密保存，每件事项一把钥匙。没有承办任务的工作人员看不到。',
    how2: '工作人员每看一次，都记下岗位和原因，您在事项页面可以看到。',
    how3: '公开的账本里只有指纹和时间，没有您的信息。',
    how4: '不看人脸、不跟踪位置、不给人打分、不因为您反映过问题给您做记号，不收集宗教、民族、政治观点。这些在程序里就做不到。',
    how5: '不向第三方提供，除非办这件事必须转给有权处理的机关；转给谁，您在事项页面看得到。',
    cookies: '这台设备上存什么',
    cookiesText:
      '只有让页面能用的小记录：语言和字号、防止冒名提交的随机数、打开的事项（两小时）、没填完的草稿（30天）、刚提交的回执（半小时）、登录状态。没有广告，没有统计跟踪。点“清除本机记录”全部删掉。',
    address: '您的网络地址不保存；只用它算一个加密的数，防止有人大量试探回执码。',
    keep: '保存多久',
    matter: '事项',
    years: '{years} 年，自办结起',
    permanent: '按档案保管期限表',
    erase: '到期删除',
    archive: '到期移交档案馆或者鉴定后销毁',
    rights: '您的权利',
    rights1: '知道、查看、复制您的信息：在事项页面随时可以看；也可以到窗口要。',
    rights2: '更正、补充：留言说明，或者到窗口。已经记账的不会被抹掉，更正会记在后面。',
    rights3: '撤回同意：例如不再同意网上收取文书，不影响已经办的。',
    rights4: '删除：法律要求保存的到期删除；其他的可以要求现在删除。',
    rights5: '要求解释规则；对自动计算的期限要求人来核对。对您不利的决定都由人作出，写明理由和救济途径。',
    rights6: '不满意我们的处理，可以向网信部门投诉，也可以向法院起诉。',
    basis: '依据：个人信息保护法第十七条、第四十四条至第五十条。',
  },
  en: {
    title: 'Privacy and your rights',
    lead: 'We ask only for what the matter needs, and use it only for that.',
    who: 'Who handles your data',
    whoText: '{office}. Phone {phone}; the address is under “Phones and opening hours”.',
    what: 'What we ask and why',
    whatText: 'For each service: what is asked, why, and under which law. What is not needed may be left out.',
    field: 'Asked',
    why: 'Why',
    law: 'Law',
    how: 'How it is kept',
    how1: 'Contents and contacts are encrypted, each matter with a key of its own. Staff without a task in it cannot see it.',
    how2: 'Each look by staff is recorded with post and purpose, and you can see it.',
    how3: 'The public record holds fingerprints and hours only.',
    how4: 'No faces, no location trails, no scores, no marks for having complained, nothing about religion, ethnicity or opinion. The program cannot do it.',
    how5: 'Nothing goes to others unless the matter has to be handed to the body in charge; you can see to whom.',
    cookies: 'What is kept on this device',
    cookiesText:
      'Only what makes the pages work: language and letter size, a random number against forged posts, an opened matter (two hours), an unfinished draft (30 days), a fresh receipt (half an hour), your sign-in. No advertising, no statistics. “Clear this computer” removes all of it.',
    address: 'Your network address is not stored; a keyed number made from it keeps people from guessing receipt codes in bulk.',
    keep: 'How long',
    matter: 'Service',
    years: '{years} years after closing',
    permanent: 'by the retention schedule',
    erase: 'then erased',
    archive: 'then to the archive, or destroyed after appraisal',
    rights: 'Your rights',
    rights1: 'To know, see and copy your data: on the page of your matter at any time, or at the counter.',
    rights2: 'To have it corrected or completed: write to us or come to the counter. Entries are not wiped; the correction is added.',
    rights3: 'To withdraw consent, for instance to electronic service; what was done stays valid.',
    rights4: 'To erasure: what the law makes us keep is erased at its end, the rest at your request.',
    rights5:
      'To an explanation; to have computed dates checked by a person. Every decision against you is made by a person, with reasons and a remedy.',
    rights6: 'To complain to the cyberspace authority, and to sue.',
    basis: 'Law: Personal Information Protection Law, Articles 17 and 44 to 50.',
  },
})

/** `GET /terms` */
export async function termsPage(visit: Visit): Promise<Response> {
  const { language, town } = visit
  const t = texts(language)
  const own = [...town.organizations.values()].find((body) => body.kind === 'own' && body.parent === undefined)
  const open = (await listProcedures(visit.ctx)).filter((procedure) => procedure.manifest.filedBy.includes('anyone'))
  return portalPage(
    visit,
    { title: t('title'), path: '/terms' },
    <>
      <h1 class="govuk-heading-xl">{t('title')}</h1>
      <p class="govuk-body-l">{t('lead')}</p>
      <h2 class="govuk-heading-m">{t('who')}</h2>
      <p class="govuk-body">{t('whoText', { office: own?.name[language] ?? town.name[language], phone: own?.phone ?? '—' })}</p>
      <h2 class="govuk-heading-m">{t('what')}</h2>
      <p class="govuk-body">{t('whatText')}</p>
      {open.map((procedure) => (
        <Details summary={sayer(procedure, language)('title')}>
          <Asked procedure={procedure} language={language} />
        </Details>
      ))}
      <h2 class="govuk-heading-m">{t('how')}</h2>
      <Bullets items={[t('how1'), t('how2'), t('how3'), t('how4'), t('how5')]} />
      <h2 class="govuk-heading-m">{t('cookies')}</h2>
      <p class="govuk-body">{t('cookiesText')}</p>
      <p class="govuk-body">{t('address')}</p>
      <h2 class="govuk-heading-m">{t('keep')}</h2>
      <Table
        head={[t('matter'), t('keep')]}
        rows={open.map((procedure) => [sayer(procedure, language)('title'), keepText(procedure, language)])}
        scrollLabel={t('keep')}
      />
      <h2 class="govuk-heading-m">{t('rights')}</h2>
      <Bullets items={[t('rights1'), t('rights2'), t('rights3'), t('rights4'), t('rights5'), t('rights6')]} />
      <p class="govuk-hint">{t('basis')}</p>
    </>,
  )
}

const Bullets = ({ items }: { items: string[] }) => (
  <ul class="govuk-list govuk-list--bullet">
    {items.map((item) => (
      <li>{item}</li>
    ))}
  </ul>
)

function Asked({ procedure, language }: { procedure: Package; language: Visit['language'] }) {
  const t = texts(language)
  const { form, texts: words, textPrefix } = formSource(procedure, 'filing', language)
  const rows = Object.entries(form.schema.properties).map(([name, field]) => {
    const law = procedure.manifest.law.find((row) => row.id === field['x-basis'])
    return [words[`${textPrefix}.${name}.label`] ?? name, field['x-purpose'], law ? `${citation(law, language)}${markText(law.mark, language)}` : '']
  })
  return <Table head={[t('field'), t('why'), t('law')]} rows={rows} scrollLabel={t('what')} />
}

function keepText(procedure: Package, language: Visit['language']): string {
  const t = texts(language)
  const { years, disposal, mark } = procedure.manifest.retention
  return `${years === undefined ? t('permanent') : t('years', { years })}${language === 'zh' ? '，' : ', '}${t(disposal)}${markText(mark, language)}`
}
