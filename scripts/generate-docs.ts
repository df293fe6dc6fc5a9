/**
 * Generates `docs/config.md` and `docs/limits.md` from the schema of the
 * configuration, `docs/events.md` from the schemas of the events, and
 * `docs/reference.md` from the entries in `reference/`. With `--check` nothing
 * is written: the exit code is 1 when a committed file differs from these.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { configReference, limitsReference } from '../src/config/index.ts'
import { eventsReference } from '../src/http/events-reference.ts'
import { referencePage } from './reference/page.ts'

for (const [name, text] of [
  ['config.md', configReference()],
  ['limits.md', limitsReference()],
  ['events.md', eventsReference()],
  ['reference.md', referencePage()]
] as const) {
  const target = join(import.meta.dirname, '..', 'docs', name)
  const fresh = await format(text, { ...(await resolveConfig(target)), filepath: target })
  const stale = !existsSync(target) || readFileSync(target, 'utf8') !== fresh

  if (stale && process.argv.includes('--check')) {
    process.stderr.write(`stale generated documentation: docs/${name}; run npm run generate\n`)
    process.exitCode = 1
  } else if (stale) {
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, fresh)
  }
}
