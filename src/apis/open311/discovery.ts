// Service Discovery: where the endpoints are, and when services last changed.
import type { Visit } from '#http/visit.ts'
import type { Value } from './answer.ts'
import { listServices } from './services.ts'

const specification = 'http://wiki.open311.org/GeoReport_v2'

export async function describeEndpoints(visit: Visit): Promise<Value> {
  const services = await listServices(visit.ctx)
  const changeset =
    services
      .map(({ procedure }) => procedure.manifest.effective.from)
      .sort()
      .at(-1) ?? visit.ctx.clock.now().toISOString().slice(0, 10)
  const base = `${visit.ctx.services.baseUrl}${visit.base}`
  const name = visit.town.name[visit.language]
  const endpoint = (type: string, path: string): Value => ({
    specification,
    url: `${base}/open311/${path}`,
    changeset: `${changeset} 00:00`,
    type,
    formats: ['text/xml', 'application/json'],
  })
  return {
    changeset: `${changeset} 00:00`,
    contact:
      visit.language === 'zh'
        ? `${name}：到便民服务中心或者拨打政务服务便民热线咨询。${base}/opening`
        : `${name}: ask at the public service centre. ${base}/opening`,
    key_service:
      visit.language === 'zh'
        ? `向${name}的信息管理员申请密钥。用密钥提交的事项，文字内容会公开（查出个人信息的除外）；姓名、电话、邮箱不公开。`
        : `Ask the town’s IT administrator for a key. Descriptions that are sent with a key are public unless personal data is found in them; names, telephones and e-mail addresses never are.`,
    endpoints: [endpoint('production', 'v2'), endpoint('test', 'test/v2')],
  }
}
