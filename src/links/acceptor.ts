import { HandshakeError } from '../../protocols/handshake/index.ts'
import { MAX_HANDSHAKES_PER_MINUTE } from '../../protocols/handshake/limits.ts'
import { systemClock } from '../lib/clock.ts'
import { KeyedLimiter } from '../lib/keyed-limiter.ts'
import { perMinute } from '../lib/token-bucket.ts'
import { AttemptRateError } from './errors.ts'
import { describeReason } from './handshake-policy.ts'
import type { Clock } from '../lib/clock.ts'
import type { GrowingNumbers } from '../lib/growing-numbers.ts'
import type { Admission } from './admission.ts'
import type { PairTable } from './pair-table.ts'
import type { Verdict } from './pair.ts'
import type { HandshakeStream, Hello, NodeInfo } from '../../protocols/handshake/index.ts'
import type { PeerId } from '@libp2p/interface'

export interface AcceptorComponents {
  admission: Admission
  pairs: PairTable
  /** Of this node's own attempts. */
  numbers: Pick<GrowingNumbers, 'newest'>
}

export interface AcceptorInit {
  askEngine?(): Promise<void> | undefined
  /** What this node says of itself, as of the last `askEngine`. */
  describeSelf(): NodeInfo
  clock?: Clock
  onViolation(peer: PeerId, error: Error): void
  /** Attempts of one peer; more is a violation. @default 60 */
  maxHandshakesPerMinute?: number
}

/** Why an attempt is refused while the engine does not answer; a warning tells the user of it. */
const ENGINE_FAILED: Verdict = { refusal: 'UNSPECIFIED' }

/** Answers the attempts of peers. */
export class Acceptor {
  readonly #components: AcceptorComponents
  readonly #init: AcceptorInit
  readonly #rate: KeyedLimiter

  constructor(components: AcceptorComponents, init: AcceptorInit) {
    this.#components = components
    this.#init = init
    this.#rate = new KeyedLimiter(
      init.clock ?? systemClock,
      perMinute(init.maxHandshakesPerMinute ?? MAX_HANDSHAKES_PER_MINUTE)
    )
  }

  /** Takes over the stream, at the latest when what is returned has resolved. */
  hello(stream: HandshakeStream, hello: Hello): void | Promise<void> {
    const { admission } = this.#components

    // its connection should have been denied; it gets no answer
    if (admission.isShutOut(stream.connection)) {
      dismiss(stream, new HandshakeError('BLACKLISTED', describeReason('BLACKLISTED')))

      return
    }

    const answer = (): void => this.#answer(stream, hello, this.#judge(stream.peer, hello))
    const refuse = (): void => this.#answer(stream, hello, ENGINE_FAILED)
    let asked: Promise<void> | undefined

    try {
      asked = this.#init.askEngine?.()
    } catch {
      return refuse()
    }

    return asked == null ? answer() : asked.then(answer, refuse)
  }

  /** Asks for all that depends on the engine before the attempt changes anything. */
  #judge(peer: PeerId, hello: Hello): Verdict {
    try {
      const refusal = this.#components.admission.refuseHello(peer, hello)

      return refusal == null ? { self: this.#init.describeSelf() } : { refusal }
    } catch {
      return ENGINE_FAILED
    }
  }

  #answer(stream: HandshakeStream, hello: Hello, verdict: Verdict): void {
    const { pairs, numbers } = this.#components
    const { peer } = stream

    // links that come and go reach the engine and everything that listens; a peer
    // that asks whether it may come back already is told so, however often it asks,
    // and it is not to blame for the engine of this node
    if (verdict.refusal !== 'RECENTLY_DISCONNECTED' && verdict !== ENGINE_FAILED && !this.#rate.take(peer)) {
      const error = new AttemptRateError()

      dismiss(stream, error)
      this.#init.onViolation(peer, error)

      return
    }

    const pair = pairs.obtain(peer)

    pair.hello(stream, hello, numbers.newest, verdict)
    pairs.release(pair)
  }
}

/** Ends a stream that gets no answer, and hears no more of it. */
function dismiss(stream: HandshakeStream, error: Error): void {
  stream.redirect({ onFrame: () => {}, onViolation: () => {}, onEnded: () => {} })
  stream.abort(error)
}
