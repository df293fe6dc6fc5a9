import { AbortError } from '@libp2p/interface'
import { HandshakeProtocolError, step } from '../../protocols/handshake/index.ts'
import { PairStreams } from './pair-streams.ts'
import type {
  AttemptOutcome,
  Change,
  CloseCause,
  HandshakeStream,
  Hello,
  NodeInfo,
  PairInput,
  PairLink,
  PairOutput,
  PairState,
  Priority,
  Reason
} from '../../protocols/handshake/index.ts'
import type { PeerId } from '@libp2p/interface'

/** What became of an attempt: a link, whoever's attempt made it, or why there is none. */
export type AttemptResult = { result: 'linked' } | (AttemptOutcome & { error?: Error })

export interface ChangeResult {
  accepted: boolean
  reason: Reason
}

/** This node's own reason against an attempt, or what it says of itself if there is none. */
export type Verdict = { refusal: Reason; self?: undefined } | { self: NodeInfo; refusal?: undefined }

/** What a link begins with: `node` is what the peer said of itself; `priority` what either end asked for. */
export interface LinkDetails {
  stream: HandshakeStream
  node: NodeInfo
  priority: Priority
}

export interface PairListener {
  onOpened(pair: Pair, link: PairLink, details: LinkDetails): void
  onClosed(pair: Pair, link: PairLink, cause: CloseCause, reason: Reason): void
  onDirect(pair: Pair, link: PairLink): void
  onViolation(pair: Pair, error: Error): void
  /** Why the peer's change is refused; nothing when it is not. */
  refuseChange(pair: Pair, change: Change): Reason | undefined | Promise<Reason | undefined>
  /** What this node says of itself. */
  describeSelf(): NodeInfo
}

/** The state shared with one peer: runs the state machine over the streams that carry it. */
export class Pair {
  readonly peer: PeerId
  readonly #listener: PairListener
  readonly #streams: PairStreams
  #state: PairState
  #attempt?: PromiseWithResolvers<AttemptResult>
  #change?: PromiseWithResolvers<ChangeResult>
  #changes = 0
  /** What is still to be done, in order: a listener may cause the next step within one. */
  readonly #outputs: Array<{ output: PairOutput; error?: Error }> = []
  #busy = false

  constructor(peer: PeerId, lower: boolean, listener: PairListener) {
    this.peer = peer
    this.#state = { lower }
    this.#listener = listener
    this.#streams = new PairStreams({
      onInput: (input, error) => this.#step(input, error),
      onChange: (stream, change) => {
        const answer = (refusal?: Reason): void => {
          this.#step({ type: 'change', stream, change, refusal })
        }
        const refusal = listener.refuseChange(this, change)

        return refusal instanceof Promise ? refusal.then(answer) : answer(refusal)
      }
    })
  }

  get attempting(): boolean {
    return this.#state.attempt != null
  }

  /** Whether nothing is shared with the peer. */
  get empty(): boolean {
    return this.#state.link == null && this.#state.attempt == null
  }

  /**
   * Begins an attempt on a stream just opened; the pair must be empty.
   *
   * @throws {Error} when the engine does not say what the Hello tells of it; nothing has begun then
   */
  async dial(
    stream: HandshakeStream,
    attempt: bigint,
    direct: boolean,
    priority: Priority
  ): Promise<AttemptResult> {
    const self = this.#listener.describeSelf()
    const attempted = Promise.withResolvers<AttemptResult>()

    this.#attempt = attempted
    this.#streams.addOutbound(stream, priority, self)
    this.#step({ type: 'dial', stream: stream.id, attempt, direct })

    return attempted.promise
  }

  /** Takes the peer's attempt. */
  hello(stream: HandshakeStream, hello: Hello, newest: bigint, { refusal, self }: Verdict): void {
    const { attempt, direct, node } = hello

    // a peer's word does not make its link more important to us than any other's
    this.#streams.addInbound(stream, hello.priority === 'low' ? 'low' : 'medium', node, self)
    this.#step({ type: 'hello', stream: stream.id, attempt, direct, newest, refusal })
  }

  /** Asks the peer for the other kind of link; joins a change that is under way. */
  async propose(direct: boolean): Promise<ChangeResult> {
    while (this.#change != null) {
      await this.#change.promise
    }

    const { link } = this.#state

    if (link == null || link.direct === direct) {
      return { accepted: link != null, reason: 'UNSPECIFIED' }
    }

    const change = Promise.withResolvers<ChangeResult>()

    this.#change = change
    this.#streams.get(link.stream)?.stream.setDeadline('The answer to a change')
    this.#step({ type: 'propose', id: ++this.#changes, direct })

    return change.promise
  }

  /** Ends the link and the attempt; resolves when the stream of the link is closed. */
  async leave(reason: Reason, options: { silent?: boolean; error?: Error } = {}): Promise<void> {
    const { link } = this.#state
    const closed = link == null ? undefined : this.#streams.get(link.stream)?.stream.closed

    this.#step({ type: 'leave', reason, silent: options.silent }, options.error)
    await closed
  }

  #step(input: PairInput, error?: Error): void {
    const { state, outputs } = step(this.#state, input)

    this.#state = state
    this.#outputs.push(...outputs.map((output) => ({ output, error })))

    if (this.#busy) {
      return
    }

    this.#busy = true

    try {
      for (let next = this.#outputs.shift(); next != null; next = this.#outputs.shift()) {
        this.#carryOut(next.output, next.error)
      }
    } finally {
      this.#busy = false
    }
  }

  #carryOut(output: PairOutput, error?: Error): void {
    switch (output.type) {
      case 'hello':
        this.#streams.send(output.stream, {
          type: 'hello',
          attempt: output.attempt,
          direct: output.direct
        })
        break
      case 'send':
        this.#streams.send(output.stream, output.frame)
        break
      case 'finish':
        this.#streams.finish(output.stream)
        break
      case 'abort':
        this.#abort(output, error)
        break
      case 'opened': {
        const details = this.#streams.get(output.link.stream)

        if (details?.node != null) {
          this.#listener.onOpened(this, output.link, { ...details, node: details.node })
        }

        this.#settleAttempt({ result: 'linked' })
        break
      }
      case 'closed':
        this.#listener.onClosed(this, output.link, output.cause, output.reason)
        this.#settleChange({ accepted: false, reason: output.reason })
        break
      case 'direct':
        this.#listener.onDirect(this, output.link)
        break
      case 'settled':
        this.#settleChange({ accepted: output.accepted, reason: output.reason })
        break
      case 'attempted':
        this.#settleAttempt({ ...output.outcome, error })
        break
    }
  }

  #abort({ stream, violation }: Extract<PairOutput, { type: 'abort' }>, error?: Error): void {
    if (violation) {
      const broken = error ?? new HandshakeProtocolError('Frame has no place in the state of the link')

      this.#streams.abort(stream, broken)
      this.#listener.onViolation(this, broken)
    } else {
      this.#streams.abort(stream, error ?? new AbortError('The handshake stream was given up'))
    }
  }

  #settleAttempt(result: AttemptResult): void {
    const attempt = this.#attempt

    this.#attempt = undefined
    attempt?.resolve(result)
  }

  #settleChange(result: ChangeResult): void {
    const change = this.#change

    this.#change = undefined
    change?.resolve(result)
  }
}
