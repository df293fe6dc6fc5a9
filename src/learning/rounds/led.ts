import { BaseRounds } from './base.ts'
import { RESULT_TIMEOUT_MS } from './constants.ts'
import { Courier } from './courier.ts'
import { isElection, judgeLed } from './judge-led.ts'
import { leadershipOf } from './led-options.ts'
import type { Leadership } from './leadership.ts'
import type { LedOptions } from './led-options.ts'
import type { Input, Message, Role, RoundEnd } from './types.ts'

/** The lineage of a model that no leader has made. */
const ALONE = -1

type Result<M> = Extract<Message<M>, { type: 'result' }>

/**
 * Learning with a leader: the others train and send it their updates, and each
 * round begins with its result. Messages reach nodes that are no neighbours by
 * being passed on.
 */
export class LedRounds<M> extends BaseRounds<M> {
  readonly #led: LedOptions
  readonly #resultTimeout: number
  readonly #courier: Courier<M>
  readonly #leadership: Leadership
  /** The term of the leader that has made the model. */
  #made = 0
  /** The last result of a leader, for those that are behind. */
  #result?: Result<M>
  /** What this node has trained in the round. */
  #own?: M
  /** Whether another leader was looked for in this round already. */
  #elected = false

  constructor(options: LedOptions) {
    super(options)
    this.#led = options
    this.#resultTimeout = options.resultTimeout ?? RESULT_TIMEOUT_MS
    this.#courier = new Courier<M>({
      self: options.self,
      rounds: this.options.rounds,
      relays: options.role !== 'idle',
      roster: this.roster,
      send: (to, message) => this.send(to, message)
    })
    this.#leadership = leadershipOf(options)
  }

  get role(): Role {
    const { kind, role } = this.#led

    return role ?? (!this.#leads ? 'trainer' : kind === 'CFL' ? 'server' : 'aggregator')
  }

  /** Who leads, and in which term. */
  get leadership(): { leader: string; term: number } {
    return { leader: this.#leadership.leader, term: this.#leadership.term }
  }

  get wakeAt(): number | undefined {
    const times = [this.state.deadline, this.catchUp.until, this.#leadership.wakeAt].filter(
      (time) => time != null
    )

    return times.length === 0 || this.state.phase === 'finished' ? undefined : Math.min(...times)
  }

  get waitingFor(): string[] {
    if (this.state.phase === 'awaiting') {
      return [this.#leadership.leader]
    }

    return this.#leads && (this.state.phase === 'training' || this.state.phase === 'collecting')
      ? this.awaited()
      : []
  }

  protected override take(input: Input<M>, now: number): void {
    const { leader, term } = this.leadership

    super.take(input, now)
    this.#sayElection()

    if (term !== this.#leadership.term) {
      this.#leaderChanged(leader, now)
      this.#sayElection()
    }
  }

  protected begin(round: number, model: M, now: number, made = 0): void {
    const { rounds, roundTimeout } = this.options

    this.state.round = round
    this.state.model = model
    this.#made = made
    this.#own = undefined
    this.#elected = false
    this.book.advance(round)
    this.catchUp.reset()
    this.#tell()

    if (round === rounds) {
      this.state.phase = 'finished'
      this.put({ type: 'finished', model })

      return
    }

    // who does not train follows, however long it takes
    this.state.deadline =
      this.#leads || this.trains ? now + roundTimeout + (this.#leads ? 0 : this.#resultTimeout) : undefined
    this.put({ type: 'round-begin', round, deadline: this.state.deadline ?? Infinity })

    if (this.trains) {
      this.state.phase = 'training'
      this.put({ type: 'train', round, model })
    } else {
      this.state.phase = this.#leads ? 'collecting' : 'awaiting'
      this.#endIfComplete(now)
    }
  }

  protected peer(peer: string, present: boolean, direct: boolean, now: number): void {
    if (peer === this.options.self) {
      return
    }

    if (!present) {
      this.roster.remove(peer)
      this.#courier.remove(peer)
      this.catchUp.lost(peer)

      if (peer === this.#leadership.leader && this.state.phase !== 'waiting') {
        this.#leadership.lose(this.roster.peers, now)
        this.#hurry(now)
      }

      return this.#endIfComplete(now)
    }

    this.roster.add(peer, false)
    this.#leadership.found(peer)

    // a link that was lost may have taken messages with it
    if (this.#courier.add(peer, direct) && this.state.phase !== 'waiting') {
      this.#tell([peer])
      this.#sendUpdate([peer])

      if (this.#leads && this.#result != null) {
        this.send([peer], this.#result)
      }
    }
  }

  protected trained(model: M | undefined, now: number): void {
    this.#own = model
    this.state.phase = this.#leads ? 'collecting' : 'awaiting'
    this.#sendUpdate()
    this.#hurry(now)
    this.#endIfComplete(now)
  }

  /** A leader that is not there is not waited for as long as one that is busy. */
  #hurry(now: number): void {
    const { catchUpTimeout } = this.options

    if (
      this.state.phase === 'awaiting' &&
      this.state.deadline != null &&
      !this.roster.has(this.#leadership.leader)
    ) {
      const patience = Math.max(catchUpTimeout, this.#leadership.electionTime)

      this.state.deadline = Math.min(this.state.deadline, now + patience)
    }
  }

  /** @param neighbours - those that are to bring it to the leader, where that is none of them */
  #sendUpdate(neighbours?: string[]): void {
    const { leader, term } = this.#leadership
    const { round } = this.state
    const { self } = this.options

    if (this.#own !== undefined && this.#leads) {
      this.book.offer(self, round, this.#own)
    } else if (this.#own !== undefined) {
      this.#courier.tellOne(
        leader,
        { type: 'update', origin: self, term, round, model: this.#own },
        neighbours
      )
    }
  }

  protected message(from: string, message: Message<M>, now: number): void {
    const refusal = judgeLed(message, from, {
      direct: this.#courier.direct,
      roster: this.roster,
      leadership: this.#leadership,
      rounds: this.options.rounds
    })

    if (refusal != null) {
      this.put({ type: 'refused', from, reason: refusal, message: message.type })

      return
    }

    if (message.type === 'aggregate-request') {
      return this.#answer(from, message.round)
    }

    if (
      !this.#courier.passOn(from, message, message.type === 'update' ? this.#leadership.leader : undefined)
    ) {
      return
    }

    if (isElection(message)) {
      this.#leadership.handle(message)
    } else if (message.type === 'progress') {
      this.roster.seen(message.origin, message.round, message.trains)
    } else if (message.type === 'update') {
      this.#takeUpdate(from, message)
    } else if (message.type === 'result') {
      return this.#takeResult(from, message, now)
    }

    this.#endIfComplete(now)
  }

  /** Only the leader counts it. */
  #takeUpdate(from: string, { origin, round, model }: Extract<Message<M>, { type: 'update' }>): void {
    const refusal =
      this.#leads && this.state.phase !== 'waiting' ? this.book.offer(origin, round, model) : undefined

    this.roster.delivered(origin, round)

    if (refusal != null) {
      this.put({ type: 'refused', from, reason: refusal, message: 'update' })
    }
  }

  #takeResult(from: string, result: Result<M>, now: number): void {
    const { origin, term, made, round, model } = result

    this.#leadership.learn(origin, term)
    this.#leadership.found(origin)

    const further = made > this.#made || (made === this.#made && round > this.state.round)

    if (this.state.phase === 'waiting' || !further) {
      const reason = this.state.phase === 'waiting' ? 'too-early' : 'old'

      this.put({ type: 'refused', from, reason, message: 'result' })
    } else if (this.state.phase !== 'finished') {
      this.stopTraining()
      this.#result = result
      this.put({ type: 'round-end', round: this.state.round, how: 'adopted', counted: [], missing: [] })
      this.begin(round, model, now, made)
    }
  }

  protected tick(now: number): void {
    this.#leadership.tick(now)
    this.catchUp.expire(now)
    this.#endIfComplete(now)

    if (this.state.deadline != null && now >= this.state.deadline && this.state.phase !== 'finished') {
      if (this.state.phase === 'aggregating') {
        this.giveUpAggregating(now)
      } else if (this.#leads) {
        this.end(now)
      } else {
        this.#missLeader(now)
      }
    }
  }

  /** The leader's result has not come: a neighbour may have it, another may lead, or this node goes on alone. */
  #missLeader(now: number): void {
    const { catchUpTimeout, self } = this.options
    const further = [...this.#courier.direct]
      .filter((peer) => this.roster.roundOf(peer) > this.state.round)
      .sort()
    const peer = this.catchUp.next(further, now)

    this.stopTraining()
    this.state.phase = 'awaiting'

    if (peer != null) {
      this.state.deadline = now + catchUpTimeout
      this.send([peer], { type: 'aggregate-request', origin: self, round: this.state.round })
    } else if (!this.#elected && this.#leadership.electionTime > 0) {
      this.#elected = true
      this.state.deadline = now + this.#leadership.electionTime
      this.#leadership.lose(this.roster.peers, now)
    } else {
      this.next(this.#own === undefined ? 'skipped' : 'alone', this.#own ?? (this.state.model as M), [], now)
    }
  }

  #leaderChanged(before: string, now: number): void {
    const { leader, term } = this.#leadership

    this.put({ type: 'leader', leader, term })

    if (this.state.phase === 'waiting' || this.state.phase === 'finished') {
      return
    }

    if (this.#leads) {
      this.state.phase = this.state.phase === 'training' ? 'training' : 'collecting'
      this.state.deadline = now + this.options.roundTimeout
      this.#publish()
      this.#sendUpdate([])
      this.#endIfComplete(now)
    } else {
      if (before === this.options.self && this.state.phase !== 'training') {
        // what it has begun to aggregate is the new leader's task
        this.state.phase = 'awaiting'
      }

      this.state.deadline = this.trains ? now + this.options.roundTimeout + this.#resultTimeout : undefined
      this.#sendUpdate()
    }
  }

  #endIfComplete(now: number): void {
    if (this.#leads && this.complete && !this.#leadership.handingOver) {
      this.end(now)
    }
  }

  protected next(how: RoundEnd, model: M, counted: string[], now: number): void {
    const missing = this.#leads ? this.state.missing : [this.#leadership.leader]

    this.put({ type: 'round-end', round: this.state.round, how, counted, missing })
    this.begin(this.state.round + 1, model, now, this.#leads ? this.#leadership.term : ALONE)

    if (this.#leads) {
      this.#publish()

      if (this.state.round < this.options.rounds) {
        this.#leadership.handOver(this.roster.expected(this.state.round), now)
      }
    }
  }

  /** Tells all what the round begins with. */
  #publish(): void {
    const { term } = this.#leadership
    const { self } = this.options
    const made = this.#made === ALONE ? term : this.#made
    const [round, model] = [this.state.round, this.state.model as M]

    this.#made = made
    this.#result = { type: 'result', origin: self, term, made, round, model }
    this.#courier.tellAll(this.#result)
  }

  #answer(peer: string, round: number): void {
    if (
      this.#result != null &&
      round < this.#result.round &&
      this.roster.mayAnswer(peer, this.#result.round)
    ) {
      this.send([peer], this.#result)
    }
  }

  #sayElection(): void {
    for (const message of this.#leadership.takeMessages()) {
      this.#courier.tellAll(message)
    }
  }

  #tell(neighbours?: string[]): void {
    const { self } = this.options
    const { round } = this.state

    this.#courier.tellAll({ type: 'progress', origin: self, round, trains: this.trains }, neighbours)
  }

  get #leads(): boolean {
    return this.#leadership.leads
  }
}
