import { accessAttacks } from './access.ts'
import { contentAttacks } from './content.ts'
import { httpAttacks } from './http.ts'
import { peopleAttacks } from './people.ts'
import type { Attack } from './attack.ts'

/** In the order in which they run: those that move the clock come last. */
export const allAttacks: readonly Attack[] = [...accessAttacks, ...httpAttacks, ...contentAttacks, ...peopleAttacks]
