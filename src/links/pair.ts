import { step } from '../../protocols/handshake/index.ts'
import type {
  AttemptOutcome,
  Change,
  CloseCause,
  HandshakeFrame,
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

export interface PairListener {
  /** `node` is what the peer said of itself; `priority` what either end asked for. */
  onOpened(
    pair: Pair,
    link: PairLink,
    details: { stream: HandshakeStream; node: NodeInfo; priority: Priority }
  ): void
  onClosed(pair: Pair, link: PairLink, cause: CloseCause, reason: Reason): void
  onDirect(pair: Pair, link: PairLink): void
  onViolation(pair: Pair, error?: Error): void
  /** Why the peer's change is refused; nothing when it is not. */
  refuseChange(pair: Pair, change: Change): Reason | undefined
  /** What this node says of itself. */
  describeSelf(): NodeInfo
}

/** The state shared with one peer, and the handshake streams that carry it. */
export class Pair {
  readonly peer: PeerId
  readonly #listener: PairListener
  readonly #streams = new Map<string, HandshakeStream>()
  /** What came with the Hello or the Welcome of a stream that may become the link. */
  readonly #details = new Map<string, { node?: NodeInfo; priority: Priority }>()
  #state: PairState
  #attempt?: PromiseWithResolvers<AttemptResult>
  #change?: PromiseWithResolvers<ChangeResult>
  #changes = 0

  constructor(peer: PeerId, lower: boolean, listener: PairListener) {
    this.peer = peer
    this.#state = { lower }
    this.#listener = listener
  }

  get link(): PairLink | undefined {
    return this.#state.link
  }

  get attempting(): boolean {
    return this.#state.attempt != null
  }

  /** Whether nothing is shared with the peer. */
  get empty(): boolean {
    return this.#state.link == null && this.#state.attempt == null
  }

  /** Begins an attempt on a stream just opened; the pair must be empty. */
  async dial(
    stream: HandshakeStream,
    attempt: bigint,
    direct: boolean,
    priority: Priority
  ): Promise<AttemptResult> {
    const attempted = Promise.withResolvers<AttemptResult>()

    this.#attempt = attempted
    this.#streams.set(stream.id, stream)
    this.#details.set(stream.id, { priority })
    stream.setDeadline('The Welcome')
    stream.listen(this.#listen(stream))
    this.#step({ type: 'dial', stream: stream.id, attempt, direct })

    return attempted.promise
  }

  /** Takes the peer's attempt; `refusal` is this node's own reason against it. */
  hello(stream: HandshakeStream, hello: Hello, newest: bigint, refusal?: Reason): void {
    this.#streams.set(stream.id, stream)
    // a peer's word does not make its link more important to us than any other's
    this.#details.set(stream.id, { node: hello.node, priority: hello.priority === 'low' ? 'low' : 'medium' })
    stream.redirect(this.#listen(stream))
    this.#step({
      type: 'hello',
      stream: stream.id,
      attempt: hello.attempt,
      direct: hello.direct,
      newest,
      refusal
    })
  }

  /** Asks the peer for the other kind of link; joins a change that is under way. */
  async propose(direct: boolean): Promise<ChangeResult> {
    while (this.#change != null) {
      await this.#change.promise
    }

    if (this.link == null) {
      return { accepted: false, reason: 'UNSPECIFIED' }
    }

    if (this.link.direct === direct) {
      return { accepted: true, reason: 'UNSPECIFIED' }
    }

    const change = Promise.withResolvers<ChangeResult>()

    this.#change = change
    this.#streams.get(this.link.stream)?.setDeadline('The answer to a change')
    this.#step({ type: 'propose', id: ++this.#changes, direct })

    return change.promise
  }

  /** Ends the link and the attempt; resolves when the stream of the link is closed. */
  async leave(reason: Reason, options: { silent?: boolean } = {}): Promise<void> {
    const stream = this.link == null ? undefined : this.#streams.get(this.link.stream)

    this.#step({ type: 'leave', reason, silent: options.silent })
    await stream?.closed
  }

  #listen(stream: HandshakeStream): Parameters<HandshakeStream['redirect']>[0] {
    return {
      onFrame: (frame) => this.#onFrame(stream, frame),
      onViolation: (error) => {
        this.#step({ type: 'violation', stream: stream.id }, error)
        this.#forget(stream.id)
      },
      onEnded: (error) => {
        this.#step({ type: 'ended', stream: stream.id }, error)
        this.#forget(stream.id)
      }
    }
  }

  #onFrame(stream: HandshakeStream, frame: HandshakeFrame): void {
    if (!this.#streams.has(stream.id)) {
      return
    }

    switch (frame.type) {
      case 'hello':
        this.#step({ type: 'violation', stream: stream.id }, new Error('Second Hello on one stream'))
        break
      case 'welcome': {
        const details = this.#details.get(stream.id)

        if (details != null) {
          details.node = frame.node
        }

        stream.clearDeadline()
        this.#step({ type: 'welcome', stream: stream.id, welcome: frame })
        break
      }
      case 'change':
        this.#step({
          type: 'change',
          stream: stream.id,
          change: frame,
          refusal: this.#listener.refuseChange(this, frame)
        })
        break
      case 'changed':
        stream.clearDeadline()
        this.#step({ type: 'changed', stream: stream.id, changed: frame })
        break
      case 'goodbye':
        this.#step({ type: 'goodbye', stream: stream.id, goodbye: frame })
        break
    }
  }

  #step(input: PairInput, error?: Error): void {
    const { state, outputs } = step(this.#state, input)

    this.#state = state

    for (const output of outputs) {
      this.#carryOut(output, error)
    }
  }

  #carryOut(output: PairOutput, error?: Error): void {
    switch (output.type) {
      case 'hello': {
        const { attempt, direct } = output
        const priority = this.#details.get(output.stream)?.priority ?? 'medium'

        this.#streams
          .get(output.stream)
          ?.send({ type: 'hello', attempt, direct, priority, node: this.#listener.describeSelf() })
        break
      }
      case 'send': {
        const { frame } = output
        const introduce = frame.type === 'welcome' && frame.status === 'NEW'

        this.#streams
          .get(output.stream)
          ?.send(introduce ? { ...frame, node: this.#listener.describeSelf() } : frame)
        break
      }
      case 'finish':
        this.#streams.get(output.stream)?.finish()
        this.#forget(output.stream)
        break
      case 'abort':
        this.#streams.get(output.stream)?.abort(error ?? new Error('The handshake stream was given up'))
        this.#forget(output.stream)

        if (output.violation) {
          this.#listener.onViolation(this, error)
        }
        break
      case 'opened': {
        const stream = this.#streams.get(output.link.stream)
        const details = this.#details.get(output.link.stream)

        if (stream != null && details?.node != null) {
          this.#listener.onOpened(this, output.link, {
            stream,
            node: details.node,
            priority: details.priority
          })
        }

        this.#details.clear()
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

  #forget(stream: string): void {
    this.#streams.delete(stream)
    this.#details.delete(stream)
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
