import { after, before, describe } from 'node:test'
import { PATIENCE_MS } from './patience.ts'
import { StreamNodes } from './stream-nodes.ts'
import type { Stream } from '@libp2p/interface'

export interface StreamSuite {
  /** A new stream between two nodes: the opener's end, and the other. */
  open(): Promise<[Stream, Stream]>
  /** Loses the connection without a word to its streams; the next `open` makes a new one. */
  cut(): void
}

/** Describes the same tests for TCP and WebSocket, and for streams opened by the dialler and by the listener. */
export function describeStreams(name: string, tests: (suite: StreamSuite) => void): void {
  for (const transport of ['tcp', 'ws'] as const) {
    for (const opener of ['dialler', 'listener'] as const) {
      describe(`${name}, ${transport}, opened by the ${opener}`, () => {
        let nodes: StreamNodes

        before(async () => {
          nodes = await StreamNodes.create({ transport })
        })
        after(() => nodes.stop())

        tests({ open: () => nodes.open(opener), cut: () => nodes.cut() })
      })
    }
  }
}

/** Waits for a condition that the network brings about. */
export async function until(condition: () => boolean, what = 'condition'): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS

  while (!condition()) {
    if (Date.now() > deadline) {
      throw new Error(`Waited ${PATIENCE_MS} ms for: ${what}`)
    }

    await new Promise<void>((resolve) => {
      setTimeout(resolve, 1)
    })
  }
}
