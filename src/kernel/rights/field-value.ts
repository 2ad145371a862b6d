// A correction is asked for in words; the form keeps choices, numbers and lists.
import { shortTexts } from '../cases/new-case.ts'
import type { Step } from '../cases/step.ts'
import type { FormField } from '../forms/forms.ts'
import { getTown } from '../towns/towns.ts'

/** What was asked for in words, as the form keeps it: choices and villages by their names in either language, lists one by one. */
export async function toFieldValue(step: Step, name: string, property: FormField, typed: string): Promise<unknown> {
  const { villages, organizations } = await getTown(step.ctx)
  const register = property['x-register'] === 'villages' ? villages : property['x-register'] === 'organizations' ? organizations : undefined
  const choices = property.enum ?? property.items?.enum
  const plain = (text: string): string => {
    const word = text.trim()
    const isNamed = (names: Record<string, string | undefined>) => Object.values(names).includes(word)
    const entry = register && [...register].find(([, { name: names }]) => isNamed(names))
    const named = (choice: string | number) =>
      (['zh', 'en'] as const).some((language) => shortTexts(step.procedure, language)[`filing.${name}.${choice}`] === word)
    return entry?.[0] ?? String(choices?.find((choice) => String(choice) === word || named(choice)) ?? word)
  }
  switch (property.type) {
    case 'array':
      return typed
        .split(/[、，,;；\n]+/)
        .map(plain)
        .filter((word) => word !== '')
    case 'number':
    case 'integer':
      return Number(plain(typed))
    case 'boolean':
      return ['true', '是', 'yes', 'Yes'].includes(typed.trim())
    default:
      return choices || register ? plain(typed) : typed
  }
}
