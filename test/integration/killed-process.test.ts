import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { Workshop } from '../cli/support/process.ts'
import type { RunningCommand } from '../cli/support/process.ts'

/** Redials that come at once and go on until the test is over, whatever the machine is busy with. */
const CONFIG = {
  links: { redialDelay: '100ms', maxRedialDelay: '500ms', redialRounds: 1_000 },
  joining: { retryDelay: '100ms', maxRetryDelay: '500ms' }
}

/** Nobody but the overlay notices that a peer is silent. */
const ALERT = {
  links: {
    ...CONFIG.links,
    aliveInterval: '300ms',
    silenceTimeout: '2s',
    probeTimeout: '500ms',
    sweepInterval: '100ms'
  },
  connections: { pingInterval: '1h' }
}

async function linked(node: RunningCommand, peer: RunningCommand, but?: unknown): Promise<unknown> {
  const line = await node.event(
    'link:open',
    (open) => open['peer'] === peer.peerId && open['openedAt'] !== but
  )

  assert.equal(line['direct'], true)

  return line['openedAt']
}

describe('a process that is killed and started again', () => {
  let workshop: Workshop

  before(async () => {
    workshop = await Workshop.open()
    await writeFile(workshop.path('config.json'), JSON.stringify(CONFIG))
  })

  after(async () => {
    await workshop.end()
  })

  const start = async (name: string, ...args: string[]): Promise<RunningCommand> =>
    workshop.start(name, ['--config', workshop.path('config.json'), ...args])

  for (const dialler of ['the one that lives', 'the one that is killed'] as const) {
    it(`gets a fresh link, and so does its peer, when ${dialler} had made the link`, async () => {
      const listener = await start(`${dialler}, listener`)
      const other = await start(`${dialler}, dialler`, '--direct', listener.address)
      const [survivor, victim] = dialler === 'the one that lives' ? [other, listener] : [listener, other]
      const [first] = await Promise.all([linked(survivor, victim), linked(victim, survivor)])

      await victim.stop('SIGKILL')
      await survivor.event(
        'link:close',
        ({ peer, reason }) => peer === victim.peerId && reason === 'connection-lost'
      )

      // the same identity at the same address, and nobody tells it whom to dial
      const again = await workshop.start(`${dialler}, ${victim === other ? 'dialler' : 'listener'}`, [
        '--config',
        workshop.path('config.json'),
        '--listen',
        victim.address.replace(/\/p2p\/.*$/, '')
      ])

      assert.equal(again.peerId, victim.peerId)
      await Promise.all([linked(survivor, again, first), linked(again, survivor)])
      await Promise.all([survivor.stop(), again.stop()])
    })
  }
})

describe('a process that is stopped for a while', () => {
  let workshop: Workshop

  before(async () => {
    workshop = await Workshop.open()
    await writeFile(workshop.path('config.json'), JSON.stringify(ALERT))
  })

  after(async () => {
    await workshop.end()
  })

  it('is found silent although its connection is open, and linked again when it goes on', async () => {
    const config = ['--config', workshop.path('config.json')]
    const sleeper = await workshop.start('sleeper', config)
    const other = await workshop.start('other', config)
    const { code, stderr } = await workshop.run(['connect', sleeper.address, '--data-dir', other.dataDir])

    assert.equal(code, 0, stderr)

    const [first] = await Promise.all([linked(other, sleeper), linked(sleeper, other)])

    sleeper.child.kill('SIGSTOP')
    await other.event('link:close', ({ peer, reason }) => peer === sleeper.peerId && reason === 'silent')
    sleeper.child.kill('SIGCONT')
    await linked(other, sleeper, first)
    await Promise.all([other.stop(), sleeper.stop()])
  })
})
