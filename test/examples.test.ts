import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { stopProcess } from './support/stop-process.ts'
import type { ChildProcess } from 'node:child_process'

const DIRECTORY = join(import.meta.dirname, '../examples')
const PEER = '12D3KooW\\w{44}'
const OUTPUT_MS = 120_000

/** What each example prints, line by line, before it ends by itself; `null` for those that go on. */
const EXPECTED: Record<string, string[] | null> = {
  'custom-engine.ts': [
    ...[0, 1, 2].flatMap((round) => Array(2).fill(`round ${round} done with 1 neighbours`) as string[]),
    'a node that comes late: HandshakeError LEARNING_FINISHED'
  ],
  'dial-by-multiaddr.ts': [
    `/ip4/127.0.0.1/tcp/\\d+/p2p/(${PEER}): linked with \\1`,
    `/ip4/127.0.0.1/tcp/\\d+/ws/p2p/(${PEER}): linked with \\1`,
    `/ip4/127.0.0.1/tcp/\\d+: linked with ${PEER}`,
    '/ip4/.*: EncryptionFailedError .*',
    '/ip4/.*: HandshakeError FEDERATION_MISMATCH .*',
    '/ip4/.*: DialError .*'
  ],
  'federated-averaging.ts': [
    'round 0: 5.00 4.00 at 3 nodes',
    'round 1: 7.50 6.00 at 3 nodes',
    'round 2: 8.75 7.00 at 3 nodes',
    'late: the model of round 2 of 3 is 8.75 7.00',
    'late: 3 offers, 3 neighbours'
  ],
  'libp2p.config.ts': null,
  'node.ts': null,
  'own-services.ts': ['1 link of the overlay', 'gossipsub brought 0.97', `the DHT found ${PEER}`],
  'private-network.ts': [`linked with ${PEER}`, 'a node with another key does not get in'],
  'proxy.ts': [
    `bob got "hello" of ${PEER} from ${PEER}`,
    'bob has it: the acknowledgement is his',
    'and now: ProxyError (NOT_LINKED|LOST)'
  ],
  'secure-websocket.ts': ['linked over /dns4/localhost/tcp/\\d+/tls/ws'],
  'service.ts': [`linked with ${PEER}, a neighbour`, `${PEER} says hello`]
}

const CERTIFICATE = join(import.meta.dirname, 'support/certificate/cert.pem')

/** What an example takes on its command line. */
const ARGUMENTS: Record<string, string[]> = {
  'secure-websocket.ts': [CERTIFICATE, join(import.meta.dirname, 'support/certificate/key.pem')]
}

function start(name: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [join(DIRECTORY, name), ...args], {
    env: { ...process.env, NO_MULTICAST: '1', NODE_EXTRA_CA_CERTS: CERTIFICATE },
    stdio: ['ignore', 'pipe', 'inherit']
  })
}

async function* linesOf(child: ChildProcess): AsyncGenerator<string> {
  assert.ok(child.stdout != null)
  yield* createInterface(child.stdout)
}

/** The first line that matches; the others up to it are dropped. */
async function line(lines: AsyncGenerator<string>, pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const { value, done } = await lines.next()
    const match = pattern.exec(String(value))

    assert.ok(done !== true, `ended without ${pattern}`)

    if (match != null) {
      return match
    }
  }
}

describe('examples', () => {
  it('are all listed here', () => {
    assert.deepEqual(readdirSync(DIRECTORY).sort(), Object.keys(EXPECTED).sort())
  })

  for (const [name, expected] of Object.entries(EXPECTED)) {
    if (expected == null) {
      continue
    }

    it(`${name} does what it says`, { timeout: OUTPUT_MS }, async (t) => {
      const child = start(name, ...(ARGUMENTS[name] ?? []))
      t.after(async () => stopProcess(child))
      const printed: string[] = []

      for await (const printedLine of linesOf(child)) {
        printed.push(printedLine)
      }

      assert.equal(printed.length, expected.length, printed.join('\n'))
      expected.forEach((pattern, i) => assert.match(printed[i] ?? '', new RegExp(`^${pattern}$`)))
      assert.equal(await stopProcess(child), 0)
    })
  }

  it(
    'node.ts links with the node that it is given, until it is stopped',
    { timeout: OUTPUT_MS },
    async (t) => {
      const first = start('node.ts')
      t.after(async () => stopProcess(first))
      const firstLines = linesOf(first)
      const [, address = '', peer] = await line(
        firstLines,
        /^listening on (\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\/(\w+))$/
      )
      const second = start('node.ts', address)
      t.after(async () => stopProcess(second))

      await line(linesOf(second), new RegExp(`^linked with ${peer} at `))
      await line(firstLines, /^linked with \w+ at /)
      assert.equal(await stopProcess(second), 0)
      await line(firstLines, /^no longer linked with \w+: remote$/)
      assert.equal(await stopProcess(first), 0)
    }
  )
})
