import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import {
  DEFAULT_CLOSE_TIMEOUT_MS,
  DEFAULT_FRAME_TIMEOUT_MS,
  DEFAULT_WRITE_TIMEOUT_MS
} from '../../protocols/constants.ts'
import { DEADLINE_GRACE_MS } from '../../src/lib/watchdog.ts'
import { contribution } from '../../src/scoring/score/arithmetic.ts'
import { BLACKLIST_THRESHOLD } from '../../src/scoring/score/constants.ts'
import { PENALTIES } from '../../src/scoring/score/terms.ts'
import type { PenaltyName } from '../../src/scoring/score/terms.ts'

const DIRECTORY = join(import.meta.dirname, '../../protocols')
const PAGE = join(DIRECTORY, 'README.md')
const page = readFileSync(PAGE, 'utf8')

/** Every specification. */
const pages = [
  PAGE,
  ...readdirSync(DIRECTORY)
    .map((name) => join(DIRECTORY, name, 'README.md'))
    .filter((path) => existsSync(path))
]

/** How many offences at once it takes to be blacklisted. */
function fatal(name: PenaltyName): number {
  for (let count = 1; ; count++) {
    if (contribution(name, count, PENALTIES[name]) < BLACKLIST_THRESHOLD) {
      return count
    }
  }
}

describe('what all protocols share', () => {
  it('names every fault, and how often it takes', () => {
    const rows = new Map(
      Array.from(page.matchAll(/^\| `(\w+)` +\|.*\| (\d+) *\|$/gm), ([, name, count]) => [
        name,
        Number(count)
      ])
    )

    assert.deepEqual(
      Object.fromEntries(rows),
      Object.fromEntries(Object.keys(PENALTIES).map((name) => [name, fatal(name as PenaltyName)]))
    )
  })

  it('has the deadlines that the code has', () => {
    assert.deepEqual(
      [DEFAULT_FRAME_TIMEOUT_MS, DEFAULT_WRITE_TIMEOUT_MS, DEFAULT_CLOSE_TIMEOUT_MS],
      Array.from(
        page.matchAll(/^\| (?:a frame that|the peer) .*?\| (\d+) s *\|/gm),
        ([, seconds]) => Number(seconds) * 1_000
      )
    )
    assert.ok(page.includes(`a grace of ${DEADLINE_GRACE_MS} ms`))
  })

  it('is linked with the page of each protocol', () => {
    for (const path of pages.slice(1)) {
      assert.ok(page.includes(`(${path.slice(DIRECTORY.length + 1)})`), path)
    }
  })

  for (const path of pages) {
    it(`has links that lead somewhere: ${path.slice(DIRECTORY.length + 1)}`, () => {
      for (const [, target = ''] of readFileSync(path, 'utf8').matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
        assert.ok(/^https?:/.test(target) || existsSync(join(dirname(path), target)), target)
      }
    })
  }
})
