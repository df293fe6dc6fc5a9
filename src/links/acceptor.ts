import { HandshakeError } from '../../protocols/handshake/index.ts'
import { describeReason } from './handshake-policy.ts'
import type { Admission } from './admission.ts'
import type { AttemptNumbers } from './attempt-numbers.ts'
import type { PairTable } from './pair-table.ts'
import type { HandshakeStream, Hello } from '../../protocols/handshake/index.ts'

export interface AcceptorComponents {
  admission: Admission
  pairs: PairTable
  numbers: AttemptNumbers
}

/** Answers the attempts of peers. */
export class Acceptor {
  readonly #components: AcceptorComponents

  constructor(components: AcceptorComponents) {
    this.#components = components
  }

  hello(stream: HandshakeStream, hello: Hello): void {
    const { admission, pairs, numbers } = this.#components
    const { peer } = stream

    // its connection should have been denied; it gets no answer
    if (admission.isBlacklisted(peer)) {
      stream.redirect({ onFrame: () => {}, onViolation: () => {}, onEnded: () => {} })
      stream.abort(new HandshakeError('BLACKLISTED', describeReason('BLACKLISTED')))

      return
    }

    const refusal = admission.refuseHello(peer, hello)
    const pair = pairs.obtain(peer)

    pair.hello(stream, hello, numbers.newest, refusal)
    pairs.release(pair)
  }
}
