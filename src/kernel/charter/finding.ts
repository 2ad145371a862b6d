/** What a check says of one place of a definition: which rule, why, and how to put it right. */
export type Finding = { place: string; rule: string; message: string; severity: 'error' | 'warning' }
