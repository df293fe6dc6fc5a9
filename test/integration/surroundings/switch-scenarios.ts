/** The beacon and the external connection service, each started and stopped while the node runs. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ANSWER_INTERVAL_MS } from '../../../src/discovery/constants.ts'
import { createPeerId } from '../../support/create-peer-id.ts'
import { JsonProcess } from '../../support/json-process.ts'
import { OverlayProcess } from '../lan/overlay-process.ts'
import type { Scenario } from '../../support/lan-runner.ts'
import type { Lan } from '../../support/lan.ts'

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url))
const WITNESS = fileURLToPath(new URL('witness.ts', import.meta.url))
const INTERVAL_MS = 500
const SOON_MS = 20_000
/** Several intervals, and the second that an answer may be kept back. */
const WATCHED_MS = 4 * INTERVAL_MS + ANSWER_INTERVAL_MS

async function apart(lan: Lan): Promise<void> {
  const [host, other] = [lan.host(1), lan.host(2)]
  const config = `${await lan.tempDir()}/config.json`

  await writeFile(
    config,
    JSON.stringify({
      listen: ['/ip4/0.0.0.0/tcp/0'],
      mdns: {
        interval: INTERVAL_MS,
        maxInterval: INTERVAL_MS,
        beacon: false,
        externalConnectionService: false
      },
      joining: { auto: false }
    })
  )
  const node = await OverlayProcess.start(lan, host, '--config', config, '--http', '127.0.0.1:0')
  const witness = new JsonProcess(other.spawnNode([WITNESS, 'nebula', other.ip]), 'the witness')

  await witness.event('ready', SOON_MS)
  await conducts({ beacon: false, service: false })

  for (const [command, change, expected] of [
    ['beacon', 'start', { beacon: true, service: false }],
    ['external-connection-service', 'start', { beacon: true, service: true }],
    ['beacon', 'stop', { beacon: false, service: true }],
    ['ecs', 'stop', { beacon: false, service: false }]
  ] as const) {
    const said = await host.run(process.execPath, MAIN, command, change, '--json', '--data-dir', node.dataDir)

    assert.equal((JSON.parse(said) as { running: boolean }).running, change === 'start')
    await conducts(expected)
  }

  assert.equal(await node.stop(), 0)
  await witness.stop()

  async function conducts({ beacon, service }: { beacon: boolean; service: boolean }): Promise<void> {
    const what = `beacon ${beacon}, service ${service}`

    // what was on its way when the state changed
    await sleep(ANSWER_INTERVAL_MS)
    const from = witness.events.length
    const has = (event: string): boolean =>
      witness.events.slice(from).some((one) => one.event === event && one.from === host.ip)

    const peer = String(await createPeerId())
    const hears = (): boolean =>
      node.output.events.some((one) => one.event === 'peer:found' && one.peer === peer)

    say(`announce ${peer} /ip4/${other.ip}/tcp/4001`)
    say('ask')

    if (beacon) {
      await witness.until(`an announcement (${what})`, () => has('answer'), SOON_MS)
    }

    if (service) {
      await witness.until(`a question (${what})`, () => has('question'), SOON_MS)
      await witness.until(`a reply (${what})`, () => has('reply'), SOON_MS)
      await node.output.until(`the peer that was announced (${what})`, hears, SOON_MS)
    }

    await sleep(WATCHED_MS)
    assert.deepEqual(
      { announces: has('answer'), asks: has('question'), replies: has('reply'), hears: hears() },
      { announces: beacon, asks: service, replies: service, hears: service },
      what
    )
  }

  function say(line: string): void {
    witness.child.stdin?.write(`${line}\n`)
  }
}

export const switchScenarios: Scenario[] = [
  {
    name: 'announce, and look and answer, each without the other, as they are told while they run',
    run: apart
  }
]
