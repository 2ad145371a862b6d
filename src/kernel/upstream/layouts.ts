// Layouts of an upstream system's orders and of the replies it wants (register reply-layouts); a plain one when the town has none.
import { sql } from 'kysely'
import type { Ctx } from '../context.ts'
import { inTenant } from '../database/database.ts'
import { notFound } from '../errors.ts'

/** `field`: `@number`, `@received`, `@limit`, or a field of the filing form. `value`: see replies.ts, or `<Element>.<field>`. */
export type Layout = {
  id: string
  title: string
  source: string
  orders: { header: string; field: string }[]
  replies: { format: 'csv' | 'xlsx' | 'json'; columns: { header: string; value: string }[] }
}

/** Names of columns that are understood without a layout; fields of the form are taken by their id or label as well. */
const plain: Omit<Layout, 'id'> = {
  title: '通用格式',
  source: '县12345热线',
  orders: [
    { header: '工单编号', field: '@number' },
    { header: '派单时间', field: '@received' },
    { header: '办结时限', field: '@limit' },
  ],
  replies: {
    format: 'csv',
    columns: [
      { header: '工单编号', value: '@number' },
      { header: '本镇编号', value: '@case' },
      { header: '收到日期', value: '@received' },
      { header: '办结时限', value: '@limit' },
      { header: '承办单位', value: '@office' },
      { header: '办理状态', value: '@status' },
      { header: '办理结果', value: '@outcome' },
      { header: '答复日期', value: '@answered' },
      { header: '是否超期', value: '@late' },
    ],
  },
}

/** The town's layouts in force, the plain one last. */
export async function listLayouts(ctx: Ctx): Promise<Layout[]> {
  const { rows } = await inTenant(ctx.db, ctx.tenant, (trx) =>
    sql<{ entry_id: string; data: Omit<Layout, 'id'> }>`select entry_id, data from register_current
      where tenant_id = ${ctx.tenant} and register = 'reply-layouts' and data is not null order by entry_id`.execute(trx),
  )
  return [...rows.map(({ entry_id, data }) => ({ id: entry_id, ...data })), { id: 'plain', ...plain }]
}

/** @throws `layout.not_found`. */
export async function getLayout(ctx: Ctx, id: string): Promise<Layout> {
  const found = (await listLayouts(ctx)).find((layout) => layout.id === id)
  if (!found) throw notFound('layout.not_found', 'There is no such layout.')
  return found
}
