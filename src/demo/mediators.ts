// The register of mediators of the invented town.
import type { Mediator } from '#kernel/towns/towns.ts'

/** Invented people, as all of this town. */
export const demoMediators: Mediator[] = [
  {
    id: 'mediator-an',
    name: { zh: '安知远', en: 'An Zhiyuan' },
    organization: 'justice',
    kinds: ['people', 'administrative'],
    fields: '邻里、土地、赔偿',
    acceptedOn: '2007-01-01',
  },
  {
    id: 'mediator-bo',
    name: { zh: '柏青川', en: 'Bai Qingchuan' },
    organization: 'shishang-village',
    kinds: ['people', 'judicial'],
    fields: '婚姻家庭、劳动',
    acceptedOn: '2007-01-01',
  },
]
