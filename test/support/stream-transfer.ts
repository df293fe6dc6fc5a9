import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { PATIENCE_MS } from './patience.ts'
import type { PeerInit, PeerReport } from './stream-peer.ts'

const SCRIPT = fileURLToPath(new URL('stream-peer.ts', import.meta.url))

export interface TransferReport {
  reader: PeerReport
  writer: PeerReport
}

/** A transfer between two processes; rejects unless both report and then exit by themselves. */
export async function transfer(init: PeerInit): Promise<TransferReport> {
  const reader = new Peer('reader', init)
  let writer: Peer | undefined

  try {
    const { address } = (await reader.next()) as { address: string }
    writer = new Peer('writer', { ...init, address })
    const [readerReport, writerReport] = (await Promise.all([reader.next(), writer.next()])) as [
      PeerReport,
      PeerReport
    ]
    await Promise.all([reader.exited(), writer.exited()])

    return { reader: readerReport, writer: writerReport }
  } finally {
    reader.kill()
    writer?.kill()
  }
}

class Peer {
  readonly #role: string
  readonly #process
  readonly #lines

  constructor(role: 'reader' | 'writer', init: PeerInit) {
    this.#role = role
    this.#process = spawn(process.execPath, [SCRIPT, role, JSON.stringify(init)], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
  }

  async next(): Promise<unknown> {
    const line = await this.#lines.next()

    if (line.done === true) {
      throw new Error(`${this.#role} ended without a report`)
    }

    return JSON.parse(line.value)
  }

  async exited(): Promise<void> {
    if (this.#process.exitCode == null) {
      await once(this.#process, 'exit', { signal: AbortSignal.timeout(PATIENCE_MS) })
    }

    if (this.#process.exitCode !== 0) {
      throw new Error(`${this.#role} exited with ${this.#process.exitCode}`)
    }
  }

  kill(): void {
    this.#process.kill('SIGKILL')
  }
}
