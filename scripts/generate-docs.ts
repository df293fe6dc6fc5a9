/**
 * Generates `docs/config.md` from the schema of the configuration. With
 * `--check` nothing is written: the exit code is 1 when the committed file
 * differs from what the schema gives.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { configReference } from '../src/config/index.ts'

const target = join(import.meta.dirname, '..', 'docs', 'config.md')
const fresh = await format(configReference(), { ...(await resolveConfig(target)), filepath: target })
const stale = !existsSync(target) || readFileSync(target, 'utf8') !== fresh

if (stale && process.argv.includes('--check')) {
  process.stderr.write('stale generated documentation: docs/config.md; run npm run generate\n')
  process.exitCode = 1
} else if (stale) {
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, fresh)
}
