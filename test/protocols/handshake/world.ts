import { step } from '../../../protocols/handshake/index.ts'
import type {
  HandshakeFrame,
  PairInput,
  PairOutput,
  PairState,
  Reason
} from '../../../protocols/handshake/index.ts'

type Side = 'low' | 'high'
type Item = { type: 'frame'; frame: HandshakeFrame } | { type: 'fin' } | { type: 'reset' }

interface Wire {
  id: string
  dialler: Side
  /** What is under way to each end, in order. */
  to: Record<Side, Item[]>
  /** Whether an end has closed its side, or is done with the stream altogether. */
  finished: Record<Side, boolean>
  gone: Record<Side, boolean>
}

interface End {
  state: PairState
  /** The streams that this end still follows. */
  known: Set<string>
  newest: bigint
  open: string | undefined
  changes: number
}

const other = (side: Side): Side => (side === 'low' ? 'high' : 'low')

const NODE = { federation: 'test', proxy: false, roles: [], round: null, listenAddrs: [], agent: '' }

/**
 * Two ends that run the real state machine, and streams between them as libp2p
 * has them: in order within a stream, in any order between streams, and a
 * reset loses what had not arrived. Nothing moves but by calls.
 */
export class World {
  readonly ends: Record<Side, End>
  readonly wires: Wire[] = []

  constructor(clocks: Record<Side, bigint> = { low: 1n, high: 1n }) {
    this.ends = { low: this.#newEnd(true, clocks.low), high: this.#newEnd(false, clocks.high) }
  }

  #newEnd(lower: boolean, newest: bigint): End {
    return { state: { lower }, known: new Set(), newest, open: undefined, changes: 0 }
  }

  canDial(side: Side): boolean {
    const { state } = this.ends[side]

    return state.link == null && state.attempt == null
  }

  dial(side: Side, direct: boolean): void {
    const end = this.ends[side]
    const id = `s${this.wires.length}`

    this.wires.push({
      id,
      dialler: side,
      to: { low: [], high: [] },
      finished: { low: false, high: false },
      gone: { low: false, high: false }
    })
    end.known.add(id)
    end.newest++
    this.#input(side, { type: 'dial', stream: id, attempt: end.newest, direct })
  }

  canPropose(side: Side, direct: boolean): boolean {
    const { link } = this.ends[side].state

    return link != null && link.change == null && link.direct !== direct
  }

  propose(side: Side, direct: boolean): void {
    this.#input(side, { type: 'propose', id: ++this.ends[side].changes, direct })
  }

  leave(side: Side, silent: boolean): void {
    this.#input(side, { type: 'leave', reason: 'REQUESTED', silent })
  }

  /** The end's deadline for the Welcome, or for the answer to a change, has passed. */
  timeout(side: Side): void {
    const { attempt, link } = this.ends[side].state
    const stream = attempt?.stream ?? (link?.change == null ? undefined : link.stream)

    if (stream != null) {
      this.#abort(side, stream)
      this.#input(side, { type: 'ended', stream })
    }
  }

  /** The connection under one stream is lost: both ends get to know, each in its time. */
  drop(index: number): void {
    const wire = this.wires[index]

    if (wire != null) {
      wire.to.low.push({ type: 'reset' })
      wire.to.high.push({ type: 'reset' })
    }
  }

  /** The node starts anew: it knows nothing, and its peer is told late. */
  restart(side: Side): void {
    for (const wire of this.wires) {
      if (!wire.gone[side]) {
        this.#abort(side, wire.id)
      }
    }

    this.ends[side] = this.#newEnd(side === 'low', this.ends[side].newest + 1_000n)
  }

  /** How many items are under way. */
  get pending(): number {
    return this.wires.reduce((sum, wire) => sum + wire.to.low.length + wire.to.high.length, 0)
  }

  /** Delivers the next item of the `choice`-th direction that has one; `refusal` is the receiver's policy. */
  deliver(choice: number, refusal?: Reason): void {
    const ready = this.wires.flatMap((wire) =>
      (['low', 'high'] as const).filter((side) => wire.to[side].length > 0).map((side) => ({ wire, side }))
    )
    const next = ready[choice % ready.length]
    const item = next?.wire.to[next.side].shift()

    if (next != null && item != null && !next.wire.gone[next.side]) {
      this.#receive(next.side, next.wire, item, refusal)
    }
  }

  #receive(side: Side, wire: Wire, item: Item, refusal?: Reason): void {
    const end = this.ends[side]
    const stream = wire.id

    if (item.type !== 'frame') {
      wire.gone[side] ||= item.type === 'reset'
      this.#input(side, { type: 'ended', stream })
      end.known.delete(stream)

      if (item.type === 'fin') {
        this.#finish(side, stream)
      }

      return
    }

    const { frame } = item

    if (frame.type === 'hello') {
      end.known.add(stream)
      this.#input(side, {
        type: 'hello',
        stream,
        attempt: frame.attempt,
        direct: frame.direct,
        newest: end.newest,
        refusal
      })

      return
    }

    if (!end.known.has(stream)) {
      return
    }

    switch (frame.type) {
      case 'welcome':
        this.#input(side, { type: 'welcome', stream, welcome: frame })
        break
      case 'change':
        this.#input(side, { type: 'change', stream, change: frame, refusal })
        break
      case 'changed':
        this.#input(side, { type: 'changed', stream, changed: frame })
        break
      case 'goodbye':
        this.#input(side, { type: 'goodbye', stream, goodbye: frame })
        break
    }
  }

  #input(side: Side, input: PairInput): void {
    const end = this.ends[side]
    const { state, outputs } = step(end.state, input)

    end.state = state
    outputs.forEach((output) => this.#output(side, output))
  }

  #output(side: Side, output: PairOutput): void {
    const end = this.ends[side]

    switch (output.type) {
      case 'hello': {
        const { attempt, direct } = output
        this.#send(side, output.stream, { type: 'hello', attempt, direct, priority: 'medium', node: NODE })
        break
      }
      case 'send':
        this.#send(side, output.stream, output.frame)
        break
      case 'finish':
        this.#finish(side, output.stream)
        end.known.delete(output.stream)
        break
      case 'abort':
        if (output.violation) {
          throw new Error(`two ends that keep to the protocol saw a violation on ${output.stream}`)
        }

        this.#abort(side, output.stream)
        break
      case 'opened':
        if (end.open != null) {
          throw new Error('a second link was opened')
        }

        end.open = output.link.stream
        break
      case 'closed':
        if (end.open !== output.link.stream) {
          throw new Error('a link was closed that was not open')
        }

        end.open = undefined
        break
      case 'direct':
      case 'settled':
      case 'attempted':
        break
    }
  }

  #send(side: Side, stream: string, frame: HandshakeFrame): void {
    const wire = this.#wire(stream)

    if (!wire.finished[side] && !wire.gone[side]) {
      wire.to[other(side)].push({ type: 'frame', frame })
    }
  }

  #finish(side: Side, stream: string): void {
    const wire = this.#wire(stream)

    if (!wire.finished[side] && !wire.gone[side]) {
      wire.finished[side] = true
      wire.to[other(side)].push({ type: 'fin' })
    }
  }

  #abort(side: Side, stream: string): void {
    const wire = this.#wire(stream)

    wire.gone[side] = true
    this.ends[side].known.delete(stream)
    // what has not arrived may be lost
    wire.to[other(side)].splice(Math.ceil(wire.to[other(side)].length / 2))
    wire.to[other(side)].push({ type: 'reset' })
  }

  #wire(stream: string): Wire {
    const wire = this.wires.find(({ id }) => id === stream)

    if (wire == null) {
      throw new Error(`no stream ${stream}`)
    }

    return wire
  }
}
