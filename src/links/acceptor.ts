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
import type { HandshakeStream, Hello } from '../../protocols/handshake/index.ts'
import type { PeerId } from '@libp2p/interface'

export interface AcceptorComponents {
  admission: Admission
  pairs: PairTable
  /** Of this node's own attempts. */
  numbers: Pick<GrowingNumbers, 'newest'>
}

export interface AcceptorInit {
  askEngine?(): Promise<void> | undefined
  clock?: Clock
  onViolation(peer: PeerId, error: Error): void
  /** Attempts of one peer; more is a violation. @default 60 */
  maxHandshakesPerMinute?: number
}

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

    return this.#init.askEngine?.()?.then(() => this.#answer(stream, hello)) ?? this.#answer(stream, hello)
  }

  #answer(stream: HandshakeStream, hello: Hello): void {
    const { admission, pairs, numbers } = this.#components
    const { peer } = stream
    const refusal = admission.refuseHello(peer, hello)

    // links that come and go reach the engine and everything that listens; a peer
    // that asks whether it may come back already is told so, however often it asks
    if (refusal !== 'RECENTLY_DISCONNECTED' && !this.#rate.take(peer)) {
      const error = new AttemptRateError()

      dismiss(stream, error)
      this.#init.onViolation(peer, error)

      return
    }

    const pair = pairs.obtain(peer)

    pair.hello(stream, hello, numbers.newest, refusal)
    pairs.release(pair)
  }
}

/** Ends a stream that gets no answer, and hears no more of it. */
function dismiss(stream: HandshakeStream, error: Error): void {
  stream.redirect({ onFrame: () => {}, onViolation: () => {}, onEnded: () => {} })
  stream.abort(error)
}
