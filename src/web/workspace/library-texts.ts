import { defineTexts } from '#ui/texts.ts'
import { en } from './library-texts-en.ts'
import { zh } from './library-texts-zh.ts'

/** Words of the staff pages of the library. */
export const draftTexts = defineTexts({ zh, en })
