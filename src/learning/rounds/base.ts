import { CatchUp } from './catch-up.ts'
import { withDefaults } from './options.ts'
import { Roster } from './roster.ts'
import { UpdateBook } from './update-book.ts'
import type {
  CountedUpdate,
  Input,
  Message,
  Output,
  Phase,
  Role,
  RoundEnd,
  RoundMachine,
  RoundOptions
} from './types.ts'

interface State<M> {
  phase: Phase
  round: number
  /** What the round began with, and after the last round the result. */
  model?: M
  /** When the round, or its aggregation, has taken too long. */
  deadline?: number
  /** What is being aggregated. */
  updates: Array<CountedUpdate<M>>
  /** Who had not delivered when collecting ended. */
  missing: string[]
}

/** What a round is in every kind of learning: it collects updates, ends, aggregates, and another begins. */
export abstract class BaseRounds<M> implements RoundMachine<M> {
  abstract readonly role: Role
  abstract readonly wakeAt: number | undefined
  abstract readonly waitingFor: string[]
  protected readonly options: Required<RoundOptions>
  protected readonly roster: Roster
  protected readonly book: UpdateBook<M>
  protected readonly catchUp: CatchUp
  protected readonly state: State<M> = { phase: 'waiting', round: -1, updates: [], missing: [] }
  #outputs: Array<Output<M>> = []

  constructor(options: RoundOptions) {
    this.options = withDefaults(options)
    this.roster = new Roster(this.options.maxMissed)
    this.book = new UpdateBook(this.options)
    this.catchUp = new CatchUp(this.options.catchUpTimeout)
  }

  get phase(): Phase {
    return this.state.phase
  }

  get round(): number {
    return this.state.round
  }

  /** Updates that are kept, of this round and of the next ones. */
  get kept(): number {
    return this.book.size
  }

  handle(input: Input<M>, now: number): Array<Output<M>> {
    this.#outputs = []
    this.take(input, now)

    return this.#outputs
  }

  protected take(input: Input<M>, now: number): void {
    switch (input.type) {
      case 'start':
        return this.#start(input.round, input.model, now)
      case 'peer':
        return this.peer(input.peer, input.present, input.direct ?? true, now)
      case 'trained':
        return this.#trained(input.round, input.model, now)
      case 'train-failed':
        return this.#trained(input.round, undefined, now)
      case 'aggregated':
        return this.#aggregated(input.round, input.model, now)
      case 'aggregate-failed':
        return this.#aggregated(input.round, undefined, now)
      case 'message':
        return this.message(input.from, input.message, now)
      case 'tick':
        return this.tick(now)
    }
  }

  /** Begins a round, or ends learning when there is none left. */
  protected abstract begin(round: number, model: M, now: number): void

  protected abstract peer(peer: string, present: boolean, direct: boolean, now: number): void

  /** This node has trained the current round; `undefined` when that has failed. */
  protected abstract trained(model: M | undefined, now: number): void

  protected abstract message(from: string, message: Message<M>, now: number): void

  protected abstract tick(now: number): void

  /** Ends the round with that model, and goes on to the next. */
  protected abstract next(how: RoundEnd, model: M, counted: string[], now: number): void

  protected get trains(): boolean {
    return this.role === 'trainer' || this.role === 'aggregator'
  }

  protected put(output: Output<M>): void {
    this.#outputs.push(output)
  }

  protected send(to: string[], message: Message<M>): void {
    if (to.length > 0) {
      this.put({ type: 'send', to: to.toSorted(), message })
    }
  }

  /** Peers whose updates of the round are still to come. */
  protected awaited(): string[] {
    const { round } = this.state

    return this.roster.expected(round).filter((peer) => !this.book.has(peer, round))
  }

  /** Nobody is awaited, and there is something to end the round with. */
  protected get complete(): boolean {
    const { phase, round } = this.state

    return phase === 'collecting' && this.awaited().length === 0 && this.book.of(round).length > 0
  }

  /** Ends the round with the updates that are there. */
  protected end(now: number): void {
    const { self, aggregateTimeout } = this.options
    const { round } = this.state
    const updates = this.book.of(round)
    const missing = this.awaited()

    this.stopTraining()
    this.state.missing = missing

    for (const peer of missing) {
      this.roster.missed(peer)
    }

    if (updates.some(({ id }) => id !== self)) {
      this.state.phase = 'aggregating'
      this.state.deadline = now + aggregateTimeout
      this.state.updates = updates
      this.put({ type: 'aggregate', round, updates })
      // what comes now is too late for this round
      this.book.advance(round + 1)
    } else {
      this.#endAlone(updates, now)
    }
  }

  /** The aggregation has failed, or takes too long. */
  protected giveUpAggregating(now: number): void {
    this.#aggregated(this.state.round, undefined, now)
  }

  protected stopTraining(): void {
    const { phase, round } = this.state

    if (phase === 'training') {
      this.put({ type: 'stop-training', round })
    }
  }

  #start(round: number, model: M, now: number): void {
    if (this.state.phase === 'waiting') {
      this.roster.begin()
      this.begin(Math.min(Math.max(round, 0), this.options.rounds), model, now)
    }
  }

  #trained(round: number, model: M | undefined, now: number): void {
    if (this.state.phase === 'training' && round === this.state.round) {
      this.trained(model, now)
    }
  }

  #aggregated(round: number, model: M | undefined, now: number): void {
    const { phase, updates } = this.state

    if (phase === 'aggregating' && round === this.state.round) {
      this.state.updates = []

      if (model === undefined) {
        this.#endAlone(updates, now)
      } else {
        this.next(
          'aggregated',
          model,
          updates.map(({ id }) => id),
          now
        )
      }
    }
  }

  /** Ends the round with what this node has trained, or else with what it began with. */
  #endAlone(updates: ReadonlyArray<CountedUpdate<M>>, now: number): void {
    const { self } = this.options
    const own = updates.find(({ id }) => id === self)

    if (own == null) {
      this.next('skipped', this.state.model as M, [], now)
    } else {
      this.next('alone', own.model, [self], now)
    }
  }
}
