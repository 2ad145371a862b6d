import assert from 'node:assert/strict'
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { facesIn, familiesIn, fontsFrom } from './fonts.ts'
import { missingGlyphs } from './glyphs.ts'
import { qrSvg } from './qr.ts'

const fonts = fontsFrom()
const dataDir = mkdtempSync(join(tmpdir(), 'xiangli-fonts-'))
after(() => rmSync(dataDir, { recursive: true }))

test('common and many rare characters of names have a glyph', () => {
  assert.deepEqual(missingGlyphs('清溪镇人民政府〔2026〕12号　“李某某”，①ⅣA1-é\n\t', fonts), [])
  assert.deepEqual(missingGlyphs('喆堃翀赟玥彧煊垚镕', fonts), [])
})

test('a character without glyph is reported once, in order', () => {
  assert.deepEqual(missingGlyphs('李\u{2B81A}和\u{E000}\u{2B81A}', fonts), ['\u{2B81A}', '\u{E000}'])
  assert.deepEqual(missingGlyphs('😀', fonts), ['😀'])
})

test('variation selectors, joiners and controls need no glyph, a lone surrogate is reported', () => {
  assert.deepEqual(missingGlyphs('葛\u{E0100}城\u{FE00}\u200D\u200B\uFEFF', fonts), [])
  assert.deepEqual(missingGlyphs('李\uD842', fonts), ['U+D842'])
})

test('the shipped fonts are two families in four faces, and a town adds its own before them', () => {
  assert.deepEqual(familiesIn(fonts), ['Noto Serif SC', 'Noto Sans SC'])
  assert.equal(facesIn(fonts).length, 4)
  assert.deepEqual(fontsFrom(dataDir), fonts)
  mkdirSync(join(dataDir, 'fonts'))
  writeFileSync(join(dataDir, 'fonts', 'not-a-font.ttf'), 'x')
  writeFileSync(join(dataDir, 'fonts', 'own.ttf'), fontWithOneGlyph('镇宋体', 0xe000))
  const own = fontsFrom(dataDir)
  assert.deepEqual(familiesIn(own), ['镇宋体', 'Noto Serif SC', 'Noto Sans SC'])
  assert.deepEqual(missingGlyphs('\u{E000}\u{E001}', own), ['\u{E001}'])
})

test('a QR code is one SVG without size, script or markup from its text', () => {
  const svg = qrSvg('https://town.example/t/qingxi/v/7K3M9QDX?"<x>')
  assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 \d+ \d+"><rect [^>]*\/><path [^>]*\/><\/svg>$/)
  assert.notEqual(svg, qrSvg('https://town.example/t/qingxi/v/7K3M9QDY'))
})

/** A file with only the tables read here: "cmap" format 4 with one segment, and "name". */
function fontWithOneGlyph(family: string, codePoint: number): Buffer {
  const words = (...values: number[]) => Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]))
  const cmap = words(0, 1, 3, 1, 0, 12, 4, 32, 0, 4, 4, 1, 0, codePoint, 0xffff, 0, codePoint, 0xffff, (1 - codePoint) & 0xffff, 1, 0, 0)
  const letters = Buffer.from(family, 'utf16le').swap16()
  const name = Buffer.concat([words(0, 1, 18, 3, 1, 0x0804, 1, letters.length, 0), letters])
  const header = 12 + 2 * 16
  const record = (tag: string, offset: number, length: number) => Buffer.concat([Buffer.from(tag), words(0, 0, 0, offset, 0, length)])
  return Buffer.concat([words(1, 0, 2, 0, 0, 0), record('cmap', header, cmap.length), record('name', header + cmap.length, name.length), cmap, name])
}
