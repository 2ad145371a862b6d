import { accessAttacks } from './access.ts'
import type { Attack } from './attack.ts'
import { contentAttacks } from './content.ts'
import { fileAttacks } from './files.ts'
import { guessingAttacks } from './guessing.ts'
import { httpAttacks } from './http.ts'
import { peopleAttacks } from './people.ts'
import { requestAttacks } from './requests.ts'
import { tableAttacks } from './tables.ts'
import { tenantAttacks } from './tenants.ts'

/** In the order in which they run: those that move the clock come last. */
export const allAttacks: readonly Attack[] = [
  ...accessAttacks,
  ...tenantAttacks,
  ...httpAttacks,
  ...requestAttacks,
  ...contentAttacks,
  ...fileAttacks,
  ...tableAttacks,
  ...peopleAttacks,
  ...guessingAttacks,
]
