import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Workshop } from './support/process.ts'
import type { Result, RunningCommand } from './support/process.ts'

const STRANGER = '12D3KooWDpp7U7W9Q8feMZPPEpPP5FKXTUakLgnVLbavfjb9mzrT'

describe('nebula: two nodes that talk by way of a third', () => {
  let workshop: Workshop
  let a: RunningCommand
  let proxy: RunningCommand
  let b: RunningCommand

  const send = async (from: RunningCommand, to: string, ...args: string[]): Promise<Result> =>
    workshop.run(['send', to, 'control', 'overhead', ...args, '--data-dir', from.dataDir])

  before(async () => {
    workshop = await Workshop.open()
    proxy = await workshop.start('proxy', ['--proxy'])
    ;[a, b] = (await Promise.all(
      ['a', 'b'].map(async (name) => workshop.start(name, ['--dial', proxy.address]))
    )) as [RunningCommand, RunningCommand]
    await Promise.all([a, b].map(async (node) => node.event('link:open')))
  })

  after(async () => {
    await workshop.end()
  })

  it('sends to one, which the other acknowledges, and back', async () => {
    const [there, back] = await Promise.all([
      send(a, b.peerId, 'log=there', '--via', proxy.peerId.slice(-8)),
      send(b, a.peerId, 'log=back', '--via', proxy.peerId)
    ])

    assert.deepEqual(there, {
      code: 0,
      stdout: `${b.peerId} has control overhead, by way of ${proxy.peerId}\n`,
      stderr: ''
    })
    assert.equal(back.code, 0, back.stderr)

    const came = await b.event('message', ({ type, action }) => type === 'control' && action === 'overhead')

    assert.deepEqual(
      [came['source'], came['from'], came['fields']],
      [a.peerId, proxy.peerId, { log: 'there' }]
    )
    await a.event('message', ({ source, from }) => source === b.peerId && from === proxy.peerId)
  })

  it('says why it did not arrive', async () => {
    const result = await send(a, STRANGER, '--via', proxy.peerId)

    assert.equal(result.code, 1)
    assert.match(result.stderr, /No delivery to 12D3KooW\w+ by way of 12D3KooW\w+: .* \(NOT_LINKED\)/)
    assert.doesNotMatch(result.stderr, /NOT_LINKED.*NOT_LINKED/)
  })

  it('takes no proxy that is not linked', async () => {
    const result = await send(a, b.peerId, '--via', STRANGER)

    assert.equal(result.code, 1)
    assert.match(result.stderr, /no link/)
  })
})
