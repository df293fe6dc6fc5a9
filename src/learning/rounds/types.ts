/** The rounds of learning as one node sees them. `M` is a model, of which the machine knows nothing. */

/**
 * What a node does: `trainer` trains, `aggregator` trains and aggregates,
 * `server` aggregates only, `proxy` passes on what others send, `idle` follows.
 */
export type Role = 'trainer' | 'aggregator' | 'server' | 'proxy' | 'idle'

/** What nodes say to each other. */
export type Message<M> = Spoken<M> & {
  /** Whether those that get it pass it on: it is for nodes, too, that are no neighbours of its origin. @default false */
  relay?: boolean
}

/** `origin` is whose word it is, also when it was passed on. */
type Spoken<M> =
  /** What its origin has trained in that round; where one leads, for the leader of that term. */
  | { type: 'update'; origin: string; term?: number; round: number; model: M }
  /** The model that a round begins with. */
  | { type: 'aggregate'; origin: string; round: number; model: M }
  /** The round that its origin has begun; as many as there are rounds when it has finished. */
  | { type: 'progress'; origin: string; round: number; trains: boolean }
  /** Its origin is at that round, and asks for the model of a later one. */
  | { type: 'aggregate-request'; origin: string; round: number }
  | LedSpoken<M>

/** What is said where one node leads. It is passed on to all, except where a neighbour is addressed. */
type LedSpoken<M> =
  /** The leader's model that a round begins with, which a leader has made in the term `made`. */
  { type: 'result'; origin: string; term: number; made: number; round: number; model: M } | Election

/** How a leader is found. A term has one leader at most. */
type ElectionSpoken =
  /** The leader wants `to` to lead in that term. */
  | { type: 'transfer'; origin: string; term: number; to: string }
  /** Its origin has lost the leader, and wants to lead. */
  | { type: 'candidate'; origin: string; term: number }
  /** Its origin votes for `to`. */
  | { type: 'vote'; origin: string; term: number; to: string }
  /** Its origin leads: most have voted for it. It is also how a transfer is acknowledged. */
  | { type: 'leader'; origin: string; term: number }

export type LedMessage<M> = Extract<Message<M>, LedSpoken<M>>

export type Election = ElectionSpoken & { relay?: boolean }

export type Input<M> =
  /** All begin with that model. One that comes late begins at a later round. */
  | { type: 'start'; round: number; model: M }
  /** A neighbour came or went; with `direct: false` a member of the federation that is none. @default direct */
  | { type: 'peer'; peer: string; present: boolean; direct?: boolean }
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
 * `unasked`: nobody asked for it; `full`: too many peers; `not-leader`: its
 * origin does not lead; `wrong-kind`: there is no such message in this kind of learning.
 */
export type Refusal =
  | 'duplicate'
  | 'old'
  | 'too-early'
  | 'no-such-round'
  | 'unknown-peer'
  | 'not-its-own'
  | 'unasked'
  | 'full'
  | 'not-leader'
  | 'wrong-kind'

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
  | { type: 'leader'; leader: string; term: number }
  | { type: 'finished'; model: M }

/** `awaiting`: it has trained, and waits for the leader's result. */
export type Phase = 'waiting' | 'training' | 'collecting' | 'awaiting' | 'aggregating' | 'finished'

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
