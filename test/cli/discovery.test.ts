import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Workshop } from './support/process.ts'
import type { Result, RunningCommand } from './support/process.ts'

describe('nebula beacon and nebula external-connection-service', () => {
  let workshop: Workshop
  let node: RunningCommand

  const run = async (...args: string[]): Promise<Result> =>
    workshop.run([...args, '--data-dir', node.dataDir])

  const says = async (expected: string, ...args: string[]): Promise<void> => {
    assert.deepEqual(await run(...args), { code: 0, stdout: `${expected}\n`, stderr: '' })
  }

  before(async () => {
    workshop = await Workshop.open()
    // no interface, so that nothing is said on the LAN of the machine
    node = await workshop.start('node', [], { NEBULA_MDNS_EXCLUDE_INTERFACES: '*' })
  })

  after(async () => {
    await workshop.end()
  })

  it('say what runs, and start and stop one without the other', async () => {
    await says('the beacon is stopped, interval 10s', 'beacon')
    await says('the external connection service is stopped', 'external-connection-service')
    await says('the beacon is running, interval 2.5s', 'beacon', 'start', '--interval', '2500ms')
    await says('{"running":false}', 'ecs', '--json')
    await says('the external connection service is running', 'ecs', 'start')
    await says('the beacon is stopped, interval 2.5s', 'beacon', 'stop')
    await says('{"running":true}', 'ecs', '--json')
    await says('{"running":false,"interval":1000}', 'beacon', '--interval', '1s', '--json')
    await says('{"running":false}', 'ecs', 'stop', '--json')
  })

  it('take nothing else', async () => {
    const wrong = await run('beacon', 'restart')
    const long = await run('beacon', '--interval', '2h')

    assert.equal(wrong.code, 2)
    assert.match(wrong.stderr, /start, stop/)
    assert.equal(long.code, 1)
    assert.equal(long.stderr.trimEnd().split('\n').length, 1)
  })
})
