// All built-in functions (DMN 10.3.4), as the outermost scope.
import { contextFunctions } from './builtins-contexts.ts'
import { conversionFunctions } from './builtins-conversion.ts'
import { listFunctions } from './builtins-lists.ts'
import { numberFunctions } from './builtins-numbers.ts'
import { rangeFunctions } from './builtins-ranges.ts'
import { stringFunctions } from './builtins-strings.ts'
import { temporalFunctions } from './builtins-temporal.ts'
import type { Context } from './values.ts'

/** Name → function. Shared and never changed. */
export const builtIns: Context = new Map(
  [conversionFunctions, temporalFunctions, stringFunctions, numberFunctions, listFunctions, rangeFunctions, contextFunctions]
    .flat()
    .map((one) => [one.name, one]),
)

/** Names with spaces that may follow a dot. */
export const builtInProperties = ['time offset', 'start included', 'end included']
