/**
 * A file system that does not answer, as a dead network disk: all threads of Node.js that work on files are blocked, so
 * that opening, reading, writing and renaming a regular file hang until the test releases them.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, open, openSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createOverlayNode, linkNodes, withNodes } from '../support/overlay-nodes.ts'
import type { Nebula } from '../../src/index.ts'
import type { OverlayNode } from '../support/overlay-nodes.ts'

/** More than Node.js has threads for files. */
const BLOCKERS = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4) + 4

const PAYLOAD = new Uint8Array(300_000).fill(7)

interface Scene {
  nebula: Nebula
  peer: OverlayNode
  path: string
  /** A model that the node keeps on disk. */
  id: string
  /** A model that the peer keeps on disk. */
  theirs: string
}

type Call = (scene: Scene, signal?: AbortSignal) => Promise<unknown>

/** Every call of the public interface that reads or writes the payload of a model. */
const CALLS: Record<string, Call> = {
  'sendModel with a file': async ({ nebula, peer, path }, signal) =>
    nebula.sendModel([peer.peerId], { payload: { path }, round: 1 }, { signal }),
  'sendModel with a kept model': async ({ nebula, peer, id }, signal) => {
    const [kept] = nebula.models().filter((model) => model.id === id)

    return nebula.sendModel([peer.peerId], kept!, { signal })
  },
  'createModel with a file': async ({ nebula, path }, signal) =>
    nebula.createModel({ payload: { path }, round: 1 }, { signal }),
  'createModel with bytes': async ({ nebula }, signal) =>
    nebula.createModel({ payload: PAYLOAD, round: 1 }, { signal }),
  'send with a model message': async ({ nebula, peer }, signal) =>
    nebula.send(peer.peerId, nebula.createMessage('model', '', { parameters: PAYLOAD, round: 1 }), {
      signal
    }),
  fetchModel: async ({ nebula, peer, theirs }, signal) => nebula.fetchModel(theirs, peer.peerId, { signal }),
  saveTo: async ({ nebula, id, path }, signal) => nebula.openModel(id).saveTo(`${path}.saved`, { signal }),
  bytes: async ({ nebula, id }, signal) => nebula.openModel(id).bytes({ signal })
}

describe('models on a file system that does not answer', () => {
  let dir: string
  let path: string

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nebula-blocked-'))
    path = join(dir, 'payload')
    await writeFile(path, PAYLOAD)
  })

  after(async () => {
    await rm(dir, { recursive: true })
  })

  /** Blocks every thread; the returned function releases them. */
  function blockThreads(): () => Promise<void> {
    const fifo = join(dir, 'pipe')

    execFileSync('mkfifo', [fifo])

    const opened = Array.from(
      { length: BLOCKERS },
      async () =>
        new Promise<void>((resolve) => {
          // a pipe without a writer
          open(fifo, 'r', (_, descriptor) => {
            closeSync(descriptor)
            resolve()
          })
        })
    )

    return async () => {
      const writer = openSync(fifo, 'r+')

      await Promise.all(opened)
      closeSync(writer)
      await rm(fifo)
    }
  }

  async function withBlocked(run: (scene: Scene, node: OverlayNode) => Promise<void>): Promise<void> {
    await withNodes(
      [createOverlayNode({ models: { storage: 'disk' } }), createOverlayNode()],
      async (node: OverlayNode, peer: OverlayNode) => {
        const { nebula } = node.services

        await linkNodes(node, peer)

        const { id } = await nebula.createModel({ payload: PAYLOAD, round: 2, encoding: 'none' })
        const { id: theirs } = await peer.services.nebula.createModel({ payload: PAYLOAD, round: 3 })
        const release = blockThreads()

        try {
          await run({ nebula, peer, path, id, theirs }, node)
        } finally {
          await release()
        }
      }
    )
  }

  it('are given up with the signal of the call', async () => {
    await withBlocked(async (scene) => {
      for (const [name, call] of Object.entries(CALLS)) {
        const controller = new AbortController()
        const reason = new Error(`${name} was given up`)
        const outcome = call(scene, controller.signal).then(
          () => 'resolved',
          (err: unknown) => err
        )

        // it is under way, as far as it gets
        await turns()
        controller.abort(reason)

        const error = await outcome

        assert.ok(
          error === reason || (error instanceof AggregateError && error.errors[0] === reason),
          `${name}: ${String(error)}`
        )
      }
    })
  })

  it('are given up when the node stops', async () => {
    await withBlocked(async (scene, node) => {
      const calls = Object.entries(CALLS).map(
        async ([name, call]) =>
          [
            name,
            await call(scene).then(
              () => 'resolved',
              (err: unknown) => err
            )
          ] as const
      )
      const reading = Array.fromAsync(scene.nebula.openModel(scene.id)).catch((err: unknown) => err)

      await turns()

      // its temporary directory is removed only when the file system answers again
      void Promise.resolve(node.stop()).catch(() => {})

      for (const [name, error] of [...(await Promise.all(calls)), ['reading', await reading] as const]) {
        assert.ok(error instanceof Error, `${name}: ${String(error)}`)
      }
    })
  })
})

/** Enough for a call to begin its first work on a file. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}
