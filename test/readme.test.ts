import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { CONFIG_KEYS } from '../src/config/index.ts'

const ROOT = join(import.meta.dirname, '..')
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')

/** The rows of the table under a heading, without its head. */
function rowsOf(heading: string): string[][] {
  const [, section = ''] = readme.split(`\n## ${heading}\n`)
  const [own = ''] = section.split('\n## ')

  return own
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) => line.split('|').slice(1, -1))
}

function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
}

describe('what the README says of nodes that do not find each other', () => {
  const rows = rowsOf('When nodes do not find each other')

  it('quotes what the product prints', () => {
    const source = globSync('src/**/*.ts', { cwd: ROOT })
      .map((path) => readFileSync(join(ROOT, path), 'utf8'))
      .join('\n')
    const quotes = rows.flatMap(([says = '']) => codeIn(says)).filter((quote) => quote !== 'federation')

    assert.ok(quotes.length >= 6, quotes.join(', '))

    for (const part of quotes.flatMap((quote) => quote.split('...')).map((text) => text.trim())) {
      assert.ok(source.includes(part), `nothing prints "${part}"`)
    }
  })

  it('names keys that there are', () => {
    const names = rows
      .flatMap(([, advice = '']) => codeIn(advice))
      .map((code) => code.split(':')[0] ?? '')
      .filter((code) => /^[a-z]+\.[a-zA-Z]+$/.test(code))

    assert.ok(names.length >= 4, names.join(', '))

    for (const name of names) {
      assert.ok(
        CONFIG_KEYS.some(({ path }) => path === name),
        `there is no ${name}`
      )
    }
  })
})
