import { FilterBar } from './components/filter-bar.tsx'
import { Input } from './components/input.tsx'
import { Select } from './components/select.tsx'
import { StatusLight } from './components/status-light.tsx'
import { Table } from './components/table.tsx'
import type { GalleryProps } from './gallery.tsx'
import { WorkspacePage } from './layout.tsx'

const queue = [
  ['信访〔2026〕12号', '下溪村灌溉渠渗漏', '王小溪', '农业农村办公室', 'red', '2026-03-04'],
  ['信访〔2026〕15号', '路灯不亮', '李一', '村镇建设办公室', 'amber', '2026-03-10'],
  ['救助〔2026〕31号', '临时救助申请', '赵二', '民政办公室', 'green', '2026-03-17'],
  ['公开〔2026〕4号', '2025 年度公益性岗位资金使用情况', '孙三', '党政办公室', 'grey', '—'],
] as const

/** The staff half of the gallery. */
export function WorkspaceGallery(props: GalleryProps) {
  return (
    <WorkspacePage
      {...props}
      title="待办"
      tenantName="清溪镇"
      path="/work/gallery"
      homeHref="/work"
      postName="信访办 · 接待岗"
      actorName="陈溪"
      signOutAction="/sign-out"
      csrf="token"
      active="queue"
      nav={[
        {
          title: '我的工作',
          items: [
            { id: 'queue', text: '待办', href: '/work', count: 14, urgent: true },
            { id: 'drafts', text: '起草中', href: '/work/drafts', count: 3 },
            { id: 'watch', text: '关注', href: '/work/watch' },
          ],
        },
        {
          title: '全镇',
          items: [
            { id: 'cases', text: '全部办件', href: '/work/cases', count: 182 },
            { id: 'registers', text: '台账', href: '/work/registers' },
            { id: 'plan', text: '计划与评估', href: '/work/plan' },
          ],
        },
      ]}
    >
      <h1 class="govuk-heading-l">待办</h1>
      <dl class="xl-figures">
        {[
          ['待办', '14'],
          ['超期', '1'],
          ['三天内到期', '4'],
          ['本月办结', '37'],
        ].map(([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <FilterBar action="/work" chosen={[{ text: '办理单位：农业农村办公室', removeHref: '?' }]} clearHref="?">
        <Select
          name="unit"
          label="办理单位"
          items={[
            { value: '', text: '全部' },
            { value: 'a', text: '民政办公室' },
          ]}
        />
        <Input name="q" label="编号或关键词" />
      </FilterBar>
      <Table
        class="xl-table--dense"
        scrollLabel="待办列表"
        caption="按法定期限排列"
        captionClass="govuk-visually-hidden"
        head={['编号', '事项', '申请人', '办理单位', '期限', { content: '到期日', format: 'numeric' }]}
        firstCellIsHeader
        rows={queue.map(([number, matter, name, unit, light, due]) => [
          {
            content: (
              <a class="govuk-link" href="#case">
                {number}
              </a>
            ),
            class: 'xl-nowrap',
          },
          matter,
          name,
          unit,
          { content: <StatusLight light={light} /> },
          { content: due, format: 'numeric', class: 'xl-nowrap' },
        ])}
      />
    </WorkspacePage>
  )
}
