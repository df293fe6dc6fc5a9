import { readFileSync } from 'node:fs'

/** The bytes of the table under "Examples" of a specification, by the first cell of each row. */
export function examplesOf(protocol: string): Map<string, string> {
  const page = readFileSync(new URL(`../../protocols/${protocol}/README.md`, import.meta.url), 'utf8')
  const [, section = ''] = page.split('\n## Examples\n')
  const rows = section.split('\n## ')[0]?.matchAll(/^\| (.*?) *\| `([0-9a-f ]+)` *\|/gm) ?? []

  return new Map(Array.from(rows, ([, name = '', bytes = '']) => [name.replaceAll('`', ''), bytes]))
}

/** Bytes as the specifications show them. */
export function spaced(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replaceAll(/(..)(?=.)/g, '$1 ')
}
