import { peerIdFromString } from '@libp2p/peer-id'
import type { Nebula } from '../../../src/index.ts'
import type { PeerId } from '@libp2p/interface'

export interface TrafficInit {
  /** PeerIds of the linked peers that are sent to. */
  peers: string[]
  /** Messages to each peer in a second. */
  perSecond: number
  /** Characters added to each message. */
  padding?: number
}

export interface Tally {
  /** Messages handed to the overlay, by receiver. */
  sent: Record<string, number>
  /** Messages that the overlay refused or failed to send, by receiver, and the last error. */
  failed: Record<string, { count: number; error: string }>
  /** Different messages received, by sender. */
  received: Record<string, number>
  /** Messages received that had been received before. */
  repeated: number
  /** The longest that a message was under way, in milliseconds. */
  maxDelayMs: number
}

const MARK = 'traffic'

/** Set for a node that prints what becomes of each message: a process that is killed can no longer be asked. */
export const LEDGER_VARIABLE = 'TRAFFIC_LEDGER'

/** A line of the ledger: what became of one message, by the number that its sender gave it. */
export interface LedgerLine {
  event: 'accepted' | 'rejected' | 'received'
  /** PeerId of the other end. */
  other: string
  number: number
  /** Of a rejected message. */
  error?: string
}

/** Sends numbered messages to peers at a steady pace, and keeps count of those received. */
export class Traffic {
  readonly #nebula: Nebula
  readonly #self: string
  readonly #received = new Map<string, Set<number>>()
  readonly #sent = new Map<string, number>()
  readonly #failed = new Map<string, { count: number; error: string }>()
  #repeated = 0
  #maxDelayMs = 0
  readonly #keepsLedger = process.env[LEDGER_VARIABLE] != null
  /** A process that is started anew does not use its numbers again. */
  #next = Date.now() * 1_000
  #timer?: NodeJS.Timeout

  constructor(nebula: Nebula, self: PeerId) {
    this.#nebula = nebula
    this.#self = self.toString()
    nebula.addEventListener('message:control:overhead', ({ detail }) => {
      this.#onMessage(detail.source.toString(), detail.message.fields.log)
    })
  }

  start({ peers, perSecond, padding = 0 }: TrafficInit): void {
    const to = peers.map((peer) => peerIdFromString(peer))
    const pad = 'x'.repeat(padding)

    this.stop()
    this.#timer = setInterval(() => {
      for (const peer of to) {
        this.#send(peer, pad)
      }
    }, 1_000 / perSecond)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  tally(): Tally {
    return {
      sent: Object.fromEntries(this.#sent),
      failed: Object.fromEntries(this.#failed),
      received: Object.fromEntries(
        Array.from(this.#received, ([peer, numbers]) => [peer, numbers.size] as const)
      ),
      repeated: this.#repeated,
      maxDelayMs: this.#maxDelayMs
    }
  }

  /** Forgets the longest delay. */
  mark(): void {
    this.#maxDelayMs = 0
  }

  #send(peer: PeerId, pad: string): void {
    const to = peer.toString()
    const number = this.#next++
    const log = `${MARK} ${to} ${number} ${Date.now()} ${pad}`

    this.#sent.set(to, (this.#sent.get(to) ?? 0) + 1)
    this.#nebula
      .send(peer, this.#nebula.createMessage('control', 'overhead', { log }))
      .then(() => this.#note({ event: 'accepted', other: to, number }))
      .catch((err: Error) => {
        this.#note({ event: 'rejected', other: to, number, error: err.name })
        const count = (this.#failed.get(to)?.count ?? 0) + 1
        this.#failed.set(to, { count, error: `${err.name}: ${err.message}` })
      })
  }

  #onMessage(source: string, log: string): void {
    const [mark, to, number, sentAt] = log.split(' ')

    // a proxy passes on what was sent to it
    if (mark !== MARK || to !== this.#self) {
      return
    }

    const numbers = this.#received.get(source) ?? new Set()

    this.#received.set(source, numbers)
    this.#repeated += numbers.has(Number(number)) ? 1 : 0
    numbers.add(Number(number))
    this.#maxDelayMs = Math.max(this.#maxDelayMs, Date.now() - Number(sentAt))
    this.#note({ event: 'received', other: source, number: Number(number) })
  }

  /** On a pipe the line is written before this returns. */
  #note(line: LedgerLine): void {
    if (this.#keepsLedger) {
      process.stdout.write(`${JSON.stringify(line)}\n`)
    }
  }
}
