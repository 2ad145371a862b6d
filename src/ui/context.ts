import { createContext, useContext } from 'hono/jsx'
import type { Language } from './texts.ts'

/** What a page gives to every component in it, so that nobody hands language and token down by hand. */
export type UiContext = { language: Language; csrf?: string }

export const PageContext = createContext<UiContext>({ language: 'zh' })

/** The language of the page being rendered. */
export const useLanguage = (): Language => useContext(PageContext).language

/** The page's form token, absent on pages without forms. */
export const useCsrf = (): string | undefined => useContext(PageContext).csrf
