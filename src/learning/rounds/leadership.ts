import { ELECTION_TIMEOUT_MS, MAX_TERM_STEP, TRANSFER_TIMEOUT_MS } from './constants.ts'
import type { Election, Refusal } from './types.ts'

export interface LeadershipInit {
  self: string
  /** The first leader, in term 0. */
  first: string
  /** Those that vote and may lead: the same at every node. Without any, the first always leads. */
  voters: readonly string[]
  /** @default 10_000 */
  transferTimeout?: number
  /** @default 5_000 */
  electionTimeout?: number
}

/**
 * Who leads. Leadership goes to whom most of the voters have voted for, in a
 * term in which each votes once: so a term has one leader at most. Who leads
 * proposes the next one; when the leader is lost those that miss it stand, one
 * after the other.
 */
export class Leadership {
  readonly #self: string
  readonly #voters: readonly string[]
  readonly #transferTimeout: number
  readonly #electionTimeout: number
  #term = 0
  #leader: string
  /** The latest term in which this node has voted, and the latest that it has heard of. */
  #voted = 0
  #highest = 0
  #candidacy?: { term: number; votes: Set<string> }
  #transfer?: { until: number; others: string[] }
  #lost = false
  #standsAt?: number
  #messages: Election[] = []

  constructor({ self, first, voters, transferTimeout, electionTimeout }: LeadershipInit) {
    this.#self = self
    this.#leader = first
    this.#voters = [...voters].sort()
    this.#transferTimeout = transferTimeout ?? TRANSFER_TIMEOUT_MS
    this.#electionTimeout = electionTimeout ?? ELECTION_TIMEOUT_MS
  }

  get term(): number {
    return this.#term
  }

  get leader(): string {
    return this.#leader
  }

  get leads(): boolean {
    return this.#leader === this.#self
  }

  /** Whether somebody else is about to lead. */
  get handingOver(): boolean {
    return this.#transfer != null
  }

  get wakeAt(): number | undefined {
    const times = [this.#transfer?.until, this.#standsAt].filter((time) => time != null)

    return times.length === 0 ? undefined : Math.min(...times)
  }

  /** Milliseconds within which another leads, if one can be elected. */
  get electionTime(): number {
    return this.#voters.length === 0 ? 0 : (this.#voters.length + 1) * this.#electionTimeout
  }

  /** What is to be told to all since the last call. */
  takeMessages(): Election[] {
    return this.#messages.splice(0)
  }

  /** Proposes one of those that are there, the next one after this node; the others in turn when it does not answer. */
  handOver(present: readonly string[], now: number): void {
    if (this.leads) {
      this.#propose(this.#after(this.#self, present), now)
    }
  }

  /** The leader is gone, or does not do its work. */
  lose(present: readonly string[], now: number): void {
    if (!this.#lost && !this.leads && this.#voters.length > 0) {
      const rank = this.#after(this.#leader, [...present, this.#self]).indexOf(this.#self)

      this.#lost = true
      this.#standsAt = rank < 0 ? undefined : now + rank * this.#electionTimeout
    }
  }

  /** The leader is there after all. */
  found(peer: string): void {
    if (peer === this.#leader) {
      this.#lost = false
      this.#standsAt = undefined
    }
  }

  /** Somebody is known to lead in a later term, by what it has done as a leader. */
  learn(leader: string, term: number): void {
    if (term > this.#term) {
      this.#lead(leader, term)
    }
  }

  isPossible(term: number): boolean {
    return Number.isSafeInteger(term) && term >= 0 && term <= this.#term + MAX_TERM_STEP
  }

  mayLead(peer: string): boolean {
    return this.#voters.includes(peer)
  }

  handle(message: Election): Refusal | undefined {
    if (!this.mayLead(message.origin) || !this.isPossible(message.term)) {
      return 'not-leader'
    }

    this.#highest = Math.max(this.#highest, message.term)

    switch (message.type) {
      case 'transfer':
        return this.#onTransfer(message)
      case 'candidate':
        return this.#onCandidate(message)
      case 'vote':
        return this.#onVote(message)
      case 'leader':
        this.learn(message.origin, message.term)
    }
  }

  tick(now: number): void {
    if (this.#transfer != null && now >= this.#transfer.until) {
      this.#propose(this.#transfer.others, now)
    }

    if (this.#standsAt != null && now >= this.#standsAt) {
      const term = ++this.#highest

      this.#standsAt = now + this.#voters.length * this.#electionTimeout
      this.#voted = term
      this.#candidacy = { term, votes: new Set([this.#self]) }
      this.#messages.push({ type: 'candidate', origin: this.#self, term })
      this.#count()
    }
  }

  #propose([to, ...others]: string[], now: number): void {
    this.#transfer = to == null ? undefined : { until: now + this.#transferTimeout, others }

    if (to != null) {
      const term = ++this.#highest

      this.#voted = term
      this.#messages.push({ type: 'transfer', origin: this.#self, term, to })
    }
  }

  #onTransfer({ origin, term, to }: Extract<Election, { type: 'transfer' }>): Refusal | undefined {
    if (origin !== this.#leader) {
      return 'not-leader'
    }

    if (this.#mayVote(term)) {
      this.#voted = term
      this.found(origin)

      if (to === this.#self) {
        this.#candidacy = { term, votes: new Set([this.#self, origin]) }
        this.#count()
      } else {
        this.#messages.push({ type: 'vote', origin: this.#self, term, to })
      }
    }
  }

  #onCandidate({ origin, term }: Extract<Election, { type: 'candidate' }>): undefined {
    if (this.leads) {
      this.#messages.push({ type: 'leader', origin: this.#self, term: this.#term })
    } else if (this.#lost && this.#mayVote(term)) {
      this.#voted = term
      this.#messages.push({ type: 'vote', origin: this.#self, term, to: origin })
    }
  }

  #onVote({ origin, term, to }: Extract<Election, { type: 'vote' }>): undefined {
    if (to === this.#self && term === this.#candidacy?.term) {
      this.#candidacy.votes.add(origin)
      this.#count()
    }
  }

  #mayVote(term: number): boolean {
    return term > this.#voted && term > this.#term && this.#voters.includes(this.#self)
  }

  #count(): void {
    if (this.#candidacy != null && this.#candidacy.votes.size * 2 > this.#voters.length) {
      const { term } = this.#candidacy

      this.#lead(this.#self, term)
      this.#messages.push({ type: 'leader', origin: this.#self, term })
    }
  }

  #lead(leader: string, term: number): void {
    this.#leader = leader
    this.#term = term
    this.#highest = Math.max(this.#highest, term)
    this.#lost = false
    this.#standsAt = undefined
    this.#transfer = undefined

    if (this.#candidacy != null && this.#candidacy.term <= term) {
      this.#candidacy = undefined
    }
  }

  /** Voters that are there, as they follow the peer in a ring by name. */
  #after(peer: string, present: readonly string[]): string[] {
    const others = this.#voters.filter((voter) => voter !== peer && present.includes(voter))

    return [...others.filter((voter) => voter > peer), ...others.filter((voter) => voter < peer)]
  }
}
