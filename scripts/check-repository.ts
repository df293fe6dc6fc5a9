/** What no linter looks at: the lockfile, and text that has no place in a public repository. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { missingOptionals } from './lockfile.ts'
import type { Lockfile } from './lockfile.ts'

const MAX_LINES = 400

const root = join(import.meta.dirname, '..')

const UNWANTED: Array<{ what: string; isIn(text: string): boolean }> = [
  // written in pieces, so that this file does not find itself
  { what: 'host of a registry', isIn: (text) => text.includes(['registry', 'npmjs', 'org'].join('.')) },
  {
    what: 'path of this machine',
    isIn: (text) => [root, homedir()].some((path) => text.includes(`${path}/`))
  },
  { what: 'merge conflict', isIn: (text) => /^(?:<{7}|>{7}) /m.test(text) }
]

const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '' && existsSync(join(root, file)))
const faults = [...files.flatMap(faultsOfFile), ...faultsOfLockfile()]

for (const fault of faults) {
  process.stderr.write(`${fault}\n`)
  process.exitCode = 1
}

function faultsOfFile(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const lines = text.split('\n').length - 1

  if (/^(?:src|protocols)\//.test(file) && lines > MAX_LINES) {
    process.stdout.write(`warning: ${file} has ${lines} lines, more than ${MAX_LINES}\n`)
  }

  return UNWANTED.filter(({ isIn }) => isIn(text)).map(({ what }) => `${file}: ${what}`)
}

function faultsOfLockfile(): string[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lockfile
  const resolved = Object.entries(lock.packages)
    .filter(([, { resolved: url }]) => url != null)
    .map(([path]) => `package-lock.json: ${path} says where it was downloaded from`)
  const missing = missingOptionals(lock).map(
    ({ name }) => `package-lock.json: ${name} is missing; run node scripts/complete-lockfile.ts`
  )

  return [...resolved, ...missing]
}
