import { BEHIND } from './constants.ts'
import { CatchUp } from './catch-up.ts'
import { judgeOrigin } from './judge-origin.ts'
import { withDefaults } from './options.ts'
import { Roster } from './roster.ts'
import { UpdateBook } from './update-book.ts'
import type {
  Input,
  Message,
  Output,
  Phase,
  Refusal,
  Role,
  RoundEnd,
  RoundMachine,
  RoundOptions
} from './types.ts'

export interface DflOptions extends RoundOptions {
  /** `proxy` and `idle` do not train, and follow the updates of their neighbours. @default 'aggregator' */
  role?: 'aggregator' | 'proxy' | 'idle'
}

/**
 * Decentralised learning: each node trains, sends its update to its neighbours,
 * and aggregates what they send with its own. A round ends when all that are
 * expected have delivered, or at its deadline.
 */
export class DflRounds<M> implements RoundMachine<M> {
  readonly role: Role
  readonly #options: Required<RoundOptions>
  readonly #roster: Roster
  readonly #book: UpdateBook<M>
  readonly #catchUp: CatchUp
  #phase: Phase = 'waiting'
  #round = -1
  /** What the round began with, and after the last round the result. */
  #model?: M
  /** When the round, or its aggregation, has taken too long. */
  #deadline?: number
  /** Whose updates are being aggregated. */
  #counted: string[] = []
  #outputs: Array<Output<M>> = []

  constructor({ role = 'aggregator', ...options }: DflOptions) {
    this.role = role
    this.#options = withDefaults(options)
    this.#roster = new Roster(this.#options.maxMissed)
    this.#book = new UpdateBook(this.#options)
    this.#catchUp = new CatchUp(this.#options.catchUpTimeout)
  }

  get phase(): Phase {
    return this.#phase
  }

  get round(): number {
    return this.#round
  }

  get wakeAt(): number | undefined {
    const times = [this.#deadline, this.#catchUp.until].filter((time) => time != null)

    return times.length === 0 ? undefined : Math.min(...times)
  }

  get waitingFor(): string[] {
    return this.#phase === 'training' || this.#phase === 'collecting' ? this.#awaited() : []
  }

  /** Updates that are kept, of this round and of the next ones. */
  get kept(): number {
    return this.#book.size
  }

  handle(input: Input<M>, now: number): Array<Output<M>> {
    this.#outputs = []
    this.#take(input, now)

    return this.#outputs
  }

  #take(input: Input<M>, now: number): void {
    switch (input.type) {
      case 'start':
        return this.#start(input.round, input.model, now)
      case 'peer':
        return this.#peer(input.peer, input.present, now)
      case 'trained':
        return this.#trained(input.round, input.model, now)
      case 'train-failed':
        return this.#trained(input.round, undefined, now)
      case 'aggregated':
        return this.#aggregated(input.round, input.model, now)
      case 'aggregate-failed':
        return this.#aggregated(input.round, undefined, now)
      case 'message':
        return this.#message(input.from, input.message, now)
      case 'tick':
        return this.#tick(now)
    }
  }

  #start(round: number, model: M, now: number): void {
    if (this.#phase === 'waiting') {
      this.#roster.begin()
      this.#begin(Math.min(Math.max(round, 0), this.#options.rounds), model, now)
    }
  }

  #begin(round: number, model: M, now: number): void {
    this.#round = round
    this.#model = model
    this.#book.advance(round)
    this.#catchUp.reset()
    this.#tell(this.#roster.peers)

    if (round === this.#options.rounds) {
      this.#phase = 'finished'
      this.#deadline = undefined
      this.#outputs.push({ type: 'finished', model })

      return
    }

    const deadline = now + this.#options.roundTimeout

    this.#deadline = deadline
    this.#outputs.push({ type: 'round-begin', round, deadline })

    if (this.#trains) {
      this.#phase = 'training'
      this.#outputs.push({ type: 'train', round, model })
    } else {
      this.#phase = 'collecting'
      this.#endIfComplete(now)
    }
  }

  #peer(peer: string, present: boolean, now: number): void {
    if (peer === this.#options.self || present === this.#roster.has(peer)) {
      return
    }

    if (!present) {
      this.#roster.remove(peer)
      this.#catchUp.lost(peer)
      this.#endIfComplete(now)
    } else {
      this.#roster.add(peer, false)

      this.#greet(peer)
    }
  }

  /** A link that was lost may have taken this node's update with it. */
  #greet(peer: string): void {
    const { self } = this.#options

    if (this.#phase !== 'waiting') {
      this.#tell([peer])
    }

    for (const { id, model } of this.#book.of(this.#round)) {
      if (id === self) {
        this.#send([peer], { type: 'update', origin: self, round: this.#round, model })
      }
    }
  }

  #trained(round: number, model: M | undefined, now: number): void {
    if (this.#phase !== 'training' || round !== this.#round) {
      return
    }

    this.#phase = 'collecting'

    if (model !== undefined) {
      const { self } = this.#options

      this.#book.offer(self, round, model)
      this.#send(this.#roster.peers, { type: 'update', origin: self, round, model })
    }

    this.#endIfComplete(now)
  }

  #message(from: string, message: Message<M>, now: number): void {
    const refusal = this.#judge(from, message)

    // an update that is too far ahead is not kept, and shows all the same how far the peer is
    if (message.type === 'update' && (refusal == null || refusal === 'too-early')) {
      this.#roster.delivered(from, message.round)
    }

    if (refusal != null) {
      this.#outputs.push({ type: 'refused', from, reason: refusal, message: message.type })
      this.#askWhenBehind(now)

      return
    }

    switch (message.type) {
      case 'progress':
        this.#roster.seen(from, message.round, message.trains)
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
  #judge(from: string, message: Message<M>): Refusal | undefined {
    const refusal = judgeOrigin(message, from, this.#roster, this.#options.rounds)

    if (refusal != null) {
      return refusal
    }

    if (message.type === 'update') {
      return this.#book.offer(from, message.round, message.model)
    }

    if (message.type === 'aggregate') {
      // one peer alone cannot make this node skip rounds
      const plausible = this.#catchUp.asked(from) && message.round <= this.#roster.reachedByHalf + 1

      return !plausible ? 'unasked' : message.round <= this.#round ? 'old' : undefined
    }
  }

  #tick(now: number): void {
    if (this.#deadline != null && now >= this.#deadline) {
      if (this.#phase === 'aggregating') {
        this.#aggregated(this.#round, undefined, now)
      } else {
        this.#end(now)
      }
    }

    this.#catchUp.expire(now)
    this.#askWhenBehind(now)
  }

  /** Ends the round when nobody is awaited, and there is something to end it with. */
  #endIfComplete(now: number): void {
    if (
      this.#phase === 'collecting' &&
      this.#awaited().length === 0 &&
      this.#book.of(this.#round).length > 0
    ) {
      this.#end(now)
    }
  }

  /** Ends the round with the updates that are there. */
  #end(now: number): void {
    const { self, aggregateTimeout } = this.#options
    const updates = this.#book.of(this.#round)
    const [only] = updates

    this.#stopTraining()

    if (only == null) {
      this.#next('skipped', this.#model as M, [], now)
    } else if (updates.length === 1 && only.id === self) {
      this.#next('alone', only.model, [self], now)
    } else {
      this.#phase = 'aggregating'
      this.#deadline = now + aggregateTimeout
      this.#outputs.push({ type: 'aggregate', round: this.#round, updates })
      // what comes now is too late for this round
      this.#book.advance(this.#round + 1)
      this.#counted = updates.map(({ id }) => id)
    }
  }

  #aggregated(round: number, model: M | undefined, now: number): void {
    if (this.#phase === 'aggregating' && round === this.#round) {
      if (model === undefined) {
        this.#next('skipped', this.#model as M, [], now)
      } else {
        this.#next('aggregated', model, this.#counted, now)
      }
    }
  }

  #next(how: RoundEnd, model: M, counted: string[], now: number): void {
    const missing = this.#roster.expected(this.#round).filter((peer) => !counted.includes(peer))

    for (const peer of missing) {
      this.#roster.missed(peer)
    }

    this.#outputs.push({ type: 'round-end', round: this.#round, how, counted, missing })
    this.#begin(this.#round + 1, model, now)
  }

  #awaited(): string[] {
    return this.#roster.expected(this.#round).filter((peer) => !this.#book.has(peer, this.#round))
  }

  #askWhenBehind(now: number): void {
    const { reachedByHalf } = this.#roster

    if (
      (this.#phase === 'training' || this.#phase === 'collecting') &&
      reachedByHalf >= this.#round + BEHIND
    ) {
      const further = this.#roster.peers.filter((peer) => this.#roster.roundOf(peer) > this.#round)
      const peer = this.#catchUp.next(further, now)

      if (peer != null) {
        this.#send([peer], { type: 'aggregate-request', origin: this.#options.self, round: this.#round })
      }
    }
  }

  #answer(peer: string, round: number): void {
    if (this.#phase !== 'waiting' && round < this.#round && this.#roster.mayAnswer(peer, this.#round)) {
      const { self } = this.#options

      this.#send([peer], { type: 'aggregate', origin: self, round: this.#round, model: this.#model as M })
    }
  }

  #adopt(round: number, model: M, now: number): void {
    if (this.#phase === 'training' || this.#phase === 'collecting') {
      this.#stopTraining()
      this.#outputs.push({ type: 'round-end', round: this.#round, how: 'adopted', counted: [], missing: [] })
      this.#begin(round, model, now)
    }
  }

  #stopTraining(): void {
    if (this.#phase === 'training') {
      this.#outputs.push({ type: 'stop-training', round: this.#round })
    }
  }

  /** Tells peers which round this node is at. */
  #tell(peers: string[]): void {
    const { self } = this.#options

    this.#send(peers, { type: 'progress', origin: self, round: this.#round, trains: this.#trains })
  }

  #send(to: string[], message: Message<M>): void {
    if (to.length > 0) {
      this.#outputs.push({ type: 'send', to, message })
    }
  }

  get #trains(): boolean {
    return this.role === 'aggregator'
  }
}
