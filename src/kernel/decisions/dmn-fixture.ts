// Short DMN models for tests.

/** A model in a namespace, of DMN 1.5 unless another is given. */
export const dmn = (body: string, namespace = 'urn:test', version = 'https://www.omg.org/spec/DMN/20230324/MODEL/') =>
  `<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="${version}" namespace="${namespace}" name="test" id="test">${body}</definitions>`

export const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

export const literal = (text: string, type?: string) =>
  `<literalExpression${type ? ` typeRef="${type}"` : ''}><text>${escapeXml(text)}</text></literalExpression>`

export const input = (name: string, type?: string) =>
  `<inputData id="${name}" name="${name}"><variable name="${name}"${type ? ` typeRef="${type}"` : ''}/></inputData>`

/** A decision that requires `needs`: `x` an input, `!x` a decision, `$x` knowledge; references may carry a namespace. */
export function decision(name: string, logic: string, needs: string[] = [], type?: string): string {
  const requirements = needs.map((need) => {
    const reference = (id: string) => `href="${id.includes('#') ? '' : '#'}${id}"`
    if (need.startsWith('$')) return `<knowledgeRequirement><requiredKnowledge ${reference(need.slice(1))}/></knowledgeRequirement>`
    const [kind, id] = need.startsWith('!') ? ['requiredDecision', need.slice(1)] : ['requiredInput', need]
    return `<informationRequirement><${kind} ${reference(id)}/></informationRequirement>`
  })
  return `<decision id="${name}" name="${name}"><variable name="${name}"${type ? ` typeRef="${type}"` : ''}/>${requirements.join('')}${logic}</decision>`
}

/** A decision table; a row is its cells, inputs first. */
export function table(policy: string, inputs: string[], outputs: string[], rows: string[][]): string {
  const cells = (row: string[], from: number, to: number, name: string) =>
    row
      .slice(from, to)
      .map((cell) => `<${name}><text>${escapeXml(cell)}</text></${name}>`)
      .join('')
  const columns = inputs.map((text) => `<input><inputExpression><text>${escapeXml(text)}</text></inputExpression></input>`)
  const rules = rows.map(
    (row, index) =>
      `<rule id="r${index + 1}">${cells(row, 0, inputs.length, 'inputEntry')}${cells(row, inputs.length, row.length, 'outputEntry')}</rule>`,
  )
  return `<decisionTable ${policy}>${columns.join('')}${outputs.join('')}${rules.join('')}</decisionTable>`
}
