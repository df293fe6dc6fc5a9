import { BaseRounds } from './base.ts'
import { BEHIND } from './constants.ts'
import { judgeOrigin } from './judge-origin.ts'
import type { LedMessage, Message, Refusal, Role, RoundEnd, RoundOptions } from './types.ts'

export interface DflOptions extends RoundOptions {
  /** `proxy` and `idle` do not train, and follow the updates of their neighbours. @default 'aggregator' */
  role?: 'aggregator' | 'proxy' | 'idle'
}

type DflMessage<M> = Exclude<Message<M>, LedMessage<M>>

/**
 * Decentralised learning: each node trains, sends its update to its neighbours,
 * and aggregates what they send with its own. A round ends when all that are
 * expected have delivered, or at its deadline.
 */
export class DflRounds<M> extends BaseRounds<M> {
  readonly role: Role

  constructor({ role = 'aggregator', ...options }: DflOptions) {
    super(options)
    this.role = role
  }

  get wakeAt(): number | undefined {
    const times = [this.state.deadline, this.catchUp.until].filter((time) => time != null)

    return times.length === 0 ? undefined : Math.min(...times)
  }

  get waitingFor(): string[] {
    return this.state.phase === 'training' || this.state.phase === 'collecting' ? this.awaited() : []
  }

  protected begin(round: number, model: M, now: number): void {
    this.state.round = round
    this.state.model = model
    this.book.advance(round)
    this.catchUp.reset()
    this.#tell(this.roster.peers)

    if (round === this.options.rounds) {
      this.state.phase = 'finished'
      this.state.deadline = undefined
      this.put({ type: 'finished', model })

      return
    }

    const deadline = now + this.options.roundTimeout

    this.state.deadline = deadline
    this.put({ type: 'round-begin', round, deadline })

    if (this.trains) {
      this.state.phase = 'training'
      this.put({ type: 'train', round, model })
    } else {
      this.state.phase = 'collecting'
      this.#endIfComplete(now)
    }
  }

  protected peer(peer: string, linked: boolean, direct: boolean, now: number): void {
    const present = linked && direct

    if (peer === this.options.self || present === this.roster.has(peer)) {
      return
    }

    if (!present) {
      this.roster.remove(peer)
      this.catchUp.lost(peer)
      this.#endIfComplete(now)
    } else {
      this.roster.add(peer, false)

      this.#greet(peer)
    }
  }

  /** A link that was lost may have taken this node's update with it. */
  #greet(peer: string): void {
    const { self } = this.options

    if (this.state.phase !== 'waiting') {
      this.#tell([peer])
    }

    for (const { id, model } of this.book.of(this.state.round)) {
      if (id === self) {
        this.send([peer], { type: 'update', origin: self, round: this.state.round, model })
      }
    }
  }

  protected trained(model: M | undefined, now: number): void {
    this.state.phase = 'collecting'

    if (model !== undefined) {
      const { self } = this.options
      const { round } = this.state

      this.book.offer(self, round, model)
      this.send(this.roster.peers, { type: 'update', origin: self, round, model })
    }

    this.#endIfComplete(now)
  }

  protected message(from: string, message: Message<M>, now: number): void {
    if (!isOfDfl(message)) {
      this.put({ type: 'refused', from, reason: 'wrong-kind', message: message.type })

      return
    }

    const refusal = this.#judge(from, message)

    // an update that is too far ahead is not kept, and shows all the same how far the peer is
    if (message.type === 'update' && (refusal == null || refusal === 'too-early')) {
      this.roster.delivered(from, message.round)
    }

    if (refusal != null) {
      this.put({ type: 'refused', from, reason: refusal, message: message.type })
      this.#askWhenBehind(now)

      return
    }

    switch (message.type) {
      case 'progress':
        this.roster.seen(from, message.round, message.trains)
        break
      case 'update':
        break
      case 'aggregate-request':
        return this.#answer(from, message.round)
      case 'aggregate':
        return this.#adopt(message.round, message.model, now)
    }

    this.#endIfComplete(now)
    this.#askWhenBehind(now)
  }

  /** Whether a message counts; an update is kept when it does. */
  #judge(from: string, message: DflMessage<M>): Refusal | undefined {
    const refusal = judgeOrigin(message, from, this.roster, this.options.rounds)

    if (refusal != null) {
      return refusal
    }

    if (message.type === 'update') {
      return this.book.offer(from, message.round, message.model)
    }

    if (message.type === 'aggregate') {
      // one peer alone cannot make this node skip rounds
      const plausible = this.catchUp.asked(from) && message.round <= this.roster.reachedByHalf + 1

      return !plausible ? 'unasked' : message.round <= this.state.round ? 'old' : undefined
    }
  }

  protected tick(now: number): void {
    if (this.state.deadline != null && now >= this.state.deadline) {
      if (this.state.phase === 'aggregating') {
        this.giveUpAggregating(now)
      } else {
        this.end(now)
      }
    }

    this.catchUp.expire(now)
    this.#askWhenBehind(now)
  }

  /** Ends the round when nobody is awaited, and there is something to end it with. */
  #endIfComplete(now: number): void {
    if (this.complete) {
      this.end(now)
    }
  }

  protected next(how: RoundEnd, model: M, counted: string[], now: number): void {
    const { round, missing } = this.state

    this.put({ type: 'round-end', round, how, counted, missing })
    this.begin(this.state.round + 1, model, now)
  }

  #askWhenBehind(now: number): void {
    const { reachedByHalf } = this.roster

    if (
      (this.state.phase === 'training' || this.state.phase === 'collecting') &&
      reachedByHalf >= this.state.round + BEHIND
    ) {
      const further = this.roster.peers.filter((peer) => this.roster.roundOf(peer) > this.state.round)
      const peer = this.catchUp.next(further, now)

      if (peer != null) {
        this.send([peer], { type: 'aggregate-request', origin: this.options.self, round: this.state.round })
      }
    }
  }

  #answer(peer: string, round: number): void {
    if (
      this.state.phase !== 'waiting' &&
      round < this.state.round &&
      this.roster.mayAnswer(peer, this.state.round)
    ) {
      const { self } = this.options

      this.send([peer], {
        type: 'aggregate',
        origin: self,
        round: this.state.round,
        model: this.state.model as M
      })
    }
  }

  #adopt(round: number, model: M, now: number): void {
    if (this.state.phase === 'training' || this.state.phase === 'collecting') {
      this.stopTraining()
      this.put({ type: 'round-end', round: this.state.round, how: 'adopted', counted: [], missing: [] })
      this.begin(round, model, now)
    }
  }

  /** Tells peers which round this node is at. */
  #tell(peers: string[]): void {
    const { self } = this.options

    this.send(peers, { type: 'progress', origin: self, round: this.state.round, trains: this.trains })
  }
}

function isOfDfl<M>(message: Message<M>): message is DflMessage<M> {
  return ['update', 'aggregate', 'progress', 'aggregate-request'].includes(message.type)
}
