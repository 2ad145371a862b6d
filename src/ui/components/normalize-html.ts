// HTML in a form that can be compared: attributes sorted, runs of space collapsed, space around tags dropped. For tests.
import { parseFragment } from 'parse5'
import type { DefaultTreeAdapterTypes } from 'parse5'

type Node = DefaultTreeAdapterTypes.ChildNode

/** One line per tag and text, indented by depth. */
export function normalizeHtml(html: string): string {
  return parseFragment(html)
    .childNodes.flatMap((node) => lines(node, 0))
    .join('\n')
}

function lines(node: Node, depth: number): string[] {
  const indent = '  '.repeat(depth)
  if (node.nodeName === '#text' && 'value' in node) {
    const text = node.value.replace(/\s+/g, ' ').trim()
    return text ? [indent + text] : []
  }
  if (!('tagName' in node)) return []
  const attributes = node.attrs.map(({ name, value }) => ` ${name}="${name === 'class' ? value.trim().replace(/\s+/g, ' ') : value}"`).toSorted()
  return [`${indent}<${node.tagName}${attributes.join('')}>`, ...node.childNodes.flatMap((child) => lines(child, depth + 1))]
}
