/** From the start of a process to a node that listens and says so; ours beside a stock one. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { JsonProcess } from '../../test/support/json-process.ts'
import type { Figure } from '../benchmark.ts'

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')
const STOCK_NODE = join(import.meta.dirname, 'stock-node.ts')
const READY_MS = 60_000

const LISTEN = ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws']
const FLAGS = ['--no-mdns', '--http', '127.0.0.1:0', ...LISTEN.flatMap((address) => ['--listen', address])]

export async function measureReady(runs: number): Promise<Figure[]> {
  const temporary = await mkdtemp(join(tmpdir(), 'nebula-bench-'))
  const directory = async (): Promise<string> => mkdtemp(join(temporary, 'run-'))
  const ours = async (cache: string): Promise<number> =>
    timeToReady([MAIN, 'start', '--json', '--data-dir', await directory(), ...FLAGS], cache)
  const cache = await directory()
  const times = { again: [] as number[], first: [] as number[], stock: [] as number[] }

  try {
    // fills the cache of compiled code, and that of the disk
    await ours(cache)
    await timeToReady([STOCK_NODE, await directory()], cache)

    // in turns, so that what else the machine does falls on all alike
    for (let run = 0; run < runs; run++) {
      times.again.push(await ours(cache))
      times.stock.push(await timeToReady([STOCK_NODE, await directory()], cache))
      times.first.push(await ours(await directory()))
    }
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }

  const figure = { unit: 'ms', peer: times.stock, peerName: 'stock libp2p node' }

  return [
    { ...figure, name: 'startup/ready', ours: times.again, aim: { of: 'ours', below: 1_000 } },
    { ...figure, name: 'startup/ready-nothing-cached', ours: times.first, aim: { of: 'ours', below: 1_000 } }
  ]
}

/** @param cache - where the command keeps its compiled code */
async function timeToReady(args: string[], cache: string): Promise<number> {
  const start = performance.now()
  const child = spawn(process.execPath, args, {
    env: { ...withoutConfiguration(), XDG_CACHE_HOME: cache },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const node = new JsonProcess(child, args.slice(0, 2).join(' '))

  try {
    const { multiaddrs } = await node.event('ready', READY_MS)
    const time = performance.now() - start

    assert.equal((multiaddrs as string[]).length, LISTEN.length)

    for (const address of multiaddrs as string[]) {
      await assertListening(address)
    }

    return time
  } finally {
    assert.equal(await node.stop(), 0)
  }
}

async function assertListening(address: string): Promise<void> {
  const [, port] = /\/tcp\/(\d+)/.exec(address) ?? []
  const socket = connect({ host: '127.0.0.1', port: Number(port) })

  await once(socket, 'connect')
  socket.destroy()
}

function withoutConfiguration(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NEBULA_')))
}
