/** The rounds of learning as one node sees them. `M` is a model, of which the machine knows nothing. */

export type Kind = 'DFL' | 'CFL' | 'SDFL'

/**
 * What a node does: `trainer` trains, `aggregator` trains and aggregates,
 * `server` aggregates only, `proxy` passes on what others send, `idle` follows.
 */
export type Role = 'trainer' | 'aggregator' | 'server' | 'proxy' | 'idle'

/** What nodes say to each other. `origin` is whose word it is, also when it was passed on. */
export type Message<M> =
  /** What its origin has trained in that round. */
  | { type: 'update'; origin: string; round: number; model: M }
  /** The model that a round begins with. */
  | { type: 'aggregate'; origin: string; round: number; model: M }
  /** The round that its origin has begun; as many as there are rounds when it has finished. */
  | { type: 'progress'; origin: string; round: number; trains: boolean }
  /** Its origin is at that round, and asks for the model of a later one. */
  | { type: 'aggregate-request'; origin: string; round: number }

export type Input<M> =
  /** All begin with that model. One that comes late begins at a later round. */
  | { type: 'start'; round: number; model: M }
  /** A direct neighbour came or went. */
  | { type: 'peer'; peer: string; present: boolean }
  | { type: 'trained'; round: number; model: M }
  | { type: 'train-failed'; round: number }
  | { type: 'aggregated'; round: number; model: M }
  | { type: 'aggregate-failed'; round: number }
  /** `from` is the neighbour that it came from. */
  | { type: 'message'; from: string; message: Message<M> }
  /** Time has passed; to be given at `wakeAt`. */
  | { type: 'tick' }

export interface CountedUpdate<M> {
  /** Whose update it is. */
  id: string
  model: M
}

/**
 * How a round ended: `aggregated` from several updates; `alone`, with what this
 * node has trained; `adopted`, with the model of a peer that is further;
 * `skipped`, with the model that it began with.
 */
export type RoundEnd = 'aggregated' | 'alone' | 'adopted' | 'skipped'

/**
 * Why a message was refused: `duplicate`: there is one of the peer and round;
 * `old`: the round is over; `too-early`: it is too far ahead; `no-such-round`;
 * `unknown-peer`: it is no neighbour; `not-its-own`: it is somebody else's word;
 * `unasked`: nobody asked for it; `full`: too many peers.
 */
export type Refusal =
  'duplicate' | 'old' | 'too-early' | 'no-such-round' | 'unknown-peer' | 'not-its-own' | 'unasked' | 'full'

export type Output<M> =
  | { type: 'round-begin'; round: number; deadline: number }
  /** Train, beginning with that model; to be answered by `trained` or `train-failed`. */
  | { type: 'train'; round: number; model: M }
  /** The training of that round is not needed any more. */
  | { type: 'stop-training'; round: number }
  /** Aggregate; to be answered by `aggregated` or `aggregate-failed`. */
  | { type: 'aggregate'; round: number; updates: Array<CountedUpdate<M>> }
  | { type: 'send'; to: string[]; message: Message<M> }
  /** `counted`: whose updates the result has; `missing`: who was waited for in vain. */
  | { type: 'round-end'; round: number; how: RoundEnd; counted: string[]; missing: string[] }
  | { type: 'refused'; from: string; reason: Refusal; message: Message<M>['type'] }
  | { type: 'finished'; model: M }

export type Phase = 'waiting' | 'training' | 'collecting' | 'aggregating' | 'finished'

export interface RoundOptions {
  /** This node. */
  self: string
  /** Rounds in all. */
  rounds: number
  /** Milliseconds that a round may take. @default 600_000 */
  roundTimeout?: number
  /** Milliseconds that an aggregation may take. @default 300_000 */
  aggregateTimeout?: number
  /** Milliseconds that a peer has to answer a request for its model. @default 60_000 */
  catchUpTimeout?: number
  /** Rounds in a row that a peer may miss before it is not waited for. @default 2 */
  maxMissed?: number
  /** Rounds ahead of which updates are kept. @default 2 */
  maxAhead?: number
  /** Peers of which updates are kept. @default 256 */
  maxPeers?: number
}

/** Without I/O, timers and chance: the same inputs at the same times give the same outputs. */
export interface RoundMachine<M> {
  /** @param now - milliseconds of a clock that does not go back */
  handle(input: Input<M>, now: number): Array<Output<M>>
  /** When `tick` is due. */
  readonly wakeAt: number | undefined
  readonly phase: Phase
  /** The current round, 0-based; -1 before the first, the number of rounds after the last. */
  readonly round: number
  readonly role: Role
  /** Whose updates of the round are awaited. */
  readonly waitingFor: string[]
}
