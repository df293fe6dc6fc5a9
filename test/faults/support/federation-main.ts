/**
 * One honest node in a process of its own: `federation-main.ts CONFIG`, with the
 * configuration as JSON. Takes commands (`federation-commands.ts`) as lines of
 * JSON on stdin, `{ id, command, args }`, and prints events as lines of JSON.
 * After `stop` it must exit by itself: what keeps it alive was leaked.
 */
import { createInterface } from 'node:readline'
import { createNode } from '../../../src/node/index.ts'
import { federationCommands } from './federation-commands.ts'
import type { ConfigInput } from '../../../src/config/index.ts'
import type { NebulaEvents } from '../../../src/index.ts'

interface Request {
  id: number
  command: string
  args: unknown
}

const node = await createNode(JSON.parse(process.argv[2] ?? '{}') as ConfigInput)
const commands = federationCommands(node)
const input = createInterface(process.stdin)

for (const type of ['peer:graylisted', 'peer:blacklisted', 'peer:disconnected'] as const) {
  node.nebula.addEventListener(type, ({ detail }: NebulaEvents[typeof type]) => {
    const reason = 'reason' in detail ? detail.reason : ''
    print({ event: type, peer: detail.peer.toString(), reason, at: Date.now() })
  })
}

node.nebula.addEventListener('model:begin', ({ detail: { source, round } }) => {
  print({ event: 'model:begin', source: source.toString(), round })
})

for (const type of ['link:open', 'link:close'] as const) {
  node.nebula.addEventListener(type, ({ detail }: NebulaEvents[typeof type]) => {
    const link = 'link' in detail ? detail.link : detail
    const reason = 'reason' in detail ? detail.reason : ''
    print({ event: type, peer: link.peer.toString(), direct: link.direct, reason, at: Date.now() })
  })
}

input.on('line', (line) => {
  const { id, command, args } = JSON.parse(line) as Request

  answer(id, command, args).catch((err: Error) => print({ event: 'broken', error: String(err.stack) }))
})
// whoever started this process is gone
input.on('close', () => {
  if (!stopped) {
    process.exit(1)
  }
})

let stopped = false

print({
  event: 'ready',
  peerId: node.peerId.toString(),
  multiaddrs: node.libp2p.getMultiaddrs().map(String)
})

async function answer(id: number, command: string, args: unknown): Promise<void> {
  try {
    const run = commands[command]

    if (run == null) {
      throw new Error(`No command ${command}`)
    }

    const value = await run(args)

    if (command === 'stop') {
      stopped = true
      input.pause()
      process.stdin.unref()
    }

    print({ event: 'reply', id, value })
  } catch (err) {
    print({ event: 'reply', id, error: describe(err) })
  }
}

function describe(err: unknown): string {
  const own = err instanceof Error ? (err.stack ?? err.message) : String(err)

  return err instanceof AggregateError ? [err.message, ...err.errors.map(String), own].join('; ') : own
}

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}
