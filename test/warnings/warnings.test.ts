import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultLogger } from '@libp2p/logger'
import { MAX_WARNINGS_PER_CODE } from '../../src/warnings/constants.ts'
import { Warnings } from '../../src/warnings/index.ts'

function setup(): { warnings: Warnings; told: string[] } {
  const warnings = new Warnings({ logger: defaultLogger() }, { clock: { now: () => 42 } })
  const told: string[] = []

  warnings.addEventListener('raised', ({ detail }) => told.push(`+${detail.code} ${detail.subject ?? ''}`))
  warnings.addEventListener('ended', ({ detail }) => told.push(`-${detail.code} ${detail.subject ?? ''}`))

  return { warnings, told }
}

describe('warnings', () => {
  it('are told once while they last, however often they are raised', () => {
    const { warnings, told } = setup()

    warnings.raise({ code: 'disk-full', message: 'no room' })
    warnings.raise({ code: 'disk-full', message: 'no room still' })

    assert.deepEqual(told, ['+disk-full '])
    assert.deepEqual(warnings.list(), [{ code: 'disk-full', message: 'no room', since: 42 }])
    assert.deepEqual(warnings.counts(), { 'disk-full': 1 })
  })

  it('are told again when they begin again after they ended', () => {
    const { warnings, told } = setup()

    warnings.raise({ code: 'disk-full', message: 'no room' })
    warnings.end('disk-full')
    warnings.end('disk-full')
    warnings.raise({ code: 'disk-full', message: 'no room' })

    assert.deepEqual(told, ['+disk-full ', '-disk-full ', '+disk-full '])
  })

  it('are told for each subject', () => {
    const { warnings, told } = setup()

    warnings.raise({ code: 'clock-differs', subject: 'a', message: 'a differs' })
    warnings.raise({ code: 'clock-differs', subject: 'b', message: 'b differs' })
    warnings.end('clock-differs', 'a')

    assert.deepEqual(told, ['+clock-differs a', '+clock-differs b', '-clock-differs a'])
    assert.deepEqual(
      warnings.list().map(({ subject }) => subject),
      ['b']
    )
    warnings.endAll('clock-differs')
    assert.deepEqual(warnings.list(), [])
    assert.deepEqual(warnings.counts(), { 'clock-differs': 0 })
  })

  it('of one code are bounded in number', () => {
    const { warnings } = setup()

    for (let i = 0; i <= MAX_WARNINGS_PER_CODE; i++) {
      warnings.raise({ code: 'clock-differs', subject: `peer ${i}`, message: 'differs' })
    }

    warnings.raise({ code: 'disk-full', message: 'no room' })

    assert.deepEqual(warnings.counts(), { 'clock-differs': MAX_WARNINGS_PER_CODE, 'disk-full': 1 })
  })
})
